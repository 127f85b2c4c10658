"""Reads what was typed of a complaint; what is wrong is told all at once, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server.calendar import full_day_text
from server.errors import Invalid
from server.models.complaint import Complaint, ComplaintKind
from server.plain_text import narrow_text, plain_text
from server.services.common.written import longest
from server.services.registry.field_reading import read_day

MOST_FEN = 10_000_000
_SUM = re.compile(r"[¥￥]?(\d{1,6})(?:\.(\d{1,2}))?(?:元|块|块钱)?")
_TELEPHONE = re.compile(r"\+?\d{7,15}")


@dataclass(frozen=True, slots=True)
class Said:
    """A complaint in types: what it is about, when, what was paid, in whose words, whom to call."""

    kind: ComplaintKind
    words: str
    happened_on: date | None = None
    amount_fen: int | None = None
    phone: str = ""
    phone_shared: bool = False


def read_said(typed: Mapping[str, str], *, today: date) -> Said:
    """A form's `kind`, `words`, `happened_on`, `amount`, `phone` and `shared`.

    Raises Invalid complaint-incomplete with a sentence for each field that is wrong.
    """
    wrong: dict[str, str] = {}
    kind, words = typed.get("kind", ""), plain_text(typed.get("words", "")).strip()
    if kind not in ComplaintKind.labels():
        wrong["kind"] = "请选一样：没送到说好的地方、乱收费，还是别的事。"
    if not words:
        wrong["words"] = "请写几句是怎么回事。"
    elif len(words) > longest(Complaint.words):
        wrong["words"] = f"写了{len(words)}个字，最多能收{longest(Complaint.words)}个字，请写短些。"
    elif "\0" in words:
        wrong["words"] = "里面有看不见的字符，请重新写一遍。"
    day = _day(typed.get("happened_on", ""), today, wrong)
    amount = _amount(typed.get("amount", ""), wrong)
    phone = re.sub(r"[\s()-]+", "", narrow_text(typed.get("phone", "")))
    if phone and not _TELEPHONE.fullmatch(phone):
        wrong["phone"] = "电话看不懂。请写手机号，或者带区号的电话；不想留就空着。"
    if wrong:
        first = next(iter(wrong.values()))
        more = f"（还有{len(wrong) - 1}处，看下面红字）" if len(wrong) > 1 else ""
        raise Invalid("complaint-incomplete", f"{first}{more}", fields=wrong)
    return Said(ComplaintKind(kind), words, day, amount, phone, bool(phone and typed.get("shared")))


def _day(text: str, today: date, wrong: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        day = read_day(text, "哪天的事", latest=None)
    except Invalid:
        wrong["happened_on"] = "日期看不懂。请写成2023-05-01这样；记不清就空着。"
        return None
    if day > today:
        wrong["happened_on"] = f"{full_day_text(day)}还没有到，请核对。"
    return day


def _amount(text: str, wrong: dict[str, str]) -> int | None:
    said = re.sub(r"[\s,]+", "", narrow_text(text))
    if not said:
        return None
    found = _SUM.fullmatch(said)
    if found is None:
        wrong["amount"] = "钱数看不懂。请只写数字，如 2 或 2.5；没收钱就空着。"
        return None
    fen = int(Decimal(f"{found[1]}.{found[2] or 0}") * 100)
    if fen > MOST_FEN:
        wrong["amount"] = "钱数太大了，请核对。"
    return fen or None


def amount_text(fen: int | None) -> str:
    """2.5元, 2元; "" where nothing was paid."""
    if not fen:
        return ""
    yuan, rest = divmod(fen, 100)
    return f"{yuan}{f'.{rest:02d}'.rstrip('0') if rest else ''}元"
