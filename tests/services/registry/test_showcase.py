from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.db import Base
from server.errors import Conflict, Invalid
from server.media.blobs import FolderStore
from server.models.blob_columns import BLOB_COLUMNS
from server.models.showcase import ModelStation
from server.services.people.scope import EVERYBODY
from server.services.registry.showcase import (
    choose_model,
    end_model,
    model_stations,
    publicity_of,
    record_publicity,
    standing_seal,
    take_publicity_back,
)
from server.services.standing.standing import Standing, standing_of
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast

NO_BYTES = {
    "acceptances.record_sha256",
    "assessment_schemes.content_sha256",
    "assessments.content_sha256",
    "bind_codes.code_sha256",
    "chain_lines.payload_sha256",
    "circulars.content_sha256",
    "county_outlines.file_sha256",
    "inspections.content_sha256",
    "inspections.document_sha256",
    "inspections.frozen_sha256",
    "consent_texts.sha256",
    "consents.text_sha256",
    "inspections.left_sha256",
    "kept_forms.token_sha256",
    "webhook_endpoints.token_sha256",
    "kept_papers.sha256",
    "killed_tries.sha256",
    "month_approvals.figures_sha256",
    "monthly_report_versions.content_sha256",
    "monthly_summaries.content_sha256",
    "notice_papers.sha256",
    "phone_events.content_sha256",
    "population_lists.file_sha256",
    "proposals.change_sha256",
    "read_tokens.token_sha256",
    "reconciliation_decisions.seen_sha256",
    "recovery_codes.code_sha256",
    "referrals.content_sha256",
    "round_reports.figures_sha256",
    "sheet_imports.file_sha256",
    "sign_ins.token_sha256",
    "snapshot_days.sha256",
    "subsidy_bank_lists.file_sha256",
    "subsidy_batches.contents_sha256",
    "subsidy_entitlements.contents_sha256",
    "subsidy_order_files.file_sha256",
    "subsidy_reviews.seen_sha256",
    "unsent_imports.file_sha256",
}
"""Hashes of rows, secrets, and of files that are not kept in the store of photos."""


def standing(session: Session, cast: Cast, standards: Any) -> Standing:
    return standing_of(session, station=cast.c1, on=TODAY, standards=standards)


@ON_SQLITE
def test_a_model_is_chosen_on_how_it_stands_and_ended_with_a_reason(
    session: Session, cast: Cast, standards: Any
) -> None:
    now = standing(session, cast, standards)
    with pytest.raises(Invalid) as refused:
        choose_model(
            session, standing=now, on=TODAY, reason="送货到户", acknowledged=" ", by=cast.office,
            now=NOW,
        )  # fmt: skip
    assert refused.value.code == "model-needs-a-word"
    assert now.why in refused.value.message
    with pytest.raises(Conflict) as moved:  # somebody else's word came while the page was open
        choose_model(
            session, standing=now, on=TODAY, reason="送货到户", acknowledged="知道", by=cast.office,
            now=NOW, seen=standing_seal(replace(now, why="别的情况")),
        )  # fmt: skip
    assert moved.value.code == "model-changed-meanwhile"
    assert now.why in moved.value.message
    made = choose_model(
        session, standing=now, on=TODAY, reason="送货到户", acknowledged="下月补齐", by=cast.office,
        now=NOW,
    )  # fmt: skip
    assert made.standing == f"{now.status.label}：{now.why}"
    with pytest.raises(Conflict) as twice:
        choose_model(
            session, standing=now, on=TODAY, reason="再选", acknowledged="知道", by=cast.office,
            now=NOW,
        )  # fmt: skip
    assert twice.value.code == "model-station-already"
    with pytest.raises(Invalid):
        end_model(
            session, model=made, on=TODAY - timedelta(1), by=cast.office, now=NOW, reason="早"
        )
    end_model(session, model=made, on=TODAY, by=cast.office, now=NOW, reason="换了站长")
    [view] = model_stations(session, seen_by=EVERYBODY)
    assert (view.model.ended_because, view.ended_who) == ("换了站长", cast.office.name)


def test_the_database_has_a_station_as_model_once(
    engine: Engine, session: Session, cast: Cast
) -> None:
    for _ in range(2):
        session.add(
            ModelStation(
                county=cast.county.code, station_id=cast.c1.id, chosen_on=TODAY, reason="好",
                standing="达标", chosen_at=NOW,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


@ON_SQLITE
def test_publicity_names_stations_that_are_there_and_is_never_changed(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    def tell(**changed: Any) -> Any:
        given: dict[str, Any] = {
            "on": TODAY, "medium": "县融媒体中心", "title": "快递进了村", "link": "", "codes": "",
            "paper": None,
        }  # fmt: skip
        return record_publicity(
            session, blobs, county=cast.county, by=cast.office, now=NOW, **(given | changed)
        )

    line = tell(codes="c0002，C0001 C0001")
    assert line.station_ids == [cast.c2.id, cast.c1.id]
    for wrong in (
        {"codes": "C0001、C9999"}, {"link": "javascript:alert(1)"}, {"medium": " "},
        {"title": ""}, {"on": TODAY + timedelta(1)}, {"title": "长" * 201},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            tell(**wrong)
    take_publicity_back(session, line=line, by=cast.office, now=NOW, reason="登了两次")
    [view] = publicity_of(session, county=cast.county.code)
    assert view.line.mistaken_because == "登了两次"
    assert [one.code for one in view.stations] == ["C0002", "C0001"]


def test_every_hash_of_kept_bytes_is_named_before_the_store_is_swept() -> None:
    named = {f"{one.class_.__tablename__}.{one.key}" for one in BLOB_COLUMNS}
    every = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sha256")
    }

    assert named <= every
    assert every - named == NO_BYTES
