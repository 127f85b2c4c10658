"""The county's 常用备注 as a form carries them: each with the rules of that form that it fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.models.county import County
from server.policy.standard.standards import Rule
from server.services.county.remarks import remarks_of


@dataclass(frozen=True, slots=True)
class RemarkAt:
    """One of the county's 常用备注, with the rules it belongs to; none means that it fits any."""

    text: str
    rules: tuple[str, ...]


def remarks_at(county: County, rules: Sequence[Rule]) -> Iterable[RemarkAt]:
    """The county's sentences for this form; those of clauses that are not in it stay at home."""
    for remark in remarks_of(county):
        fitting = tuple(rule.code for rule in rules if remark.fits(rule))
        if fitting or not remark.clause:
            yield RemarkAt(remark.text, fitting)
