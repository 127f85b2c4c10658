"""A province's worth of counties: keys that an engine may divide by, questions that have an index."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bench.query_plans import LARGE, plan_of, questions, read_whole, whole_tables
from server import models
from server.db import Base, table_of
from server.media.blobs import FolderStore
from server.models.phone_event import Photo
from server.models.reading import ReviewItem
from server.policy.plan.reports import Section
from server.services.photos.reused import reused
from server.services.programme.snapshots import keep, look
from server.services.reporting.figures import report_figures
from server.services.retention.round import go_round
from server.services.signals.questions import find, settled_before
from tests.factories import NOW, TODAY, Cast
from tests.services.world import make_world

# Whose keys hold across counties, and why no engine that divides by county is hindered: they are
# few, are found by exactly this key, and may stand whole on every part (or in the one database of
# a city). A new one needs its reason here.
EVERYWHERE = {
    "counties": "the list of counties itself",
    "divisions": "the national code begins with the county's",
    "people": "one list of account names for the whole house",
    "sign_ins": "found by the token's hash before anybody knows the county",
    "bind_codes": "as sign_ins",
    "kept_forms": "as sign_ins",
    "recovery_codes": "as sign_ins",
    "wechat_messages": "ends with the person, who is of one county",
    "read_tokens": "as sign_ins",
    "webhook_endpoints": "as sign_ins",
    "wechat_identities": "one mini program for all counties",
    "signs": "what a plate says names no county",
    "complaints": "what a villager was given to ask by names no county",
    "webhook_events": "the receivers' own key",
    "jobs": "the house's work",
    "heartbeats": "the house's workers",
    "house_notes": "the house's machines",
    "killed_tries": "bytes, whoever sent them",
    "wechat_tokens": "one mini program for all counties",
}


def unique_keys(table: sa.Table) -> list[list[str]]:
    """Every unique key but a number that stands for the row."""
    keys = [
        [one.name for one in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    keys += [
        [str(getattr(one, "name", one)) for one in index.expressions]
        for index in table.indexes
        if index.unique
    ]
    return [key for key in keys if key not in (["id"], ["seq"])]


def belongs(table: sa.Table) -> bool:
    """Whether a row is of one county: by its own column, or by a row that it hangs on."""
    return "county" in table.c or any(
        belongs(key.column.table) for key in table.foreign_keys if key.column.table is not table
    )


def test_every_key_leads_with_the_county_or_hangs_on_a_row_of_one() -> None:
    assert models.__all__
    loose: dict[str, list[list[str]]] = {}
    for table in Base.metadata.sorted_tables:
        for key in unique_keys(table):
            first = table.c.get(key[0])
            led = key[0] == "county" or (
                first is not None and any(belongs(one.column.table) for one in first.foreign_keys)
            )
            if not led:
                loose.setdefault(table.name, []).append(key)
    assert {name: keys for name, keys in loose.items() if name not in EVERYWHERE} == {}
    assert set(EVERYWHERE) - set(loose) == set(), "leads with the county now: needs no reason"


def test_no_row_hangs_on_one_without_a_county_that_another_countys_rows_hang_on_too() -> None:
    """Joins stay within a county: what is joined belongs to one, or is the house's own."""
    house = {"jobs", "heartbeats", "house_notes", "killed_tries", "wechat_tokens", "failed_tries"}
    for table in Base.metadata.sorted_tables:
        if table.name not in house | {"counties"}:
            assert belongs(table), table.name
        for key in table.foreign_keys:
            assert key.column.table.name not in house, (table.name, key.parent.name)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_keepers_home_looks_up_its_own_photos_and_goes_through_nobody_elses(
    engine: Engine, session: Session, cast: Cast, standards: Any
) -> None:
    make_world(session, cast, standards)
    session.commit()
    with questions(engine) as asked:
        reused(session, session.scalars(sa.select(Photo.id)).all())
    [one] = [one for text, one in asked.items() if "review_items" in text]
    of_others = {
        Photo: {"id": "gen_random_uuid()"},
        ReviewItem: {
            "key": "n::text", "photo_id": "gen_random_uuid()", "other_photo_id": "gen_random_uuid()"
        },
    }  # fmt: skip
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for noun, others in of_others.items():
            table = table_of(noun)
            names = [one.name for one in table.columns if one.name != "id" or "id" in others]
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({', '.join(names)}) "
                f"SELECT {', '.join(others.get(name, name) for name in names)} FROM "
                f"(SELECT * FROM {table.name} LIMIT 1) own, generate_series(1, 5000) n"
            )
        # What the planner believes of any table here may be what an earlier test left in it.
        connection.exec_driver_sql("ANALYZE review_items, photos, stations")
        plan = plan_of(connection, one)

    assert whole_tables(plan, by_index_too=True) == []
    told = "\n".join(plan)
    assert "Index Cond: (photo_id = ANY" in told
    assert "Index Cond: (other_photo_id = ANY" in told


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_no_question_of_a_night_a_page_or_a_report_needs_a_large_table_whole(
    engine: Engine, session: Session, cast: Cast, standards: Any, blobs: FolderStore
) -> None:
    make_world(session, cast, standards)
    session.commit()
    works: dict[str, Callable[[], object]] = {
        "night": lambda: keep(
            session,
            look(session, county=cast.county, on=TODAY, now=NOW, standards=standards),
            now=NOW,
        ),
        "report": lambda: report_figures(
            session, county=cast.county, standards=standards, sections=tuple(Section),
            month_on=TODAY.replace(day=1), on=TODAY, today=TODAY,
        ),
        "flags": lambda: find(session, county=cast.county, on=TODAY),
        "township": lambda: find(
            session, county=cast.county, on=TODAY, township_code=cast.c1.township_code
        ),
        "answer": lambda: settled_before(session, station_id=cast.c1.id, event_id=UUID(int=1)),
        "erasing": lambda: go_round(engine, blobs, county="140926", now=NOW + timedelta(days=999)),
    }  # fmt: skip
    for name, work in works.items():
        with questions(engine) as asked:
            work()
        assert any(large in one for one in asked for large in LARGE), name
        assert read_whole(engine, asked) == [], name
        for one in asked:  # what people said of all photos of all counties is not gone through
            assert "review_items" not in one or "review_items.county =" in one, name
