"""Whether the post's points file is the county's decision: 西平's points before it and after."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import County, Division
from server.models.station import Station
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.county.divisions import rows_of
from server.services.people.scope import EVERYBODY
from server.services.programme.decisions import decide_conflict
from server.services.programme.set_up import set_up_county
from server.services.registry.sheet_imports import enter_import, plan_import
from server.services.standing.standing import standings
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, make_person
from tests.sheets import Tab, xlsx

HEAD = ["编号", "级别", "乡镇", "村", "开办日期"]


def filed_in_time(
    session: Session, county: County, standards: tuple[Standard, ...]
) -> Counter[tuple[str, str]]:
    """How many village points have which verdict on 20 days, and how its sentence ends."""
    found = standings(session, county=county, on=TODAY, standards=standards, seen_by=EVERYBODY)
    return Counter(
        (finding.verdict.value, finding.why.rsplit("；")[-1])
        for one in found
        if one.station.level is Level.VILLAGE_POINT
        for finding in one.findings
        if finding.code == "EXT-F1"
    )


@ON_SQLITE
def test_opening_dates_brought_into_xiping_leave_its_points_unknown_until_the_county_decides(
    session: Session, standards: tuple[Standard, ...]
) -> None:
    plan = programme_of(programmes_in(ROOT / "standards"), "411721")
    rows = list(rows_of(ROOT / "data", "411721"))
    county = set_up_county(session, code="411721", rows=rows, programme=plan, now=NOW).county
    office = make_person(session, county, name="县办")
    points = session.execute(
        select(Station, Division.name)
        .join(Division, Division.code == Station.township_code)
        .where(Station.level == Level.VILLAGE_POINT)
    ).all()
    cells = [["", "村级点", name, one.village_code, "2023-05-01"] for one, name in points]

    looked = plan_import(
        session, county=county, content=xlsx(Tab([HEAD, *cells])), filename="西平.xlsx", now=NOW
    )
    enter_import(session, looked, county=county, by=office, now=NOW, on=TODAY, standards=())
    undecided = filed_in_time(session, county, standards)
    first = points[0][0]
    first.coop_modes = ["postal_coop"]
    session.flush()

    def after(choice: str) -> Counter[tuple[str, str]]:
        decide_conflict(
            session, county=county, programme=None, key="postal-filing", choice=choice,
            reason="县邮政管理部门答复", by=office, now=NOW,
        )  # fmt: skip
        return filed_in_time(session, county, standards)

    exempt, files = after("不需备案"), after("要备案")

    told = "没有登记合作模式和开办企业，看不出是不是邮快合作的站点，要不要备案先不下结论"
    assert undecided == {("unknown", told): 251}
    assert exempt == {
        ("unknown", told): 250,
        ("not_applicable", "邮快合作的站点，县里已决定不需备案"): 1,
    }
    assert {verdict for verdict, _ in files} == {"fail"}
    assert sum(files.values()) == 251
