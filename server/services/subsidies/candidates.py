"""Who would be entitled to what in a cycle, worked out anew each time; nothing is written here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.models.station import Station
from server.policy.hours import Holidays, nobody_knows
from server.policy.plan.subsidies import PayeeKind, Scheme
from server.policy.standard.verdicts import Verdict
from server.services.subsidies.payees import NoPayee, Payee
from server.services.subsidies.plans import Plan

LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: one scheme of a plan over one period, as it stands today."""

    plan: Plan
    scheme: Scheme
    period: str
    today: date
    decided: Mapping[str, str]
    payee_kind: PayeeKind
    holidays: Holidays = field(default=nobody_knows, repr=False)

    @property
    def county(self) -> str:
        """The county's six-digit code."""
        return self.plan.row.county

    @property
    def last(self) -> date:
        """The last day of the period, or today where it goes on."""
        return min(last_day(self.period), self.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One station in a cycle: entitled to `amount_fen`, or `why_not`.

    `verdict` is UNKNOWN where something nobody knows decides. `contents` are all numbers behind it,
    `doubts` what a person has to look at before it is paid. `orders` are those it pays.
    """

    station: Station
    place: str
    once_key: str
    payee: Payee | None
    verdict: Verdict
    amount_fen: int
    contents: dict[str, Any]
    sentence: str
    why_not: str
    doubts: tuple[str, ...] = ()
    corrects_id: int | None = None
    orders: tuple[int, ...] = ()

    @property
    def entitled(self) -> bool:
        """Whether it can be proposed."""
        return self.verdict is Verdict.PASS and self.payee is not None and self.amount_fen != 0

    @property
    def sha256(self) -> str:
        """A hash over everything behind it, the payee and the amount with it."""
        return contents_hash(self.frozen())

    def frozen(self) -> dict[str, Any]:
        """What an entitlement keeps of it."""
        payee = self.payee
        return {
            **self.contents,
            "station": self.station.id,
            "payee": [payee.key, payee.name] if payee else None,
            "amount_fen": self.amount_fen,
            "once_key": self.once_key,
        }


def contents_hash(contents: Mapping[str, Any]) -> str:
    """The hash of contents as JSON; equal contents have an equal one on every engine."""
    text = json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def last_day(period: str) -> date:
    """The last day of "2023-07" or of "2022"."""
    if len(period) == 4:
        return date(int(period), 12, 31)
    year, month = int(period[:4]), int(period[5:])
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def paid_to(found: Payee | NoPayee | None) -> tuple[Payee | None, str]:
    """A payee, or why there is none."""
    if isinstance(found, NoPayee):
        return None, f"{found.why}，定不下付给谁"
    return (found, "") if found else (None, "定不下付给谁")


def sentence(text: str) -> str:
    """As much of a sentence as an entitlement keeps."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
