"""Where a record as signed and the county's own reckoning part; told beside, never mended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from server.labelled import Labelled
from server.plain_text import plain_text
from server.policy.standard.examine import Finding, Status, finding_json, status
from server.policy.standard.facts import Word
from server.policy.standard.frozen import Difference, FrozenFinding, PinnedStandard
from server.policy.standard.inspection_form import Answer, Heard
from server.policy.standard.signed_text import SignedText
from server.policy.standard.standards import Rule
from server.policy.standard.verdicts import Verdict


class DifferenceKind(Labelled):
    """What parts; each is put before a person of the office."""

    FINDING = "finding", "结论不一样"
    WHY = "why", "理由不一样"
    WORDING = "wording", "条文与标准不一样"
    MISSING = "missing", "签字文本里没有这一条"
    EXTRA = "extra", "标准里没有这一条"
    STATUS = "status", "总的结论不一样"
    STANDARD = "standard", "手机上的标准不是这一版"
    DAY = "day", "日期不一样"
    NO_REASON = "no_reason", "点的和标准不一样，没有写理由"
    OLDER_APP = "older_app", "旧版手机程序没有当场提醒，点的和标准不一样"
    NOT_APPLICABLE = "not_applicable", "督导员认为不适用，等县办认定"
    DOCUMENT = "document", "签字文本与提交内容不一致"
    UNREADABLE = "unreadable", "签字文本读不懂"


OUTCOME = ("verdict", "counts_against", "label", "word", "mended_on")
WORDING = ("standard", "clause", "title", "level", "text", "mend")


def contradictions(signed: SignedText, sent: Mapping[str, Any]) -> list[Difference]:
    """What the text says otherwise than the entry that carries it.

    `sent` has id, station_id, inspector_id, visit_id, amends_id, amended_because, keeper_name,
    photos, answers (as `answers_told`), second_inspector_id, covert, drawings, and the words
    inspector, level, method and text; which of them part is told in one word each.
    """
    said = {
        "id": ("编号", signed.id),
        "station_id": ("站点", signed.station["id"]),
        "inspector_id": ("督导员", signed.inspector_id),
        "visit_id": ("轮次", signed.visit_id),
        "amends_id": ("更正哪一份", signed.amends_id),
        "amended_because": ("更正理由", plain_text(signed.amended_because).strip()),
        "keeper_name": ("站长姓名", plain_text(signed.keeper_name).strip()),
        "photos": ("照片", dict(signed.photos)),
        "answers": ("逐条的回答", answers_told(signed.answers)),
        "second_inspector_id": ("一同督导的人", signed.second_inspector_id),
        "covert": ("是不是暗访", signed.covert),
        "drawings": ("照片上的标记", signed.drawings or {}),
        "inspector": ("督导员姓名", plain_text(signed.inspector).strip()),
        "level": ("站点类型", signed.station["level"]),
    }
    for name, title, own in (
        ("method", "怎样认出的站", signed.method),
        ("text", "扫到或输入的编号", signed.text),
    ):
        if isinstance(own, str):
            said[name] = (title, plain_text(own).strip())
    return [
        _difference(DifferenceKind.DOCUMENT, "", title, _told(value), _told(sent[name]))
        for name, (title, value) in said.items()
        if value != sent[name]
    ]


def answers_told(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What was entered, by rule, in one spelling: verdict, note, values that say anything."""
    return {
        rule: [
            one["verdict"],
            plain_text(str(one.get("note") or "")).strip(),
            {
                name: value if isinstance(value, bool) else plain_text(str(value)).strip()
                for name, value in sorted((one.get("values") or {}).items())
                if value is not None and value != ""
            },
        ]
        for rule, one in answers.items()
    }


def values_otherwise(
    signed: SignedText, held: Mapping[str, Mapping[str, Collection[str]]]
) -> list[Difference]:
    """Where the text words a value otherwise than it was entered: people read the words.

    `held` are, by rule and fact, the spellings that say what was entered.
    """
    found = []
    for rule, one in signed.answers.items():
        for told in one["values_told"]:
            fact, title, text = (*told, "", "", "")[:3]
            right = held.get(rule, {}).get(fact, ())
            if len(told) != 3 or plain_text(text).strip() not in right:
                own = "、".join(right) or "没有"
                found.append(_difference(DifferenceKind.DOCUMENT, rule, title or rule, text, own))
    return found


def is_of_another(signed: SignedText, sent: Mapping[str, Any]) -> bool:
    """Whether the text was signed for another visit than the one that it came with."""
    return (signed.id, signed.station["id"], signed.inspector_id) != (
        sent["id"],
        sent["station_id"],
        sent["inspector_id"],
    )


