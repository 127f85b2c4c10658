"""Role × route: who sees and may do what at the desk; the rows stand in role_matrix.py."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.checks.complaint import COMPLAINT_MOVES
from desk.office.matter import MOVES
from server.http import clock
from server.http.guards import GUARDS
from server.media.attachments import Attachment
from server.media.blobs import FolderStore
from server.models.county import Division, Operator
from server.models.coverage import Agreement, PopulationBasis, PopulationList
from server.models.hub import HubBrand
from server.models.outline import CountyOutline
from server.models.person import Person, Role
from server.models.phone_help import UnsentImport
from server.models.programme import ProgrammeTarget
from server.models.rectification import NoticeQuestion
from server.models.showcase import ModelStation, Publicity
from server.models.station import Stage
from server.policy.outline import Datum
from server.policy.plan.filing import StepKind
from server.services.coverage.populations import record_population
from server.services.matters.papers import attach
from server.services.mending.notices import issue_notice
from server.services.registry.acceptances import accept_stations
from server.services.registry.filings import Told, record_step
from server.services.registry.proposal_decisions import decide_many
from server.services.registry.sheet_imports import enter_import, plan_import
from server.services.rounds.reports import report_round
from tests.asked import asked
from tests.bodies import make_auditor, make_bureau_person
from tests.complaining import complained
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.drawn_once import DrawnOnce
from tests.desk.held_rounds import hold, second_record
from tests.desk.programme.reported import report_this_month
from tests.desk.role_matrix import MATRIX, PUBLIC, WHO, kind_of
from tests.factories import NOW, Cast, make_person, make_plan, make_sign
from tests.keepers_days import photographed
from tests.proposals import own_officer, proposed
from tests.reviews import ask_sign
from tests.services.asked import raised
from tests.services.days.scanned import scanned
from tests.services.matters.brought import brought
from tests.services.referrals.drafted import drafted
from tests.services.reporting.assessed import issued_sheet
from tests.services.reporting.circulated import issued_circular
from tests.services.subsidies.listed import listed as listed_money
from tests.services.webhooks.world import receiver

DeskOf = Callable[[Person], Desk]
NOWHERE = [f"<int:{of}_id>" for of in ("export", "token", "decision", "sign_in")]


def routes(app: Flask) -> set[str]:
    """Every rule of the desk with its method."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture
def people(session: Session, cast: Cast) -> dict[str, Person]:
    """One person of each role that may sit at a desk."""
    operator = session.get_one(Operator, cast.c1.operator_id)
    return {
        "office": cast.office,
        "officer": cast.officer,
        "own": make_person(
            session,
            name="鹅城专干",
            role=Role.TOWNSHIP_OFFICER,
            township_code=cast.township.code,
            login="echeng",
        ),
        "operator": make_person(
            session, name="企业员", role=Role.OPERATOR, operator_id=operator.id, login="qiye"
        ),
        "bureau": make_bureau_person(session),
        "auditor": make_auditor(session),
        "outsider": cast.outsider,
    }


def test_every_desk_route_has_a_row_in_the_matrix(app: Flask) -> None:
    assert routes(app) - PUBLIC == set(MATRIX)


def test_every_desk_blueprint_names_its_guard(app: Flask) -> None:
    desk = {name for name in app.blueprints if name.startswith("desk_")}

    assert desk <= set(GUARDS)
    public = {"desk_session", "desk_second_step", "desk_files"}
    assert {name for name in desk if GUARDS[name].door == "public"} == public


