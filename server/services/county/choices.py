"""Saves what a county chooses itself, page by page: sealed, with a reason, told in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.person import Person
from server.plain_text import plain_text
from server.policy.setting import Setting, checked, typed_numbers
from server.services.common import history
from server.services.common.seals import Shown, changes, refuse_if_changed
from server.services.common.written import reason_given
from server.services.county.actions import CountyAction


class OwnLine(NamedTuple):
    """A line of a county's own list: the whole of it, what stands before the colon and behind."""

    whole: str
    word: str
    said: str


def numbers_shown(settings: Mapping[str, Setting], held: Mapping[str, Any]) -> list[Shown]:
    """Settings with their values, as seals and the history tell them."""
    return [Shown(name, one.label, one.told(held[name])) for name, one in settings.items()]


def numbers_held(settings: Mapping[str, Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the settings that a county has chosen, without what cannot be."""
    return {
        name: given[name]
        for name, one in settings.items()
        if name in given and one.may_be(given[name])
    }


def own_lines(text: str, *, most: int, wrong: Callable[[str], Invalid]) -> list[OwnLine]:
    """A county's own list as it was typed, a thing a line. Raises `wrong` beyond `most` lines."""
    lines = [line.strip() for line in plain_text(text).splitlines() if line.strip()]
    if len(lines) > most:
        raise wrong(f"最多写{most}行，写了{len(lines)}行。")
    parted = ((line, *line.replace(":", "：").partition("：")) for line in lines)
    return [OwnLine(line, word.strip(), said.strip()) for line, word, _, said in parted]


def hold_still(session: Session, county: County) -> None:
    """Lock a county's row and read it anew: of two who save at once, the second sees the first."""
    session.refresh(county, with_for_update=True)


def save_choices(
    session: Session,
    *,
    county: County,
    held: Sequence[Shown],
    wished: Sequence[Shown],
    options: Mapping[str, Any],
    by: Person | None,
    now: datetime,
    reason: str,
    seal: str | None,
    about: str = "",
) -> list[history.Change]:
    """Put `options` among the county's own, if that changes anything; what changed, in words.

    Call `hold_still` before reading `held`. `seal` is what the form carried, `about` whose settings
    they are. Raises Conflict county-changed-meanwhile, Invalid reason-needed.
    """
    refuse_if_changed(seal, held, code="county-changed-meanwhile", what="县设置")
    made = changes(held, wished)
    if not made:
        return []
    reason = reason_given(reason, "请写一句修改的原因。")
    county.options = {**county.options, **options}
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=CountyAction.COUNTY_EDITED,
        summary=f"修改{about}{'、'.join(one['label'] for one in made)}",
        changes=made,
        reason=reason,
    )
    return made


@dataclass(frozen=True, slots=True)
class NumberChoice:
    """One number that a county chooses by itself on a page of its own; `usual` is ours."""

    name: str
    setting: Setting
    usual: int
    invalid: str

    def held(self, county: County) -> int:
        """The county's choice; what is missing or cannot be falls back to ours."""
        held = county.options.get(self.name)
        return int(held) if held is not None and self.setting.may_be(held) else self.usual

    def shown(self, county: County) -> list[Shown]:
        """The choice as seals and the history tell it."""
        return numbers_shown({self.name: self.setting}, {self.name: self.held(county)})

    def edit(
        self,
        session: Session,
        *,
        county: County,
        typed: Mapping[str, str],
        by: Person,
        now: datetime,
        reason: str,
        seal: str | None = None,
    ) -> list[history.Change]:
        """Change it to what was typed; `seal` is that of `shown` on the form.

        Raises Invalid (its `invalid` code, reason-needed); Conflict county-changed-meanwhile.
        """
        settings = {self.name: self.setting}
        hold_still(session, county)
        wished = checked(settings, typed_numbers(settings, typed), code=self.invalid)
        return save_choices(
            session,
            county=county,
            held=self.shown(county),
            wished=numbers_shown(settings, wished),
            options=wished,
            by=by,
            now=now,
            reason=reason,
            seal=seal,
        )
