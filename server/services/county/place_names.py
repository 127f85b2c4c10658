"""Finds the township or village that a document, a spreadsheet or a person means by a name."""

import re
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.models.county import Division, DivisionAlias, DivisionLevel
from server.plain_text import bare_text
from server.services.county.divisions import short_name


def find_division(
    session: Session,
    county_code: str,
    name: str,
    *,
    level: DivisionLevel | None = None,
    parent: str | None = None,
) -> Division:
    """One look-up in the county's `Places`; raises what `Places.find` raises."""
    return Places(session, county_code).find(name, level=level, parent=parent)


class Places:
    """A county's present divisions and aliases, read once, for many look-ups."""

    def __init__(self, session: Session, county_code: str) -> None:
        self.by_code = {
            division.code: division
            for division in session.scalars(
                select(Division)
                .where(Division.county == county_code, Division.withdrawn_on.is_(None))
                .order_by(Division.code)
            )
        }
        self._by_name: dict[str, dict[str, Division]] = defaultdict(dict)
        self._by_bare: dict[str, dict[str, Division]] = defaultdict(dict)
        for code, division in self.by_code.items():
            for spelling in (division.name, division.short_name):
                self._by_name[bare_text(spelling)][code] = division
            bare = re.sub("(?:村|镇|乡|社区|街道|嘎查|居委会)$", "", bare_text(division.short_name))
            if len(bare) > 1:
                self._by_bare[bare][code] = division
        for alias, code in session.execute(
            select(DivisionAlias.alias, DivisionAlias.division_code).where(
                DivisionAlias.county == county_code
            )
        ):
            if code in self.by_code:
                self._by_name[alias][code] = self.by_code[code]

    def find(
        self, name: str, *, level: DivisionLevel | None = None, parent: str | None = None
    ) -> Division:
        """The division of this code, name, short name or alias, within `parent` if given.

        A village may be written with its township before it (鹅城镇马家沟村). Raises NotFound
        division-unknown, Conflict division-ambiguous.
        """
        plain = bare_text(name)
        found = self._named(plain, level, parent)
        if not found and level != DivisionLevel.TOWNSHIP and parent is None:
            found = self._with_township(plain)
        if not found:
            raise NotFound(
                "division-unknown",
                f"区划表里没有“{name.strip()}”。请核对名称，或先给它登记一个别名。",
            )
        if len(found) > 1:
            places = "、".join(f"{one.name}（{one.code}）" for one in found[:4])
            raise Conflict(
                "division-ambiguous",
                f"“{name.strip()}”不止一处：{places}。请写明乡镇，或直接写区划代码。",
            )
        return found[0]

    def _named(self, plain: str, level: DivisionLevel | None, parent: str | None) -> list[Division]:
        candidates = {**self._by_name.get(plain, {}), **self._by_name.get(short_name(plain), {})}
        candidates = candidates or self._by_bare.get(plain, {})  # 马家沟 for 马家沟村
        if plain in self.by_code:
            candidates = {plain: self.by_code[plain]}
        found = [
            one
            for _, one in sorted(candidates.items())
            if (level is None or one.level == level) and (parent is None or one.parent == parent)
        ]
        exact = [one for one in found if plain in {one.code, one.name}]
        return exact or found

    def _with_township(self, plain: str) -> list[Division]:
        """Try 乡镇名 + 村名 written together."""
        for end in range(2, len(plain) - 1):
            townships = self._named(plain[:end], DivisionLevel.TOWNSHIP, None)
            if len(townships) == 1:
                village = self._named(plain[end:], DivisionLevel.VILLAGE, townships[0].code)
                if village:
                    return village
        return []
