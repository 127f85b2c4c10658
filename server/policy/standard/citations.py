"""How a letter cites a clause: by the document that it stands in, never by our file's title."""

from typing import NamedTuple

from server.policy.standard.standards import Standard


class Citation(NamedTuple):
    """The document with its title marks, and the place in it.

    `named_by_clause` is true where the clause itself names the document, as with several laws in
    one file; such a document is short enough to be repeated.
    """

    document: str
    place: str
    named_by_clause: bool


def cite(standard: Standard, clause: str) -> Citation:
    """The document and the place of a clause, such as 《快递暂行条例》 and 第十八条."""
    titles = standard.source.title.split("；")
    for title in titles:
        if clause.startswith(title):
            return Citation(f"《{title}》", clause.removeprefix(title).lstrip("，"), True)
    document = "、".join(f"《{title}》" for title in titles) + standard.source.part
    if standard.source.part and standard.name not in titles:
        document += f"《{standard.name}》"
    return Citation(document, clause, False)
