"""What may be accepted: which clauses fail or are unknown, and whether 标准化 may be said."""

from collections.abc import Iterable, Sequence

from server.policy.standard.examine import Finding
from server.policy.standard.facts import Level
from server.policy.standard.verdicts import Verdict


def failing(findings: Iterable[Finding]) -> list[str]:
    """The `shall` clauses that somebody says fail and that are not mended, on whoever's word."""
    return [
        _named(one)
        for one in findings
        if one.level == "shall" and one.verdict is Verdict.FAIL and one.mended_on is None
    ]


def unknown(findings: Iterable[Finding]) -> list[str]:
    """The `shall` clauses of which nobody knows; what is done, in time or late, is none."""
    return [
        _named(one)
        for one in findings
        if one.level == "shall" and one.verdict is Verdict.UNKNOWN and one.mended_on is None
    ]


def against_standardised(level: Level, findings: Sequence[Finding], *, assessed: bool) -> str:
    """Why a station cannot be accepted as 标准化 (静乐方案 三（二）), as a sentence; "" if it can.

    `assessed` says whether a standard for stations is in force or chosen. Unknown clauses stand in
    nobody's way: the acceptance names them.
    """
    if level is not Level.TOWNSHIP_STATION:
        return "“标准化”说的是乡镇站，这一级只验收“建成”。"
    if not assessed:
        return "本县还没有选定站点标准，没有可以对照的条款，只能先按“建成”验收。"
    if found := failing(findings):
        return (
            f"还有{len(found)}条应当项不符合：{'、'.join(found)}。"
            "请先整改、核实，或者只按“建成”验收。"
        )
    return ""


def _named(finding: Finding) -> str:
    return f"{finding.clause} {finding.title}"
