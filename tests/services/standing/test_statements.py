"""What was said is written in one way, whoever writes it."""

from decimal import Decimal

from sqlalchemy.orm import Session

from server.models.statement import Statement
from server.policy.standard.facts import Word
from server.services.standing.statements import Saying, say, take_down
from tests.factories import NOW, TODAY, Cast


def test_one_word_and_many_are_kept_alike(session: Session, cast: Cast) -> None:
    value, note = Decimal("12.50"), f"  皮尺量的{'，' * 500}"
    one = say(
        session,
        station=cast.c1,
        fact="floor_area_m2",
        value="12.50",
        word=Word.INSPECTOR,
        on=TODAY,
        by=cast.wang,
        now=NOW,
        note=note,
    )
    assert one is not None
    sayings = [
        Saying(cast.c1.id, "floor_area_m2", value, TODAY, note),
        Saying(cast.c1.id, "shelves", None, TODAY),
    ]
    ids = take_down(session, sayings, county="140926", word=Word.INSPECTOR, by=cast.wang, now=NOW)

    kept = [session.get_one(Statement, key) for key in ids]
    assert [(kind.fact, kind.value) for kind in kept] == [
        ("floor_area_m2", "12.50"),
        ("shelves", None),
    ]
    alike = ("county", "value", "note", "word", "observed_on", "said_at", "person_id", "photo_id")
    assert [getattr(kept[0], name) for name in alike] == [getattr(one, name) for name in alike]
    assert kept[0].note.startswith("皮尺")
