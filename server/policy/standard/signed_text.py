"""Reads the text that two people signed, as the phone wrote it; never writes it anew."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from server.policy.standard.facts import Level, Word
from server.policy.standard.frozen import (
    FrozenFinding,
    KeeperFinding,
    PinnedStandard,
    RegisterWords,
)
from server.policy.standard.verdicts import Verdict

SHAPE = 3
LONGEST_BYTES = 200_000

_TEXT_OR_NONE = (str, type(None))
_FINDING = {
    "standard": str, "code": str, "clause": str, "title": str, "level": str, "verdict": str,
    "label": str, "counts_against": bool, "word": _TEXT_OR_NONE, "since": _TEXT_OR_NONE,
    "why": str, "mend": str, "text": str, "evidence": [str], "mended_on": _TEXT_OR_NONE,
    "contradicted_by": [{"word": str, "value": (bool, str), "on": str, "evidence": [str]}],
}  # fmt: skip
_KEEPERS = {
    "code": str, "verdict": str, "label": str, "why": str, "since": _TEXT_OR_NONE,
    "word": _TEXT_OR_NONE, "evidence": [str],
}  # fmt: skip
_STATION = {
    "id": int, "level": str, "name": str, "code": str, "township": str, "operator": str,
    "keeper": str, "address": str,
}  # fmt: skip
_ANSWER = {
    "rule": str, "verdict": str, "values": {}, "values_told": [[str]], "note": str,
    "insisted": bool,
}  # fmt: skip
_DOCUMENT = {
    "shape": int, "id": str, "station": _STATION, "visit_id": (int, type(None)), "round": str,
    "inspector": str, "inspector_id": int, "day_on": str, "keeper_name": str,
    "package": {"standards": [{"id": str, "sha256": str}]}, "answers": [_ANSWER],
    "findings": [_FINDING], "keeper_findings": [_KEEPERS], "status": str, "fails": int,
    "unanswered": [{"rule": str, "clause": str, "title": str, "reason": str}], "photos": {},
    "amends_id": _TEXT_OR_NONE, "amended_because": str,
}  # fmt: skip
_EVIDENCE = re.compile(
    r"photo:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|count:\d{4}-\d\d-\d\d", re.ASCII
)
_LEVELS = frozenset(("shall", "should", "may"))
_WORDS = frozenset(("keeper", "machine", "reviewer", "inspector", "register", None))


@dataclass(frozen=True, slots=True)
class SignedText:
    """What stands in the text; `answers` by rule as written there, `unanswered` in words."""

    id: str
    station: RegisterWords
    visit_id: int | None
    round: str
    inspector: str
    inspector_id: int
    day_on: str
    keeper_name: str
    standards: tuple[PinnedStandard, ...]
    answers: Mapping[str, Mapping[str, Any]]
    findings: tuple[FrozenFinding, ...]
    keeper_findings: tuple[KeeperFinding, ...]
    status: str
    fails: int
    unanswered: tuple[str, ...]
    photos: Mapping[str, str]
    amends_id: str | None
    amended_because: str
    # Only where there is any in the text: who else signed, 暗访, what is drawn on photos.
    second_inspector_id: object = None
    covert: object = False
    drawings: object = None
    method: object = None
    text: object = None

    def own_words(self) -> list[FrozenFinding]:
        """The keeper's own standing, whole: what was carried short, with its clause beside it."""
        found = {one["code"]: one for one in self.findings}
        plain = {"counts_against": False, "contradicted_by": [], "mended_on": None}
        return [
            cast("FrozenFinding", {**found[one["code"]], **plain, **one})
            for one in self.keeper_findings
            if one["code"] in found
        ]


