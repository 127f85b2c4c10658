"""问责线索: what a referral paper says of each thing, and words that it never takes for itself.

The paper bundles 线索 and what they rest on for whoever looks into them, as the plans ask for
问责 of 弄虚作假、工作不力. Whether anybody did wrong is theirs to find; no sentence here says it.
"""

import hashlib
from collections.abc import Sequence
from typing import TypedDict

from server.labelled import Labelled
from server.policy.plan.circular import NUMERALS, CircularChapter, CircularTable, TableLetter

UNHEARD = "尚未听取"
CLOSING = "以上均为待核实的线索，是否构成问题请贵单位核查认定，并请将核查情况反馈我们。"
GUILT = ("违法", "违纪", "犯罪", "弄虚作假", "造假", "属实", "查实", "渎职")
"""Words of a finding: the house has none, so its paper does not carry them."""


class ReferralState(Labelled):
    """How far a referral has come."""

    DRAFT = "draft", "起草"
    SENT = "sent", "已移送"
    ANSWERED = "answered", "已反馈"
    WITHDRAWN = "withdrawn", "撤回"


class FactKind(Labelled):
    """Where a fact was recorded; of each only what a person has looked at can be picked."""

    SIGNAL = "signal", "异常提示存疑", "", "县专班看过、定为存疑的异常提示"
    OVERDUE = "overdue", "整改逾期", "", "过了期限还没有验收通过的整改"
    DIFFERING = "differing", "签字与核算不一致", "", "签字的记录和核算对不上，县专班看过"
    DOUBLE = "double", "同一次督导两份记录", "", "同一次督导交了两份记录，县专班已定以哪份为准"
    RECONCILIATION = "reconciliation", "件数对账有差额", "", "两边件数不同，有人作过决定的"
    COMPLAINT = "complaint", "投诉已查处", "", "监管部门记了查处情况的投诉"
    REVERSED = "reversed", "补贴已冲回", "", "付出去又冲回的补贴"


class Kept(Labelled):
    """Where the bytes of a piece of evidence stand."""

    PAPER = "paper", "留存的文件"
    BLOB = "blob", "照片和材料"
    TEXT = "text", "当时的数据"


class Link(TypedDict):
    """A line of the chain as it stood when it was looked up; `seq` 0 where there is none yet."""

    what: str
    seq: int
    hash: str


class Piece(TypedDict):
    """One file of evidence: its name within the ZIP and the SHA-256 of its bytes.

    `key` finds the bytes: table and id of a kept paper, a blob's SHA-256; of a TEXT it is the text.
    """

    code: str
    what: str
    name: str
    kept: str
    key: str
    sha256: str


class Fact(TypedDict):
    """One thing to be looked into: what is recorded of it, what was said to it, what it rests on.

    `heard` is False where nobody concerned has been heard: then `said` is UNHEARD.
    """

    kind: str
    ref: str
    title: str
    station: str
    day: str
    told: list[list[str]]
    said: str
    heard: bool
    pieces: list[Piece]
    links: list[Link]


class ReferralContent(TableLetter):
    """A referral as it is issued, whole: the letter, and the facts that it is made of.

    `evidence_sha256` is the hash over the list of all pieces, as 校验清单.txt has it.
    """

    facts: list[Fact]
    evidence_sha256: str
    anchor: str


def guilt_in(text: str) -> str:
    """The first word of a finding in a text that somebody wrote; "" where there is none."""
    found = [(text.index(word), word) for word in GUILT if word in text]
    return min(found)[1] if found else ""


def hash_list(facts: Sequence[Fact]) -> str:
    """校验清单.txt: a line for each piece, as sha256sum writes and checks them."""
    return "".join(f"{one['sha256']}  {one['name']}\n" for fact in facts for one in fact["pieces"])


def hash_of_list(facts: Sequence[Fact]) -> str:
    """The SHA-256 of 校验清单.txt: who holds it holds every file of the evidence."""
    return hashlib.sha256(hash_list(facts).encode()).hexdigest()


def table_of(facts: Sequence[Fact]) -> CircularTable:
    """The facts in one table: what, where, when, how many files, whether somebody was heard."""
    return {
        "title": "线索清单",
        "header": ["序号", "线索", "站点", "日期", "证据", "本人说明"],
        "rows": [
            [
                str(number), fact["title"], fact["station"] or "—", fact["day"],
                f"{len(fact['pieces'])}份", "有" if fact["heard"] else UNHEARD,
            ]
            for number, fact in enumerate(facts, 1)
        ],
        "align": "rlllrl",
        "widths": [0.6, 2.0, 2.2, 1.6, 0.7, 1.0],
        "notes": [],
    }  # fmt: skip


def chapters_of(
    opening: str, facts: Sequence[Fact], *, evidence: str, anchor: str
) -> tuple[list[CircularChapter], int]:
    """The body of the letter, and after how many chapters its table stands.

    `evidence` is the hash of the list of evidence, `anchor` the newest of the chain.
    """
    found: list[CircularChapter] = []
    said = [line.strip() for line in opening.splitlines() if line.strip()]
    if said:
        found.append({"heading": "", "paragraphs": said})
    found.append({"heading": "一、线索清单", "paragraphs": []})
    after = len(found)
    found.append({"heading": "二、待核实的事实", "paragraphs": []})
    for number, fact in enumerate(facts, 1):
        found.append({"heading": "", "paragraphs": _paragraphs(number, fact)})
    count = sum(len(fact["pieces"]) for fact in facts)
    proof = [
        f"附证据{count}份，装在同一个压缩包里，每份的SHA-256写在包内“校验清单.txt”。",
        "任何人都可以用通用工具核对，改过一个字节就对不上。",
        f"“校验清单.txt”的SHA-256：{evidence}。",
    ]
    if anchor:
        proof.append(f"移送时最近一次存证：{anchor}。上面的“存证第几行”在这条链上核对。")
    found.append({"heading": f"{NUMERALS[2]}、证据和核对办法", "paragraphs": proof})
    return found, after


def _paragraphs(number: int, fact: Fact) -> list[str]:
    where = f"，{fact['station']}" if fact["station"] else ""
    lines = [f"线索{number}：{fact['title']}{where}，{fact['day']}。"]
    lines += [f"{label}：{value}" for label, value in fact["told"]]
    lines.append(f"本人说明：{fact['said']}")
    lines += [
        f"证据{one['code']}：{one['what']}，SHA-256 {one['sha256']}" for one in fact["pieces"]
    ]
    chained = [
        f"{one['what']}存证第{one['seq']}行（校验{one['hash'][:16]}）"
        if one["seq"]
        else f"{one['what']}还没有存证"
        for one in fact["links"]
    ]
    if chained:
        lines.append(f"存证：{'；'.join(chained)}。")
    return lines
