"""What entering an office's list would do, line by line: shown whole, then entered whole or not."""

import hashlib
import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.media.sheets.writing import Foot, write_marked, write_xlsx
from server.models.county import County
from server.services.common.office_lists import MARKED, ListColumn, OfficeList


class PlannedLine(Protocol):
    """One line looked at: its number in the file, what it would do, why it is refused."""

    @property
    def line(self) -> int:
        """Its number in the file."""

    @property
    def action(self) -> str:
        """What it would do; wrong where it is refused."""

    @property
    def errors(self) -> Sequence[str]:
        """Why it is refused."""


Row = TypeVar("Row", bound=PlannedLine)


@dataclass(frozen=True, slots=True)
class ListPlan(Generic[Row]):
    """A whole list looked at; `mark` is the hash of what a person was shown."""

    list: OfficeList
    rows: Sequence[Row]

    def count(self, action: str) -> int:
        """How many lines have this action."""
        return sum(row.action == action for row in self.rows)

    @property
    def ok(self) -> bool:
        """Whether the list may be entered."""
        return self.count("wrong") == 0

    @abstractmethod
    def shown(self) -> Sequence[Any]:
        """What a person was shown of it, as JSON holds it."""

    @property
    def mark(self) -> str:
        """What was shown, as a hash: what would do anything else does not carry it."""
        return hashlib.sha256(json.dumps(self.shown(), ensure_ascii=False).encode()).hexdigest()

    def refuse_unless_shown(self, mark: str) -> None:
        """Raise Invalid import-has-errors; Conflict import-outdated where the plan has changed."""
        if not self.ok:
            first = next(row for row in self.rows if row.errors)
            raise Invalid(
                "import-has-errors",
                f"有{self.count('wrong')}行不对，整张名单都没有录入。"
                f"第{first.line}行：{first.errors[0]}改好后再上传。",
            )
        if self.mark != mark:
            raise Conflict("import-outdated", "您看预览的时候登记有了变化，请看一下新的预览。")


def one_list_at_a_time(session: Session, county: County) -> None:
    """Of two lists the second waits here on PostgreSQL, then finds its plan outdated."""
    session.execute(
        select(County.code).where(County.code == county.code).with_for_update(key_share=True)
    )


def marked_list(plan: ListPlan[Any], filename: str) -> bytes:
    """A list as it was read, with a column 问题 behind it that says what is wrong in each line."""
    return write_marked(
        "名单",
        plan.list.lines,
        head_line=plan.list.head_line,
        said={row.line: "\n".join(row.errors) for row in plan.rows if row.errors},
        coloured={},
        header=MARKED,
        foot=Foot(f"{filename}　标出问题的表", ""),
    )


def list_template(whose: str, columns: Sequence[ListColumn], note: tuple[str, str]) -> bytes:
    """An empty list with our headers."""
    return write_xlsx(
        whose,
        [one.header for one in columns],
        [],
        choices={},
        notes=[note] + [(one.header, one.hint) for one in columns],
        foot=Foot(f"{whose}名单模板", ""),
    )