def text_sha256(text: str) -> str:
    """SHA-256 of the text's own bytes (UTF-8)."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_signed(text: str) -> SignedText | None:
    """What the text says; None where it is not a whole text of this shape."""
    try:
        said = json.loads(text, object_pairs_hook=_each_named_once)
        json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    if "\\u0000" in text or not _fits(said, _DOCUMENT) or said["shape"] != SHAPE:
        return None
    if not _can_be_shown(said):
        return None
    return SignedText(
        **{name: said[name] for name in _AS_THEY_ARE},
        standards=tuple(
            {"id": one["id"], "sha256": one["sha256"]} for one in said["package"]["standards"]
        ),
        answers={one["rule"]: one for one in said["answers"]},
        findings=tuple(_kept(one, _FINDING) for one in said["findings"]),
        keeper_findings=tuple(_kept(one, _KEEPERS) for one in said["keeper_findings"]),
        unanswered=tuple(map(_left, said["unanswered"])),
        second_inspector_id=_id_of(said.get("second_inspector")),
        covert=said.get("covert", False),
        drawings=said.get("drawings"),
        method=said.get("method"),
        text=said.get("text"),
    )


def _can_be_shown(said: Mapping[str, Any]) -> bool:
    """Whether pages and papers can show all of it, and each rule is spoken of once."""
    return (
        all(map(_can_be, said["findings"]))
        and all(map(_can_be_the_keepers, said["keeper_findings"]))
        and all(
            _said_once(said[name], key)
            for name, key in (
                ("findings", "code"),
                ("keeper_findings", "code"),
                ("answers", "rule"),
            )
        )
        and said["station"]["level"] in Level.labels()
        and all(isinstance(one, str) for one in said["photos"].values())
    )


def _each_named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the text; one name twice would let two readers read two things."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name stands twice")
    return named


def _said_once(every: list[Mapping[str, Any]], key: str) -> bool:
    return len({one[key] for one in every}) == len(every)


def _id_of(person: object) -> object:
    return person.get("id") if isinstance(person, dict) else person


_AS_THEY_ARE = (
    "id", "station", "visit_id", "round", "inspector", "inspector_id", "day_on", "keeper_name",
    "status", "fails", "photos", "amends_id", "amended_because",
)  # fmt: skip


def _left(one: Mapping[str, str]) -> str:
    reason = one["reason"].strip()
    return f"{one['clause']}{one['title']}" + (f"（{reason}）" if reason else "")


def _kept(one: Mapping[str, Any], shape: Mapping[str, Any]) -> Any:
    return {name: one[name] for name in shape}


def _can_be(finding: Mapping[str, Any]) -> bool:
    """Whether pages and papers can show it: known verdicts, words, days and evidence."""
    return (
        finding["level"] in _LEVELS
        and finding["counts_against"] == _would_count(finding)
        and _can_be_the_keepers(finding)
        and _is_day(finding["mended_on"])
        and all(_is_day(one["on"]) and one["word"] in _WORDS for one in finding["contradicted_by"])
    )


def _would_count(finding: Mapping[str, Any]) -> bool:
    """What `Finding.counts_against` says: two readings of one finding would be one too many."""
    return (
        finding["verdict"] == Verdict.FAIL.value
        and finding["level"] == "shall"
        and finding["mended_on"] is None
        and finding["word"] is not None
        and finding["word"] in _WORDS
        and Word(finding["word"]).confirms
    )


def _can_be_the_keepers(finding: Mapping[str, Any]) -> bool:
    return (
        finding["verdict"] in [verdict.value for verdict in Verdict]
        and finding["word"] in _WORDS
        and _is_day(finding["since"])
        and all(_EVIDENCE.fullmatch(one) for one in finding["evidence"])
    )


def _is_day(text: str | None) -> bool:
    if text is None:
        return True
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _fits(value: Any, shape: Any) -> bool:
    """Whether JSON has a shape: a type, some types, [shape of each], or {name: shape}."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            name in value and _fits(value[name], part) for name, part in shape.items()
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(one, shape[0]) for one in value)
    kinds = shape if isinstance(shape, tuple) else (shape,)
    return type(value) in kinds