# Who may open what is asked of the same guards on either engine; every page is drawn on both for
# the office, which opens all of them.
@pytest.mark.parametrize(
    ("engine", "who"),
    [*(("sqlite", who) for who in WHO), ("postgresql", "office")],
    indirect=["engine"],
)
def test_each_role_gets_exactly_what_the_matrix_says(
    session: Session,
    cast: Cast,
    people: dict[str, Person],
    blobs: FolderStore,
    standards: Any,
    desk_of: DeskOf,
    frames: DrawnOnce,
    who: str,
) -> None:
    held = hold(desk_of(cast.office).client, session, cast, blobs, standards)
    notice = issue_notice(session, inspection=held.inspection, by=cast.office, now=clock.now())
    question = NoticeQuestion(
        county=notice.county, station_id=notice.station_id, notice_id=notice.id,
        inspection_id=notice.inspection_id, rectification_ids=[], opened_at=clock.now())  # fmt: skip
    session.add(question)
    report_round(
        session,
        campaign=held.campaign,
        reported_to="县政府办公室",
        by=cast.office,
        now=clock.now(),
    )
    photo = photographed(session, blobs, cast.c1, cast.li)
    sign = make_sign(session, cast.c1)
    imported = UnsentImport(
        county=cast.county.code, person_id=cast.li.id, file_sha256="0" * 64, file_name="老李.txt",
        result={"records": [], "complete": True, "cut_at": None}, imported_at=clock.now(),
        imported_by=cast.office.id,
    )  # fmt: skip
    session.add(imported)
    table = "编号,地址\nC0001,戏台旁".encode()
    plan = plan_import(
        session, county=cast.county, content=table, filename="a.csv", now=clock.now()
    )
    sheet = enter_import(
        session,
        plan,
        county=cast.county,
        by=cast.office,
        now=clock.now(),
        on=clock.today(),
        standards=(),
    )
    [accepted] = accept_stations(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT,
        on=clock.today(), present="供销社王某", by=cast.office, now=clock.now(),
        standards=standards,
    )  # fmt: skip
    people_row = record_population(
        session, village=session.get_one(Division, cast.c1.village_code),
        basis=PopulationBasis.RESIDENT, people=2600, counted_on=clock.today(), source="村委会",
        by=cast.office, now=clock.now(),
    )  # fmt: skip
    listed = PopulationList(
        county=cast.county.code, file_name="人口.csv", file_sha256="0" * 64, lines=1,
        entered_by=cast.office.id, entered_at=clock.now(),
    )  # fmt: skip
    kept = blobs.put(b"%PDF-1.4 %%EOF")
    agreement = Agreement(
        county=cast.county.code, mode="postal_coop", parties="甲、乙", from_on=clock.today(),
        file_sha256=kept, file_name="协议.pdf", file_kind="pdf", file_bytes=14,
        recorded_at=clock.now(),
    )  # fmt: skip
    brand = HubBrand(
        county=cast.county.code, brand="中通", from_on=clock.today(), shares={}, file_sha256=kept,
        file_name="合同.pdf", file_kind="pdf", file_bytes=14, recorded_at=clock.now(),
    )  # fmt: skip
    outline = CountyOutline(
        county=cast.county.code, review_number="晋S（2023）015号", datum=Datum.WGS84,
        file_name="静乐.geojson", file_sha256=kept, rings=[], recorded_at=clock.now(),
    )  # fmt: skip
    session.add_all([listed, agreement, brand, outline])
    model = ModelStation(
        county=cast.county.code, station_id=cast.c1.id, chosen_on=clock.today(), reason="送货到户",
        standing="达标", chosen_at=clock.now(),
    )  # fmt: skip
    told = Publicity(
        county=cast.county.code, told_on=clock.today(), medium="县融媒体", title="快递进村",
        file_sha256=kept, file_name="报道.pdf", file_kind="pdf", recorded_at=clock.now(),
    )  # fmt: skip
    session.add_all([model, told])
    session.flush()
    waiting, returned = (
        proposed(session, cast.c1, own_officer(session, cast, name), address="村东头")
        for name in ("甲", "乙")
    )
    line, _ = decide_many(
        session, county=cast.county, seen={returned.id: None}, accept=False, by=cast.office,
        now=clock.now(), closing=lambda *_: 0, because="请核实",
    )  # fmt: skip
    receipt = record_step(
        session, blobs, station=cast.c1, by=cast.office, now=clock.now(),
        told=Told(
            StepKind.RECEIPT, clock.today(),
            receipt=Attachment(b"%PDF-1.7 %%EOF", "pdf", "回执.pdf"),
        ), standards=(),
    )  # fmt: skip
    matter = brought(session, cast)
    [paper] = attach(
        session, blobs, matter=matter, by=cast.office, now=NOW,
        papers=[Attachment(b"%PDF-1.7 %%EOF", "pdf", "来文.pdf")],
    )  # fmt: skip
    make_plan(session, cast.county)
    plan_row = session.scalars(select(ProgrammeTarget).order_by(ProgrammeTarget.id)).first()
    assert plan_row is not None
    bureau = people["bureau"]
    sheet_issued = issued_sheet(session, cast, standards)
    due, payment = listed_money(
        session, cast.c1, programme_id=plan_row.programme_id, by=cast.office
    )
    referral, fact = drafted(session, cast)
    places: dict[str, Any] = {
        **dict.fromkeys(NOWHERE, 999_999),
        "<kind>": "stations",
        "<int:step_id>": receipt.id,
        "<int:file_id>": scanned(session, cast.c1, {3: (9, 1)})[0].file_id,
        "<int:programme_id>": plan_row.programme_id,
        "<scheme>": "outbound",
        "<period>": "2023-05",
        "<int:entitlement_id>": due.id,
        "<int:batch_id>": payment.batch_id,
        "<int:payment_id>": payment.id,
        "<int:row_id>": plan_row.id,
        "<month>": report_this_month(session, cast, bureau, standards),
        "<any(pdf, docx, xlsx):kind>": "pdf",
        "<int:assessment_id>": sheet_issued.id,
        "<int:circular_id>": issued_circular(session, cast, sheet_issued).id,
        "<int:referral_id>": referral.id,
        "<int:fact_id>": fact.id,
        "<int:scheme_id>": sheet_issued.scheme_id,
        "<subject>": cast.township.code,
        "<any(pdf, xlsx):kind>": "xlsx",
        "<key>": "built_village",
        "<code>": cast.c1.village_code,
        "<int:row>": people_row.id,
        "<int:list_id>": listed.id,
        "<int:proposal_id>": waiting.id,
        "<int:line_id>": line,
        "<int:agreement_id>": agreement.id,
        "<int:brand_id>": brand.id,
        "<int:model_id>": model.id,
        "<int:publicity_id>": told.id,
        "<int:outline_id>": outline.id,
        "<int:import_id>": imported.id,
        "<int:matter_id>": matter.id,
        "<int:paper_id>": paper.id,
        f"<any({MOVES}):move>": "note",
        "<int:complaint_id>": complained(session, cast).complaint.id,
        "<int:place>": 1,
        f"<any({COMPLAINT_MOVES}):move>": "note",
        "<int:acceptance_id>": accepted.id,
        "<int:organisation_id>": people["bureau"].organisation_id,
        "<int:operator_id>": cast.c1.operator_id,
        "<int:sheet_id>": sheet.id,
        "<int:endpoint_id>": receiver(session, cast.county, cast.office).endpoint.id,
        "<int:station_id>": cast.c1.id,
        "<int:person_id>": cast.li.id,
        "<int:sign_id>": sign.id,
        "<uuid:photo_id>": photo.id,
        "<uuid:request_id>": asked(session, cast.li, cast.c1).id,
        "<any(thumb, view, drawn):size>": "thumb",
        "<any(xlsx, csv):kind>": "csv",
        "<any(xlsx, csv):ending>": "csv",
        "<int:campaign_id>": held.campaign.id,
        "<int:visit_id>": held.visit.id,
        "<int:version>": 1,
        "<int:rectification_id>": held.rectification.id,
        "<int:notice_id>": notice.id,
        "<int:question_id>": question.id,
        "<int:disagreement_id>": held.disagreement.id,
        "<int:double_id>": second_record(session, held.inspection).id,
        "<int:signal_id>": raised(session, cast.c1).id,
        "<uuid:inspection_id>": held.inspection.id,
        "<day>": "2023-07-04",
        "<any(xlsx, pdf):kind>": "xlsx",
        "<any(pdf, docx):kind>": "docx",
        "<int:item_id>": ask_sign(session, cast.c1, photo).id,
    }
    found, pages = {}, []
    for route in MATRIX:
        method, path = route.split(" ", 1)
        for place, value in places.items():
            path = path.replace(place, str(value))
        desk = desk_of(people[who])
        desk.opens_pages = False  # a form is empty but for the mark of a page of before
        send = desk.get if method == "GET" else desk.post_and_go_on
        answer = send(path.removeprefix("/desk"))
        saved = "attachment" in answer.headers.get("Content-Disposition", "")  # no page at all
        if method == "POST" and desk.answered != 303 and not saved:
            pages.append(route)
        if method == "POST" and answer.status_code < 400:
            frames.changed()
        found[route] = kind_of(answer.status_code)

    assert not pages, "a POST goes on to a page (desk/frame/again.py), it is none itself"
    assert found == {route: row[WHO.index(who)] for route, row in MATRIX.items()}


