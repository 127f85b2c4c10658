"""The 问责线索移送 on paper, and its evidence as one ZIP that anybody can check."""

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.media.blobs import BlobStore
from server.media.zips import Entry
from server.models.referral import Referral
from server.papers.kept import record_paper
from server.papers.table_letter import letter_as_kept, table_letter
from server.policy.plan.referral import Kept, Piece, ReferralContent, hash_list
from server.policy.standard.standards import Standard
from server.services.referrals.facts import inspections_of
from server.services.referrals.gathering import PAPERS
from server.services.referrals.referrals import content_of, items_of

LIST, MISSING = "校验清单.txt", "缺少的证据.txt"


def keep_records(
    session: Session,
    *,
    referral: Referral,
    standards: Iterable[Standard],
    now: datetime,
    font_dir: Path | None = None,
) -> None:
    """Make and keep the papers of the records that a draft rests on, where none is kept yet."""
    known = tuple(standards)
    for item in items_of(session, referral):
        for inspection in inspections_of(session, county=referral.county, item=item):
            record_paper(
                session, inspection=inspection, standards=known, now=now, font_dir=font_dir
            )


def referral_paper(
    session: Session,
    *,
    referral: Referral,
    kind: str,
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """A sent referral's file as kept; made and kept where it is not yet."""
    content = content_of(session, referral, now=now)

    def make(mark: str, anchor: str) -> bytes:
        return referral_file(content, kind, mark=mark, anchor=anchor, font_dir=font_dir)

    return letter_as_kept(session, of=referral, kind=kind, now=now, make=make)


def referral_file(
    content: ReferralContent,
    kind: str,
    *,
    mark: str = "",
    anchor: str = "",
    font_dir: Path | None = None,
) -> bytes:
    """The letter as pdf or docx; `mark` stands in red in its corner (a draft, taken back)."""
    demo = "演示数据 不作为移送" if content["demo"] else ""
    marks = "　".join(filter(None, (mark, demo)))
    return table_letter(content, kind, mark=marks, anchor=anchor, font_dir=font_dir)


def evidence_entries(
    session: Session, *, content: ReferralContent, letter: bytes, blobs: BlobStore
) -> list[Entry]:
    """The files of the ZIP: the letter, every piece of evidence, and the list to check them by.

    A piece whose bytes are not there any more is named in a file of its own, never left out
    silently. `sha256sum -c 校验清单.txt` checks the rest.
    """
    found = [Entry("移送函.pdf", lambda: io.BytesIO(letter), content["title"])]
    missing = []
    for fact in content["facts"]:
        for piece in fact["pieces"]:
            held = _bytes_of(session, piece, blobs)
            if held is None:
                missing.append(f"{piece['name']}\t{piece['sha256']}")
            else:
                found.append(Entry(piece["name"], held, piece["what"]))
    listed = hash_list(content["facts"]).encode()
    about = f"每份证据的SHA-256；{content['anchor']}".rstrip("；")
    found.append(Entry(LIST, lambda: io.BytesIO(listed), about))
    if missing:
        told = "下面这些证据的原件已经找不到（按规定删除，或者丢失），校验值留着：\n"
        text = (told + "\n".join(missing) + "\n").encode()
        found.append(Entry(MISSING, lambda: io.BytesIO(text), "原件找不到的证据"))
    return found


class _Opened:
    """How a piece's bytes are opened when its turn in the ZIP comes."""

    def __init__(self, content: bytes | None, key: str, blobs: BlobStore) -> None:
        self._content, self._key, self._blobs = content, key, blobs

    def __call__(self) -> BinaryIO:
        return self._blobs.open(self._key) if self._content is None else io.BytesIO(self._content)


def _bytes_of(session: Session, piece: Piece, blobs: BlobStore) -> _Opened | None:
    if piece["kept"] == Kept.TEXT:
        return _Opened(piece["key"].encode(), "", blobs)
    if piece["kept"] == Kept.BLOB:
        return None if blobs.stat(piece["key"]) is None else _Opened(None, piece["key"], blobs)
    table, _, number = piece["key"].partition(":")
    noun = PAPERS[table]
    content = session.scalar(sa.select(noun.content).where(noun.id == int(number)))
    return None if content is None else _Opened(content, "", blobs)
