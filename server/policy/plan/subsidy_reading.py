"""Reads the subsidies that stand in the file beside a plan's, and what they leave to decide."""

from fractions import Fraction
from pathlib import Path

from server.policy.document import Fields, Part, read_document
from server.policy.plan.conflict_reading import read_conflict
from server.policy.plan.duties import Duty
from server.policy.plan.nouns import PlanConflict, Subsidy
from server.policy.plan.responsibilities import PROGRAMME
from server.policy.plan.subsidies import Needs, NotBelow, Published, Scheme, SchemeKind

SUBSIDIES = "-subsidies.yaml"
MOST_YEAR = 2199


def read_subsidies(
    programme: Path, awards: tuple[Subsidy, ...], *, folder: Path | None = None
) -> tuple[tuple[Scheme, ...], tuple[PlanConflict, ...]]:
    """The schemes and contradictions beside a plan's file; none where there is no such file.

    A scheme of the kind `once` takes amount, conditions and words from the plan's own award of the
    same key. Raises StandardError with file, line and reason.
    """
    path = programme.with_name(programme.name.removesuffix(PROGRAMME) + SUBSIDIES)
    if not path.exists():
        return (), ()
    root, _ = read_document(path, folder=folder)
    fields = root.fields(needed=("programme", "schemes"), known=("conflicts",))
    known = {one.key: one for one in awards}
    return (
        tuple(_scheme(part, known) for part in fields["schemes"].items()),
        fields.get("conflicts", lambda part: tuple(map(read_conflict, part.items())), ()),
    )


def _scheme(part: Part, awards: dict[str, Subsidy]) -> Scheme:
    fields = part.fields(
        needed=("key", "kind", "review_duties", "every_reviewer", "asks"),
        known=("title", "clause", "text", "reported_up_by", "not_below", "note", "published"),
    )
    kind = SchemeKind(fields["kind"].one_of(tuple(SchemeKind)))
    key = fields["key"].text()
    award = awards.get(key)
    if kind is SchemeKind.ONCE and award is None:
        fields["key"].refuse(f"方案里没有“{key}”这项一次性补贴")
    return Scheme(
        key=key,
        kind=kind,
        title=award.title if award else fields["title"].text(),
        clause=award.clause if award else fields["clause"].text(),
        text=award.text if award else fields["text"].text(),
        level=award.level if award else None,
        amount_fen=int(award.amount_yuan * 100) if award else None,
        needs=tuple(
            Needs(measure=one.measure, at_least=Fraction(one.at_least)) for one in award.conditions
        )
        if award
        else (),
        review_duties=tuple(_duty(one) for one in fields["review_duties"].items()),
        every_reviewer=fields["every_reviewer"].flag(),
        asks=tuple(one.text() for one in fields["asks"].items()),
        reported_up_by=fields.get("reported_up_by", _duty, None),
        not_below=fields.get("not_below", _not_below, None),
        note=fields.get("note", Part.text, ""),
        published=fields.get("published", lambda one: tuple(map(_published, one.items())), ()),
    )


def _duty(part: Part) -> Duty:
    return Duty(part.one_of(tuple(Duty)))


def _not_below(part: Part) -> NotBelow:
    fields: Fields = part.fields(needed=("year", "clause", "text"))
    year = fields["year"].whole()
    if not 2000 <= year <= MOST_YEAR:
        fields["year"].refuse(f"“year”应为年份，写的是{year}")
    return NotBelow(year=year, clause=fields["clause"].text(), text=fields["text"].text())


def _published(part: Part) -> Published:
    fields = part.fields(needed=("says", "source"))
    return Published(says=fields["says"].text(), source=fields["source"].text())
