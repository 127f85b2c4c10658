"""What is frozen of a standard as JSON, key by key: findings as kept, and the pinned standards."""

from typing import Any, NotRequired, TypedDict

from server.policy.drawings import FrozenDrawing


class PinnedStandard(TypedDict):
    """A standard as a round or an inspection holds it fast; the first rounds kept no name."""

    id: str
    sha256: str
    name: NotRequired[str]


class FrozenClause(TypedDict):
    """What a clause is known by; `level` is shall, should or may."""

    code: str
    clause: str
    title: str
    level: str


class FrozenSaid(TypedDict):
    """A word that says otherwise than the finding; `on` is a day (ISO 8601)."""

    word: str
    value: bool | str
    on: str
    evidence: list[str]


class FrozenFinding(FrozenClause):
    """One rule's finding as the command prints it and as an inspection keeps it.

    `verdict` and `word` are the values of Verdict and Word, `label` the verdict on a screen, `text`
    the clause word for word; days are ISO 8601.
    """

    standard: str
    verdict: str
    label: str
    counts_against: bool
    word: str | None
    since: str | None
    why: str
    mend: str
    text: str
    evidence: list[str]
    contradicted_by: list[FrozenSaid]
    mended_on: str | None


class SaidOfClause(TypedDict):
    """One side of a disagreement as it was kept: what was said of a clause, and why."""

    clause: str
    title: str
    verdict: str
    label: str
    word: str | None
    why: str
    since: str | None
    evidence: list[str]


class KeeperFinding(TypedDict):
    """How a rule stands on the keeper's own word, short enough to be carried and signed."""

    code: str
    verdict: str
    label: str
    why: str
    since: str | None
    word: str | None
    evidence: list[str]


class RegisterWords(TypedDict):
    """A station as the register names it at one moment; empty where it says nothing."""

    id: int
    level: str
    name: str
    code: str
    township: str
    operator: str
    keeper: str
    address: str


class Entered(TypedDict):
    """What an inspector entered on one rule, as a record keeps it; `insisted` after a doubt."""

    verdict: str
    values: dict[str, bool | str | None]
    note: str
    insisted: NotRequired[bool]


class AsSigned(TypedDict):
    """What a record says in words that the house could change later.

    `photos` are SHA-256 by photo id; `values` by rule [fact, title, text]; `unanswered` the clauses
    that were to be answered on the spot and were not.
    """

    station: RegisterWords
    inspector: str
    round: str
    photos: dict[str, str]
    unanswered: list[str]
    values: dict[str, list[list[str]]]
    second_inspector: NotRequired[str]
    drawings: NotRequired[dict[str, list[FrozenDrawing]]]  # arrows and circles, by photo id


class Difference(TypedDict):
    """One thing in which a record as signed and the county's own reckoning part.

    `kind` is the value of a DifferenceKind; `code` a rule's, or empty; `about` names the clause.
    """

    kind: str
    code: str
    about: str
    signed: str
    now: str


class AcceptedStation(TypedDict):
    """The station as the register called it when it was accepted; `level` is a Level's value."""

    id: int
    code: str | None
    name: str
    level: str
    township: str


class FrozenHub(TypedDict):
    """How brands shared the county's centre on a day: their names, by whether they share all."""

    on: str
    sharing: list[str]
    unknown: list[str]
    partly: list[str]


class FrozenAcceptance(TypedDict):
    """What a named person accepted as built, whole: days are ISO 8601.

    `grade` is the value of a Stage; `failing` and `unknown` name clauses as people read them.
    `proposed_by` names the township officer who asked for it, where one did.
    """

    station: AcceptedStation
    grade: str
    accepted_on: str
    examined_on: str
    by: str
    proposed_by: NotRequired[str]
    present: str
    note: str
    status: str
    why: str
    failing: list[str]
    unknown: list[str]
    findings: list[FrozenFinding]
    standards: list[PinnedStandard]
    hub: NotRequired[FrozenHub]  # of the county's centre, since brands are kept


class ProposedField(TypedDict):
    """One register field: what it said when the change was proposed, and what it should say.

    `old` and `new` are what people read, the values what `registry.fields.as_json` gives.
    """

    field: str
    label: str
    old: str
    new: str
    old_value: Any
    new_value: Any


class ProposedPlace(TypedDict):
    """Where a new station should stand; codes are "" where it has none."""

    level: str
    township_code: str
    village_code: str
    place: str


class ProposedAcceptance(TypedDict):
    """As what a station should be accepted, and how it stood when the township asked for it."""

    grade: str
    present: str
    note: str
    status: str
    failing: list[str]
    unknown: list[str]


class FrozenProposal(TypedDict):
    """What a township proposes, whole; `on` is a day of closing or acceptance, ISO 8601, or ""."""

    kind: str
    station_id: int | None
    name: str
    fields: list[ProposedField]
    place: ProposedPlace | None
    acceptance: ProposedAcceptance | None
    on: str
    reason: str
    by: str


class FrozenRegistered(TypedDict):
    """What the register said of a station's filing at one step: days are ISO 8601, None unknown."""

    filed_on: str | None
    number: str
    name: str
    changed_on: str | None
    change_filed_on: str | None
