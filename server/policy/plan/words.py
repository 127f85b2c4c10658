"""Words of a plan that nothing is computed from: quoted with their clause, explained by nobody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name that a plan gives its aims, and the sentence in which it stands."""

    term: str
    clause: str
    text: str


PHRASES = {
    "jingle-2023": (
        Phrase(
            "一年通服务、两年提能力",
            "一",
            "聚焦“一年通服务、两年提能力”的总体要求",
        ),
        Phrase(
            "一特色三标准",
            "三",
            "在巩固2022年农村寄递物流服务全覆盖“一特色三标准”目标的基础上",
        ),
        Phrase(
            "三化",
            "三",
            "按照县级统仓共配一体化、乡镇服务标准化、村级管理规范化的“三化”要求",
        ),
    ),
}
"""By plan, which says no more of what is meant by them: nothing is counted for them."""