def filled(path: str, station_id: int) -> str:
    """A rule as an address: ids of something, it does not matter what."""
    path = re.sub(r"<int:\w+>", str(station_id), path)
    path = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", path)
    return re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", path)


def test_nobody_passes_without_signing_in(app: Flask, cast: Cast) -> None:
    let_in = []
    for route in MATRIX:
        method, path = route.split(" ", 1)
        answer = app.test_client().open(filled(path, cast.c1.id), method=method)
        if answer.status_code not in (302, 303) or "/desk/sign-in" not in answer.location:
            let_in.append(route)

    assert let_in == []


@ON_SQLITE
@pytest.mark.usefixtures("frames")
def test_nothing_is_written_without_the_pages_token(cast: Cast, desk_of: DeskOf) -> None:
    desk, taken = desk_of(cast.office), []
    for route in (route for route in MATRIX if route.startswith("POST")):
        path = filled(route.removeprefix("POST "), cast.c1.id)
        answer = desk.client.post(path, data={"csrf": "x" * 32})
        told = text_of(desk.client.get("/desk/account")) if answer.status_code == 303 else ""
        if "请刷新后再提交" not in told or "kept=" in answer.location:
            taken.append(route)

    assert taken == []


@pytest.mark.parametrize(
    "path", ["/", "/people", "/numbers", "/plan", "/export.csv", "/rounds", "/rectifications"]
)
def test_the_other_county_sees_nothing_of_this_one(
    session: Session, cast: Cast, desk_of: DeskOf, path: str
) -> None:
    page = desk_of(cast.outsider).get(path).get_data(as_text=True)

    for name in ("静乐", "马家沟", "鹅城", "老李", "小赵", "C0002"):
        assert name not in page
    assert "西平" in page or "五沟营" in page or "寇店" in page


