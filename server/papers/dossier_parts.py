"""What 一站一档 is made of: sections of facts, tables and words, and the list of its hashes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.coverage import Agreement
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.station import Station
from server.policy.masking import masked_number
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Standard
from server.services.coverage.agreements import AgreementView
from server.services.coverage.serving import VillageServed
from server.services.days.station_months import MonthTold
from server.services.people.keepings import Kept
from server.services.people.scope import TOWNSHIP, WHOLE_COUNTY
from server.services.registry.fields import Names
from server.services.registry.filing_lists import FilingRow
from server.services.standing.standing import Standing

NOT_ENTERED = "未登记"
UNKNOWN = "不清楚"
NOBODY = "没有人登记过"

Block = dict[str, Any]


class Attached(NamedTuple):
    """A file or record that the dossier names: `sha256` is that of its bytes as they are kept."""

    what: str
    day: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is asked once for all stations of a print, and who prints it."""

    session: Session
    blobs: BlobStore
    county: County
    by: Person
    now: datetime
    today: date
    standards: Sequence[Standard]
    options: CountyOptions
    names: Names
    standings: Mapping[int, Standing]
    filings: Mapping[int, FilingRow]
    months: Sequence[MonthTold]
    villages: Mapping[str, VillageServed]
    agreements: Sequence[AgreementView]
    keepers: Mapping[int, Sequence[Kept]]
    photos: Mapping[tuple[int, str], tuple[Photo, str]]

    @property
    def calls(self) -> bool:
        """Whether who prints has to call people: then telephone numbers stand in full."""
        return self.by.role in TOWNSHIP

    @property
    def sees_agreements(self) -> bool:
        """Whether who prints may see the county's agreements."""
        return self.by.role in WHOLE_COUNTY

    def telephone(self, number: str) -> str:
        """A number for who prints: in full, or 138****1234; 未登记 where there is none."""
        if not number:
            return NOT_ENTERED
        if self.calls:
            return number
        return masked_number(number)


@dataclass(slots=True)
class Folder:
    """One station's dossier while it is put together; `attached` grows with the sections."""

    around: Around
    station: Station
    attached: list[Attached] = field(default_factory=list)
    pictures: list[tuple[str, Photo]] = field(default_factory=list)

    def attach(self, what: str, day: date | None, sha256: str) -> str:
        """Enter a hash into the list at the end; gives how the place speaks of it: 附3."""
        self.attached.append(Attached(what, full_day_text(day) if day else UNKNOWN, sha256))
        return f"附{len(self.attached)}"


@dataclass(frozen=True, slots=True)
class Section:
    """One part with its heading."""

    title: str
    blocks: tuple[Block, ...]


def facts(rows: Iterable[tuple[str, str, str]]) -> Block:
    """Label, value and source, a line each."""
    return {"kind": "facts", "rows": [list(one) for one in rows]}


def table(
    head: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]], none: str
) -> Block:
    """A table; `none` is said where it has no rows, and 0 is a column as wide as its words."""
    held = [list(one) for one in rows]
    if not held:
        return words(none)
    return {"kind": "table", "head": list(head), "widths": list(widths), "rows": held}


def words(text: str) -> Block:
    """A sentence."""
    return {"kind": "words", "text": text}


def day(on: date | None, none: str = UNKNOWN) -> str:
    """A day in words; `none` where it is not known."""
    return full_day_text(on) if on else none


def hashed(place: str, sha256: str) -> str:
    """How a place shows a hash: 附3 SHA-256 …."""
    return f"{place}　SHA-256 {sha256}"


def paper_of(agreement: Agreement) -> str:
    """How an agreement is called in the list of hashes."""
    return f"合作协议“{agreement.file_name}”"
