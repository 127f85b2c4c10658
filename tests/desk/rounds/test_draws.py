"""The draw: no seed is tried in secret, nobody outside knows it before the round ends, all after."""

import hashlib
import re
import subprocess
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.http import parse_options_header

from server.http import clock
from server.models.history import HistoryLine
from server.models.inspection import Campaign, DrawPreview, Inspection
from server.models.person import Person, Role
from server.models.station import Station
from server.policy.rounds.sampling import Candidate, SampleKind, draw
from server.services.rounds.campaigns import close_campaign
from server.services.rounds.draws import drum_rows, keys_drawn
from tests.api.rounds import inspection, open_round, visit_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import seen_at, send
from tests.desk.new_rounds import form
from tests.factories import Cast, make_person

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
SEED = "零下3度晋H1234"


def sure_of(asked: Any) -> str:
    """The sentence that the page of a refusal asks to be ticked."""
    return str(asked.get_data(as_text=True).split('name="sure" value="')[1].split('"')[0])


@pytest.fixture
def reviewer(session: Session, cast: Cast) -> Person:
    """Sees the whole county at the desk, and inspects nobody."""
    made = make_person(session, name="财政", role=Role.BUREAU, login="cz")
    session.commit()
    return made


@pytest.fixture
def sample(session: Session, cast: Cast, standards: Any) -> Campaign:
    """Two of four stations, drawn by a seed."""
    return open_round(session, cast, standards, sample=SampleKind.RANDOM, size=2, seed=SEED)


def end(session: Session, campaign: Campaign, by: Person) -> None:
    close_campaign(session, campaign=campaign, by=by, now=clock.now())
    session.commit()


