"""What a list was narrowed to, in words: a file is passed on without its address."""

from desk.frame.access import whole_county_in_sight


def narrowed_in_words(*chosen: str, q: str = "") -> str:
    """已逾期，马家沟乡，找“快递”; what was not chosen is left out, whose list it is never."""
    said = [
        *(one for one in chosen if one),
        *([f"找“{q}”"] if q else []),
        *([] if whole_county_in_sight() else ["只有看得到的"]),
    ]
    return "，".join(said)
