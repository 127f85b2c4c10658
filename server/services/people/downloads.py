"""The line that the history has of a file that somebody took from the desk."""

from datetime import datetime

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.services.common import history
from server.services.people.actions import PeopleAction
from server.services.people.scope import READS_ONLY


def note_download(
    session: Session, *, by: Person, name: str, holds: str, sha256: str, now: datetime
) -> None:
    """Write that a person took a file: its name, how much is in it (`holds`), and its SHA-256."""
    history.write(
        session,
        of=session.get_one(County, by.county),
        by=by,
        at=now,
        action=PeopleAction.FILE_TAKEN if by.role in READS_ONLY else PeopleAction.FILE_EXPORTED,
        summary=f"{by.name}（{by.role.label}）下载{name}：{holds}，SHA-256 {sha256[:16]}",
    )