def test_every_look_at_a_draw_is_taken_down_and_goes_with_the_round(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    for seed in ("一号码", "二号码"):
        desk.post("/rounds/preview", **form(cast, sample="random", size="2", seed=seed))
    desk.post("/rounds/preview", **form(cast))  # all stations: there is nothing to shop for

    desk.done("/rounds/new", **form(cast, sample="random", size="2", seed="二号码"))

    campaign = session.scalars(select(Campaign)).one()
    looked = session.scalars(select(DrawPreview).order_by(DrawPreview.id)).all()
    assert [(one.seed, one.campaign_id, len(one.stations)) for one in looked] == [
        ("一号码", campaign.id, 2), ("二号码", campaign.id, 2),
    ]  # fmt: skip
    assert session.scalars(
        select(HistoryLine.summary).where(HistoryLine.action == "draw-previewed")
    ).all() == ["试抽：4个站点抽2个，抽签码 一号码", "试抽：4个站点抽2个，抽签码 二号码"]
    page = text_of(desk.get(f"/rounds/{campaign.id}/draw"))
    assert "开轮前的试抽 共 2 次，都记在这里" in page
    assert "二号码 和开轮用的一样" in page
    assert looked[0].stations[0][1] in page  # by name, not by number alone


def test_a_draw_that_is_another_than_was_looked_at_is_looked_at_again_before_it_is_opened(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, asked = desk_of(cast.office), form(cast, sample="random", size="2", seed=SEED)
    desk.post("/rounds/preview", **asked)
    [shown] = session.scalars(select(DrawPreview)).all()
    named = Station.code == shown.stations[0][0], Station.county == cast.county.code
    gone = session.scalars(select(Station).where(*named)).one()
    gone.closed_on = clock.today()
    session.commit()

    refused = desk.post("/rounds/new", **asked)

    assert (refused.status_code, session.scalars(select(Campaign)).all()) == (409, [])
    assert "现在抽到的不一样了" in text_of(refused)
    desk.post("/rounds/preview", **asked)
    desk.done("/rounds/new", **asked)
    campaign = session.scalars(select(Campaign)).one()
    newest = session.scalars(select(DrawPreview).order_by(DrawPreview.id.desc())).first()
    assert newest is not None
    assert {code for code, _ in newest.stations} == keys_drawn(session, campaign=campaign)


def test_the_list_names_number_and_station_and_its_file_hashes_to_what_was_shown(
    session: Session, cast: Cast, desk_of: DeskOf, sample: Campaign
) -> None:
    desk = desk_of(cast.office)

    page = text_of(desk.get(f"/rounds/{sample.id}/draw"))
    file = desk.get(f"/rounds/{sample.id}/draw.txt").data

    assert "C0001 马家沟村快递便民服务点" in page
    assert "XZ0001 鹅城镇快递综合服务站" in page
    assert hashlib.sha256(file).hexdigest() == sample.commitment
    assert sample.commitment in page
    lines = [line.split("\t") for line in file.decode().splitlines()]
    head = dict(line for line in lines if len(line) == 2)
    rows = lines[lines.index(["编号", "站点", "签", "为什么", "抽中"]) + 1 :]
    assert (head["抽签码"], head["抽几个"], len(head["盐"])) == (SEED, "2", 32)
    again = draw(
        [Candidate(row[0], int(row[2]), row[3]) for row in rows],
        kind=SampleKind.RANDOM,
        seed=f"{head['抽签码']}|{head['盐']}",
        size=int(head["抽几个"]),
    )
    assert {one.key for one in again} == {row[0] for row in rows if row[4]}
    assert {one.key for one in again} == keys_drawn(session, campaign=sample)


def test_a_look_shows_what_the_next_round_draws_and_no_seed_can_be_tried_outside(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, asked = desk_of(cast.office), form(cast, sample="random", size="2", seed=SEED)
    desk.post("/rounds/preview", **asked)
    desk.post("/rounds/preview", **asked | {"seed": "别的码"})
    looked = session.scalars(select(DrawPreview).order_by(DrawPreview.id)).all()

    desk.done("/rounds/new", **asked)
    more = asked | {"name": "又一轮"}
    desk.done("/rounds/new", **more, sure=sure_of(desk.post("/rounds/new", **more)))

    first, second = session.scalars(select(Campaign).order_by(Campaign.id)).all()
    assert {code for code, _ in looked[0].stations} == keys_drawn(session, campaign=first)
    assert looked[0].salt == looked[1].salt == first.salt
    assert second.salt not in ("", first.salt)  # what is known by now is not drawn with again


def test_two_rounds_alike_are_sealed_with_different_salts(
    session: Session, cast: Cast, standards: Any, sample: Campaign
) -> None:
    twin = open_round(
        session, cast, standards, name="又一轮", sample=SampleKind.RANDOM, size=2, seed=SEED
    )

    assert twin.salt != sample.salt
    assert twin.commitment != sample.commitment


def test_until_the_round_ends_others_see_the_seal_alone_and_then_everything(
    session: Session, cast: Cast, desk_of: DeskOf, sample: Campaign, reviewer: Person
) -> None:
    where = f"/rounds/{sample.id}"
    pages = ("/rounds", where, f"{where}/draw", f"{where}/results")
    names = [one.name for one in (cast.c1, cast.c2, cast.c3, cast.xz1)]

    for who in (reviewer, cast.officer):
        desk = desk_of(who)
        for path in pages:
            page = text_of(desk.get(path))
            assert SEED not in page, (who.name, path)
        assert desk.get(f"{where}/draw.txt").status_code == 403
        sealed = text_of(desk.get(f"{where}/draw"))
        assert sample.commitment in sealed
        assert not [name for name in names if name in sealed]
    seen = [text_of(desk_of(reviewer).get(path)) for path in pages]
    assert not [name for name in names for page in seen if name in page]
    book = load_workbook(BytesIO(desk_of(reviewer).get(f"{where}/results.xlsx").data))
    cells = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }
    assert not cells & {*names, SEED}
    assert "抽签名单" not in book.sheetnames

    end(session, sample, cast.office)

    for who in (reviewer, cast.officer):
        desk = desk_of(who)
        page = text_of(desk.get(f"{where}/draw"))
        assert SEED in page
        assert all(name in page for name in names)
        file = desk.get(f"{where}/draw.txt").data
        assert hashlib.sha256(file).hexdigest() == sample.commitment


def test_a_round_of_all_stations_hides_nothing_and_has_no_seal(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf, reviewer: Person
) -> None:
    campaign = open_round(session, cast, standards)

    assert (campaign.commitment, campaign.draw_text) == ("", None)
    assert cast.c2.name in text_of(desk_of(reviewer).get(f"/rounds/{campaign.id}"))
    assert desk_of(cast.office).get(f"/rounds/{campaign.id}/draw.txt").status_code == 404


def test_a_round_is_asked_about_dates_that_are_past_or_overlap_and_opened_by_who_is_sure(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    open_round(session, cast, standards, name="先开的")
    typed = form(cast, name="冬季", opens_on="2026-01-05", due_on="2026-01-20")

    past = desk.post("/rounds/new", **typed)
    beside = desk.post("/rounds/new", **form(cast, name="冬季"))

    assert (past.status_code, beside.status_code) == (409, 409)
    assert "截止日期2026年1月20日已经过去" in text_of(past)
    assert "先开的重叠" in text_of(beside)
    sure = sure_of(beside)
    meanwhile = desk.post("/rounds/new", **typed, sure=sure)  # other dates than were asked about
    assert (meanwhile.status_code, sure in sure_of(meanwhile)) == (409, False)
    assert len(session.scalars(select(Campaign)).all()) == 1
    desk.done("/rounds/new", **form(cast, name="冬季"), sure=sure)
    assert len(session.scalars(select(Campaign)).all()) == 2


def test_only_who_opened_a_round_deletes_it_and_only_before_any_record(
    client: FlaskClient, session: Session, cast: Cast, desk_of: DeskOf, sample: Campaign
) -> None:
    colleague = make_person(session, name="小县办", role=Role.COUNTY_OFFICE, login="xian2")
    session.commit()
    where = f"/rounds/{sample.id}/delete"

    anothers = desk_of(colleague).post(where, reason="不想要")
    bare = desk_of(cast.office).post(where, reason=" ")
    [drawn] = list(keys_drawn(session, campaign=sample))[:1]
    station = {"C0001": cast.c1, "C0002": cast.c2, "C0003": cast.c3, "XZ0001": cast.xz1}[drawn]
    send(client, session, cast.wang, inspection(station, visit_of(session, sample, station)))
    late = desk_of(cast.office).post(where, reason="写错了日期")

    assert (anothers.status_code, bare.status_code, late.status_code) == (403, 422, 409)
    assert "已经有督导记录或上报，不能删除" in text_of(late)


def test_a_deleted_round_is_on_no_list_its_name_is_free_and_its_draw_is_remembered(
    session: Session, cast: Cast, desk_of: DeskOf, sample: Campaign
) -> None:
    desk, name = desk_of(cast.office), sample.name
    typed = form(cast, name=name, period=sample.period, sample="random", size="2", seed="另一个码")

    told = desk.done(f"/rounds/{sample.id}/delete", reason="起止日期写错了")
    desk.done("/rounds/new", **typed)

    assert f"已删除：{sample.period} {name}" in told
    assert "还没有开过督导" in told
    assert desk.get(f"/rounds/{sample.id}").status_code == 404
    newer = session.scalars(select(Campaign).where(Campaign.name == name)).one()
    page = text_of(desk.get(f"/rounds/{newer.id}/draw"))
    assert f"{SEED} 开过又删除：{sample.period} {name}" in page


def test_a_record_that_was_still_on_a_phone_brings_a_deleted_round_back(
    client: FlaskClient, session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    visit = visit_of(session, campaign, cast.c1)
    desk = desk_of(cast.office)
    desk.done(f"/rounds/{campaign.id}/delete", reason="起止日期写错了")

    send(client, session, cast.wang, inspection(cast.c1, visit))

    assert session.scalars(select(Inspection)).one().visit_id == visit.id
    page = text_of(desk.get(f"/rounds/{campaign.id}"))
    assert "已结束" in page
    assert "撤出：这一轮已删除：起止日期写错了" in page


def test_who_files_with_stations_still_due_is_asked_and_the_files_name_them(
    client: FlaskClient, session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    send(client, session, cast.wang, inspection(cast.c1, visit_of(session, campaign, cast.c1)))
    desk, where = desk_of(cast.office), f"/rounds/{campaign.id}"

    asked = desk.post(f"{where}/report", **seen_at(desk, where), reported_to="县政府办公室")
    before = text_of(desk.get(f"{where}/results"))
    desk.done(f"{where}/report", **seen_at(desk, where), reported_to="县政府办公室", sure="yes")
    after = text_of(desk.get(f"{where}/results"))
    book = load_workbook(BytesIO(desk.get(f"{where}/reports/1.xlsx").data))

    assert asked.status_code == 409
    assert "共3个站点还在期限内没有查" in text_of(asked)
    assert "没查的照实报" in text_of(asked)
    rows = list(book["没有查到的站点"].iter_rows(values_only=True))
    assert {row[0] for row in rows} >= {"C0002", "C0003", "XZ0001"}
    assert "C0001" not in {row[0] for row in rows}
    assert "未报送（实时数据" in before
    assert "未报送" not in after
    assert "第1版已于" in after
    assert "报县政府办公室，此后没有变化" in after
    send(client, session, cast.wang, inspection(cast.c2, visit_of(session, campaign, cast.c2)))
    assert "此后有变化，还没有再报" in text_of(desk.get(f"{where}/results"))


@pytest.mark.parametrize("seed", ["零下3度 `id`", "it's 5%d \\n $HOME", "码\n盐\t0000"])
@pytest.mark.parametrize("kind", [SampleKind.RANDOM, SampleKind.WEIGHTED])
def test_the_draw_is_repeated_by_the_pages_own_commands(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf, seed: str, kind: SampleKind
) -> None:
    """In a shell, letter by letter, whatever the office took for a seed."""
    campaign = open_round(session, cast, standards, sample=kind, size=2, seed=seed)
    desk = desk_of(cast.office)
    page = text_of(desk.get(f"/rounds/{campaign.id}/draw"))
    [told] = re.findall(r"printf '%s' .*? \| sha256sum", page)
    drum = drum_rows(campaign)
    assert len(campaign.salt) == 32
    assert campaign.salt in told

    def number(key: str, turn: int) -> str:
        command = told.replace(f"{drum[0][0]}|1", f"{key}|{turn}")
        return subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, text=True, check=True
        ).stdout.split()[0]

    smallest = {
        key: min(number(key, turn) for turn in range(1, tickets + 1)) for key, tickets, _, _ in drum
    }

    assert set(sorted(smallest, key=smallest.__getitem__)[:2]) == keys_drawn(
        session, campaign=campaign
    )
    file = desk.get(f"/rounds/{campaign.id}/draw.txt")
    [name] = re.findall(r" sha256sum (\S+\.txt)", page)
    assert parse_options_header(file.headers["Content-Disposition"])[1]["filename"] == name
    assert hashlib.sha256(file.data).hexdigest() == campaign.commitment
    assert file.get_data(as_text=True).count("\n盐\t") == 1