def differences(
    signed: SignedText,
    heard: Heard,
    *,
    day: str,
    standards: Sequence[PinnedStandard],
    answers: Iterable[Answer],
) -> list[Difference]:
    """What the county's own reckoning of the same answers says otherwise than the signed text."""
    worked = {one.code: one for one in heard.findings}
    shown = {one["code"]: one for one in signed.findings}
    found = [
        difference for code, now in worked.items() for difference in _of_rule(shown.get(code), now)
    ]
    found += [
        _difference(DifferenceKind.EXTRA, code, _about(one), one["label"], "没有")
        for code, one in shown.items()
        if code not in worked
    ]
    derived = status_of(signed.findings, [one.rule for one in heard.findings])
    fails = sum(one["counts_against"] for one in signed.findings)
    if (signed.status, signed.fails) != (derived.value, fails):
        found.append(
            _difference(
                DifferenceKind.STATUS,
                "",
                "",
                f"{_status_label(signed.status)}，{signed.fails}条不符合",
                f"{derived.label}，{fails}条不符合",
            )
        )
    if signed.day_on != day:
        found.append(_difference(DifferenceKind.DAY, "", "", signed.day_on, day))
    pinned = {one["id"]: one["sha256"] for one in standards}
    if {one["id"]: one["sha256"] for one in signed.standards} != pinned:
        shown_by, held_by = _names(signed.standards), _names(standards)
        found.append(_difference(DifferenceKind.STANDARD, "", "", shown_by, held_by))
    for answer in answers:
        text, own = shown.get(answer.rule), worked.get(answer.rule)
        tapped = answer.verdict in (Verdict.PASS, Verdict.FAIL)
        if tapped and text and own and _same_words(text["why"]) != _same_words(own.why):
            about = _about(finding_json(own))
            found.append(_difference(DifferenceKind.WHY, answer.rule, about, text["why"], own.why))
        doubt = heard.doubts.get(answer.rule)
        insisted = signed.answers.get(answer.rule, {}).get("insisted", False)
        if doubt and not (answer.note.strip() and insisted):
            about = _about(finding_json(worked[answer.rule]))
            found.append(
                _difference(
                    DifferenceKind.NO_REASON,
                    answer.rule,
                    about,
                    answer.verdict.label,
                    _against(doubt),
                )
            )
    return found + not_applicable(heard, answers)


def older_app(heard: Heard, answers: Iterable[Answer]) -> list[Difference]:
    """What an older app did not warn of: there the tap counts all the same, and the office sees."""
    every = tuple(answers)
    rules = {one.code: one for one in heard.findings}
    return [
        _difference(
            DifferenceKind.OLDER_APP,
            answer.rule,
            _about(finding_json(rules[answer.rule])),
            answer.verdict.label,
            _against(heard.doubts[answer.rule]),
        )
        for answer in every
        if answer.rule in heard.doubts
    ] + not_applicable(heard, every)


def not_applicable(heard: Heard, answers: Iterable[Answer]) -> list[Difference]:
    """What the inspector took for not applicable: the office is asked."""
    rules = {one.code: one for one in heard.findings}
    return [
        _difference(
            DifferenceKind.NOT_APPLICABLE,
            answer.rule,
            _about(finding_json(rules[answer.rule])),
            f"不适用：{answer.note or '没有写理由'}",
            f"先记作{rules[answer.rule].label}，等县办认定",
        )
        for answer in answers
        if answer.verdict is Verdict.NOT_APPLICABLE
        and answer.rule in rules
        and rules[answer.rule].verdict is not Verdict.NOT_APPLICABLE
    ]


def unreadable(text_sha256: str) -> Difference:
    """A text that is no whole text of its shape."""
    return _difference(DifferenceKind.UNREADABLE, "", "", text_sha256[:8], "按提交的内容核算")


def looked_behind_a_locked_door(signed: SignedText) -> Difference:
    """A text with findings that came with 锁门."""
    told = f"查了{len(signed.findings)}条"
    return _difference(DifferenceKind.DOCUMENT, "", "锁门没查成", told, "没有查")


def status_of(findings: Iterable[FrozenFinding], rules: Iterable[Rule]) -> Status:
    """The state that signed findings come to, by the rules that they speak of."""
    known = {rule.code: rule for rule in rules}
    return status(
        [
            Finding(
                known[one["code"]],
                Verdict(one["verdict"]),
                Word(one["word"]) if one["word"] else None,
                None,
                (),
                one["why"],
                (),
                date.fromisoformat(one["mended_on"]) if one["mended_on"] else None,
            )
            for one in findings
            if one["code"] in known
        ]
    )


def _same_words(why: str) -> str:
    """A sentence in one spelling: what was typed came in the house's, the text in the phone's."""
    return plain_text(why).strip()


def _against(doubt: str) -> str:
    """What the check says, without the words that speak to the inspector."""
    return doubt.partition("您点的是")[0]


def _of_rule(signed: FrozenFinding | None, now: Finding) -> list[Difference]:
    own = finding_json(now)
    if signed is None:
        return [_difference(DifferenceKind.MISSING, now.code, _about(own), "没有", now.label)]
    found = []
    if any(signed[name] != own[name] for name in OUTCOME):  # type: ignore[literal-required]
        found.append(
            _difference(
                DifferenceKind.FINDING,
                now.code,
                _about(own),
                f"{signed['label']}（{signed['why']}）",
                f"{own['label']}（{own['why']}）",
            )
        )
    parts = [name for name in WORDING if signed[name] != own[name]]  # type: ignore[literal-required]
    if parts:
        found.append(
            _difference(
                DifferenceKind.WORDING,
                now.code,
                _about(own),
                "；".join(str(signed[name]) for name in parts),  # type: ignore[literal-required]
                "；".join(str(own[name]) for name in parts),  # type: ignore[literal-required]
            )
        )
    return found


def _difference(kind: DifferenceKind, code: str, about: str, signed: str, now: str) -> Difference:
    return {"kind": kind.value, "code": code, "about": about, "signed": signed, "now": now}


def _about(finding: FrozenFinding) -> str:
    return f"{finding['clause']}{finding['title']}"


def _names(standards: Iterable[PinnedStandard]) -> str:
    return "、".join(f"{one['id']}（{one['sha256'][:8]}）" for one in standards)


def _status_label(value: str) -> str:
    return Status.labels().get(value, value)


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return f"{len(value)}项"
    return "没有" if value is None or value == "" else str(value)