@pytest.mark.parametrize("path", ["/", "/people", "/numbers", "/plan"])
def test_a_township_officer_sees_only_the_own_township(
    cast: Cast, desk_of: DeskOf, path: str
) -> None:
    page = text_of(desk_of(cast.officer).get(path))

    for name in ("马家沟", "杨家山", "鹅城镇快递综合服务站", "老李", "C0001"):
        assert name not in page.replace("C0001 起", "")


def test_an_operators_clerk_sees_that_operators_stations_and_no_form(
    session: Session, cast: Cast, people: dict[str, Person], desk_of: DeskOf
) -> None:
    desk = desk_of(people["operator"])

    board = text_of(desk.get("/board"))
    page = desk.get(f"/stations/{cast.c1.id}").get_data(as_text=True)

    assert "马家沟村快递便民服务点" in board
    assert "舍科村" not in board
    assert desk.get(f"/stations/{cast.c3.id}").status_code == 404
    assert page.count("<form") == page.count("sign-out") + page.count('class="find"')


def test_a_person_moved_to_another_list_by_id_stays_out_of_reach(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    foreign = make_person(session, cast.other_county, "外县站长")
    desk = desk_of(cast.office)

    answers = [
        desk.get(f"/people/{foreign.id}"),
        desk.post(f"/people/{foreign.id}/invite"),
        desk.post(f"/stations/{cast.c1.id}/keepers", person_id=foreign.id),
        desk.post("/numbers/plates", step="issue", station=cast.foreign.id),
        desk.post("/import/preview", file=(BytesIO(b""), "a.csv")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 303, 422]
    assert make_sign(session, cast.foreign).plate_no == 1
