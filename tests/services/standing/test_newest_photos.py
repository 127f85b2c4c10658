"""The newest photo of a subject is a look into an index, and the same as reading all of them."""

import random
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.phone_event import TO_SHOW, Photo, PhotoState
from server.policy.standard.options import CountyOptions
from server.services.people.scope import EVERYBODY
from server.services.standing.facts import SUBJECT_FACTS, facts_of
from tests.factories import NOW, TODAY, Cast
from tests.reviews import make_photo


def test_each_subject_speaks_by_its_newest_photo_that_may_be_shown(
    session: Session, cast: Cast
) -> None:
    rng = random.Random(5)
    photos = []
    for _ in range(60):
        photo = make_photo(
            session, rng.choice([cast.c1, cast.c2]),
            rng.choice([*list(SUBJECT_FACTS)[:3], "safety"]), person_id=cast.li.id,
        )  # fmt: skip
        photo.taken_at = NOW - timedelta(hours=rng.randrange(0, 24 * 12, 8))  # some at one moment
        photo.day_on = beijing_day(photo.taken_at)
        photo.state = rng.choice([PhotoState.EXAMINED] * 3 + [PhotoState.ANNOUNCED])
        photos.append(photo)
    session.commit()
    on = TODAY - timedelta(days=2)
    newest: dict[tuple[int, str], UUID] = {}
    for photo in sorted(photos, key=lambda one: (one.taken_at, one.id)):
        if photo.state in TO_SHOW and photo.day_on <= on and photo.subject in SUBJECT_FACTS:
            newest[photo.station_id, SUBJECT_FACTS[photo.subject]] = photo.id
    days = dict(session.execute(sa.select(Photo.id, Photo.day_on)).all())

    told = defaultdict(dict)
    for ids in (None, [cast.c1.id, cast.c2.id]):
        for known in facts_of(
            session, county=cast.county, on=on, options=CountyOptions(), seen_by=EVERYBODY,
            station_ids=ids,
        ):  # fmt: skip
            for fact, words in known.facts.judged.items():
                for said in words:
                    if said.evidence and said.evidence[0].startswith("photo:"):
                        told[ids is None][known.station.id, fact] = (said.evidence, said.on)

    assert len(newest) == 6
    wanted = {key: ((f"photo:{photo}",), days[photo]) for key, photo in newest.items()}
    assert told[True] == told[False] == wanted
