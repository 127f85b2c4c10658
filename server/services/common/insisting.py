"""What is hardly meant is asked about once, and never forbidden: whoever insists goes on."""

from collections.abc import Mapping

from server.errors import Conflict


def ask_unless_sure(
    odd: str,
    sure: str | None,
    *,
    code: str,
    otherwise: str,
    fields: Mapping[str, str] | None = None,
) -> None:
    """Raise Conflict `code`, with what is `asked`, unless a person is `sure` of just that.

    `odd` says what is hardly meant, "" where nothing is. `sure` is the sentence that a person has
    ticked, "" before; another sum or place is asked about again. None is nobody's form and asks
    nothing. `otherwise` says what to do where it is right. `fields` are told in red.
    """
    if not odd or sure is None or sure == odd:
        return
    more = {"fields": dict(fields)} if fields else {}
    raise Conflict(code, f"请核对：{odd}。{otherwise}。", asked=odd, **more)
