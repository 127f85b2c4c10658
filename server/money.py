"""Money in whole 分 (fen), rates in whole 厘 (a tenth of one), said in words."""

from decimal import Decimal

MOST_FEN = 100_000_000_000
"""A thousand million yuan: more is a slip of the hand."""


def yuan_text(fen: int) -> str:
    """1,234.50, -3.00: an amount in yuan as tables and papers write it."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{part:02d}"


def yuan_said(fen: int) -> str:
    """1000元, 12.5元: an amount as a sentence says it."""
    text = yuan_text(fen).replace(",", "")
    return f"{text.rstrip('0').rstrip('.')}元"


def li_said(li: int) -> str:
    """0.35元: a rate in 厘 as a sentence says it."""
    return f"{Decimal(li) / 1000:f}元"


def fen_of_li(pieces_times_li: int) -> int:
    """Pieces times 厘 as 分, half a 分 rounded away from zero: rounded once, over the whole sum."""
    sign = -1 if pieces_times_li < 0 else 1
    return sign * ((abs(pieces_times_li) + 5) // 10)
