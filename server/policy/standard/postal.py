"""Stations of the post (邮快合作, or opened by it): which they are, and whether they file."""

from collections.abc import Iterable

from server.policy.standard.facts import Ownership
from server.policy.standard.options import CountyOptions

POSTAL_MODE = "postal_coop"


def postal_of(
    coop_modes: Iterable[str], ownership: Ownership | None, enterprises: Iterable[str | None]
) -> bool | None:
    """Whether a station is the post's: by its mode of cooperation, else by who opens or runs it.

    `enterprises` are the opener's and the operator's names. None while neither is entered.
    """
    modes, named = set(coop_modes), [name for name in enterprises if name]
    if POSTAL_MODE in modes or any("邮政" in name for name in named):
        return True
    if modes or named or ownership is Ownership.SELF_OPERATED:
        return False
    return None


def must_file(postal: bool | None, options: CountyOptions) -> bool | None:  # noqa: FBT001
    """Whether a station is one that files; None while the county or the register does not say."""
    if postal is False or options.postal_filing == "files":
        return True
    if postal and options.postal_filing == "exempt":
        return False
    return None


def filed_told(
    postal: bool | None,  # noqa: FBT001
    options: CountyOptions,
    *,
    filed: bool,
) -> bool | None:
    """Whether a station counts as filed: one that is not, while nobody said it must, is unknown."""
    if filed:
        return True
    return None if must_file(postal, options) is None else False


def why_not_told(postal: bool | None, options: CountyOptions) -> str:  # noqa: FBT001
    """Why nobody can say whether a station files, or why it need not; "" where it must."""
    needed = must_file(postal, options)
    if needed:
        return ""
    if needed is False:
        return "邮快合作的站点，县里已决定不需备案"
    if postal:
        return "邮快合作的站点要不要备案，县里还没有决定，先不下结论"
    return "没有登记合作模式和开办企业，看不出是不是邮快合作的站点，要不要备案先不下结论"
