"""What stands on a sign is held against the division table: names, aliases, what lies above."""

from dataclasses import replace

from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.station import Station
from server.policy.standard.facts import Place, Word
from server.policy.standard.standards import Standard
from server.services.county.counties import add_alias, policy_options
from server.services.people.scope import EVERYBODY
from server.services.registry.lapsing import lapse_with_many
from server.services.registry.stations import edit_station
from server.services.standing.facts import facts_of
from server.services.standing.standing import standing_of
from server.services.standing.statements import said_of, say
from tests.factories import NOW, TODAY, Cast

Standards = tuple[Standard, ...]


def test_a_sign_is_held_against_the_place_in_the_register_and_its_aliases(
    session: Session, cast: Cast, standards: Standards
) -> None:
    village = session.get_one(Division, cast.c1.village_code)
    add_alias(
        session, county=cast.county, division=village, alias="马家圪洞村", source="老名称",
        by=cast.office, now=NOW,
    )  # fmt: skip

    def on_the_sign(text: str) -> tuple[str, str]:
        say(
            session, station=cast.c1, fact="sign_text", value=text, word=Word.INSPECTOR, on=TODAY,
            by=cast.wang, now=NOW,
        )  # fmt: skip
        found = standing_of(session, station=cast.c1, on=TODAY, standards=standards)
        [name] = [one for one in found.findings if one.code == "A3-22a"]
        return name.verdict.value, name.why

    own = on_the_sign("静乐县鹅城镇马家沟村快递便民服务点")
    other = on_the_sign("杨家山村快递便民服务点")
    elsewhere = on_the_sign("杜家村镇马家沟村快递便民服务点")
    alias = on_the_sign("马家圪洞村快递便民服务点")

    assert own[0] == "pass"
    assert other[0] == elsewhere[0] == "fail"
    assert "写的是“杨家山村”，登记的是“马家沟村”" in other[1]
    assert "写的是“杜家村镇”的“马家沟村”，登记的在“鹅城镇”" in elsewhere[1]
    assert alias[0] == "unknown"
    assert "“马家圪洞村”是“马家沟村”的别名" in alias[1]


def test_every_station_brings_its_own_place_and_those_around_it(
    session: Session, cast: Cast
) -> None:
    cast.c2.village_code = None
    add_alias(
        session, county=cast.county, division=cast.township, alias="娥城镇", source="旧写法",
        by=cast.office, now=NOW,
    )  # fmt: skip

    found = {
        one.station.code: one.facts.place
        for one in facts_of(
            session,
            county=cast.county,
            on=TODAY,
            options=policy_options(cast.county),
            seen_by=EVERYBODY,
        )
    }

    around = ("静乐县", "忻州市", "山西省")
    assert found["XZ0001"] == Place(name="鹅城镇", aliases=("娥城镇",), within=around)
    assert found["C0001"] == Place(name="马家沟村", within=("鹅城镇", "娥城镇", *around))
    assert found["C0002"] == Place(name="", within=("鹅城镇", "娥城镇", *around))


def test_what_was_decided_of_a_name_or_a_place_lapses_when_the_register_changes(
    session: Session, cast: Cast
) -> None:
    for fact, word, by in (
        ("service_plaque_approved", Word.REVIEWER, cast.office),
        ("sign_name_accepted", Word.REVIEWER, cast.office),
        ("sign_name_accepted", Word.INSPECTOR, cast.wang),
    ):
        say(
            session, station=cast.c1, fact=fact, value=True, word=word, on=TODAY, by=by, now=NOW
        )  # fmt: skip

    def decided() -> set[tuple[str, str]]:
        return {
            (one.fact, one.word.value)
            for one in said_of(session, station_id=cast.c1.id)
            if one.value is True
        }

    def edit(**changes: str) -> None:
        edit_station(
            session,
            station=cast.c1,
            changes=changes,
            by=cast.office,
            now=NOW,
            reason="现场核实",
            standards=(),
        )

    before = decided()
    edit(head_name="李福贵")
    same = decided()
    edit(address="小学对面")
    moved = decided()
    edit(filed_name="马家沟新村快递便民服务点")

    assert len(before) == 3
    assert same == before
    assert moved == before - {("service_plaque_approved", "reviewer")}
    assert decided() == set()


def test_many_stations_changed_at_once_lose_what_was_decided_of_them_alike(
    session: Session, cast: Cast
) -> None:
    for station in (cast.c1, cast.c2):
        say(
            session, station=station, fact="service_plaque_approved", value=True,
            word=Word.REVIEWER, on=TODAY, by=cast.office, now=NOW,
        )  # fmt: skip

    told = lapse_with_many(
        session, county=cast.county.code, by=cast.office, now=NOW,
        changed={cast.c1.id: {"address"}, cast.c2.id: {"head_name"}}, standards=(),
    )  # fmt: skip

    assert [(station, change["label"]) for station, change in told] == [
        (cast.c1.id, "服务标识牌的同意意见")
    ]
    assert [one.value for one in said_of(session, station_id=cast.c1.id)] == [None]
    assert [one.value for one in said_of(session, station_id=cast.c2.id)] == [True]


def test_what_a_ruling_was_about_is_said_by_the_standards_that_the_county_follows(
    session: Session, cast: Cast, standards: Standards
) -> None:
    """Rules of the same code in another province's file are about other things."""
    [trial] = [one for one in standards if one.id == "shanxi-2023-trial"]
    about = {one.code: one.facts for one in trial.rules}
    swapped = {"A3-22a": about["A3-41b"], "A3-41b": about["A3-22a"]}
    elsewhere = replace(
        trial,
        id="elsewhere",
        jurisdiction="33",
        rules=tuple(replace(one, facts=swapped.get(one.code, one.facts)) for one in trial.rules),
    )
    cast.other_county.standard_id = elsewhere.id

    def lost(station: Station) -> set[str]:
        for code in ("A3-22a", "A3-41b", "X-1"):
            say(
                session, station=station, fact=f"ruled_{code}", value=True, word=Word.INSPECTOR,
                on=TODAY, by=cast.wang, now=NOW,
            )  # fmt: skip
        told = lapse_with_many(
            session, county=station.county, changed={station.id: {"name"}}, by=cast.office,
            now=NOW, standards=(*standards, elsewhere),
        )  # fmt: skip
        return {change["field"] for _, change in told}

    assert lost(cast.c1) == {"ruled_A3-22a", "ruled_X-1"}  # nobody knows what X-1 was about
    assert lost(cast.foreign) == {"ruled_A3-41b", "ruled_X-1"}
