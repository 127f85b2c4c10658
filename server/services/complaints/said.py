"""Reads what was typed of a complaint; what is wrong is told all at once, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.calendar import full_day_text
from server.errors import Invalid
from server.models.complaint import Complaint, ComplaintKind
from server.plain_text import plain_text
from server.policy.entries import says_nothing, telephone
from server.policy.numerals import fen_from
from server.policy.typed_days import read_day
from server.services.common.written import longest

MOST_FEN = 10_000_000


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
    phone = _phone(typed.get("phone", ""), wrong)
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
    except Invalid as odd:
        wrong["happened_on"] = f"{odd.message}记不清就空着。"
        return None
    if day > today:
        wrong["happened_on"] = f"{full_day_text(day)}还没有到，请核对。"
    return day


def _amount(text: str, wrong: dict[str, str]) -> int | None:
    if not text.strip():
        return None
    fen = fen_from(text)
    if fen is None:
        wrong["amount"] = (
            f"钱数“{text.strip()[:20]}”看不懂。请只写数字，如 2 或 2.5；没收钱就空着。"
        )
    elif fen > MOST_FEN:
        wrong["amount"] = "钱数太大了，请核对。"
    return fen or None


def _phone(text: str, wrong: dict[str, str]) -> str:
    """As the house spells telephones; what only fills the box is none."""
    if not text.strip() or says_nothing(text):
        return ""
    try:
        spelt = telephone(text)
    except ValueError as odd:
        wrong["phone"] = f"电话{odd}。请写手机号，或者带区号的电话；不想留就空着。"
        return ""
    if len(spelt) > longest(Complaint.phone):
        wrong["phone"] = f"电话“{spelt}”太长了，请只写号码。"
    return spelt


def amount_text(fen: int | None) -> str:
    """2.5元, 2元; "" where nothing was paid."""
    if not fen:
        return ""
    yuan, rest = divmod(fen, 100)
    return f"{yuan}{f'.{rest:02d}'.rstrip('0') if rest else ''}元"
