"""Hours of one doing of several are not those of the house: 取件时间 beside 寄件时间, 门诊时间."""

from collections.abc import Sequence

from server.policy.hours.days import DAY_KINDS
from server.policy.hours.times import refuse
from server.policy.hours.titles import one_of_several
from server.policy.hours.tokens import Token, served_at

_TIMES = {"time", "fours", "allday"}


def refuse_two_kinds(words: Sequence[Token]) -> None:
    """Hours for picking up beside hours for sending are not the hours of the station."""
    kinds = {served_at(word.text) for word in words if word.kind == "label"}
    titles = [word.text for word in words if word.kind == "title"]
    if traded := one_of_several(titles, labelled=bool(kinds)):
        refuse(f"“{traded}”是其中一样的时间，这里只登记开门的时间", words=traded)
    if not kinds:
        return
    said = [w.kind for w in words if w.kind in {"label", "title", "bare", *DAY_KINDS, *_TIMES}]
    if len(kinds) > 1 or "title" in said or said[0] != "label" or said.count("label") == len(said):
        shown = "”“".join(sorted(kinds))
        refuse(f"“{shown}”的时间另外写着，这里只登记开门的时间", words="、".join(sorted(kinds)))
