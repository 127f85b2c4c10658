"""A house in which every page of the mini program has something to show, and where each leads."""

import json
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import select

from server.models.inspection import Inspection, Visit
from server.models.person import Person
from server.models.rectification import Rectification
from server.models.signal import IntegritySignal, SignalState
from tests.api.rounds import visit_of
from tests.factories import make_inspection, make_rectification
from tests.miniapp.contract import Setting
from tests.miniapp.weixin import ROOM

PAGES: list[str] = json.loads((ROOM / "app.json").read_text(encoding="utf-8"))["pages"]
OF_INSPECTORS = {"rounds", "arrive", "visit", "sign", "pad", "judge"}
OF_BOTH = {"me", "bind", "telephones", "history", "attention", "copy"}


def whose(page: str, setting: Setting) -> list[Person]:
    """Who is led to a page: keepers, where nothing else is known of it."""
    name = page.rsplit("/", maxsplit=1)[-1]
    li, wang = setting.cast.li, setting.cast.wang
    return [li, wang] if name in OF_BOTH else [wang] if name in OF_INSPECTORS else [li]


def arrange(setting: Setting) -> None:
    """老李's station was inspected, and something has to be mended."""
    session, cast = setting.session, setting.cast
    visit = visit_of(session, setting.campaign, cast.c1)
    inspection = make_inspection(session, visit, cast.wang.id)
    make_rectification(session, inspection, due_on=setting.now().date() + timedelta(days=5))
    session.add(
        IntegritySignal(
            county=cast.c1.county, station_id=cast.c1.id, kind="flat_counts", about="x",
            day_on=setting.now().date(), state=SignalState.OPEN, raised_at=setting.now(),
            question="近7天报的件数一模一样。请问是怎么数的？",
        )
    )  # fmt: skip
    session.commit()


def about(page: str, setting: Setting) -> list[str]:
    """What the address of a page may speak of, as a query."""
    session = setting.session
    found = session.scalars(select(Visit).order_by(Visit.id))
    visits = [str(one.id) for one in found if one.campaign_id == setting.campaign.id]
    kept = {
        "photo": ["signboard", "front"],
        "mend": [str(one.id) for one in session.scalars(select(Rectification))],
        "arrive": [*visits, f"{visits[-1]}&next=scan", f"{visits[-1]}&next=closed"],
        "visit": [str(first_visit(setting))],
        "sign": [str(first_visit(setting))],
        "pad": [f"{first_visit(setting)}&next=keeper"],
        "copy": [str(one.id) for one in session.scalars(select(Inspection))],
        "ask": ["hours", "handover"],
        "question": [str(one.id) for one in session.scalars(select(IntegritySignal))],
    }
    session.commit()
    if page.endswith("plate"):
        return ["?q=" + quote(f"https://kd.example.cn/s/{setting.plate}", safe="")]
    return [f"?about={one}" for one in kept.get(page.rsplit("/", maxsplit=1)[-1], [])]


# Opened without saying what about, it leads to another: nobody signs nothing.
LEADS_ON = {"pages/pad/pad"}
# Whoever has just been given a phone is greeted first, whatever page is opened: that was read.
GREETED = "weixin.need('store').state.welcome.value = null;"
# A visit begun at the first station of the round, every rule answered, its text seen: what the
# pages of a form and of signing need. `ID` is the visit.
READY = """
    const { visiting, seenTexts } = weixin.need('visiting');
    const { tapped, withValue, answerTo, asksOf } = weixin.need('core/answers');
    const { doubted } = weixin.need('core/worked');
    await visiting.readVisits();
    const found = visiting.visitNamed(ID);
    if (!visiting.draftOf(ID)) {
      const pack = await visiting.packed(found.campaign, found.visit);
      const how = { pack, method: 'typed', text: found.visit.code, remark: '', position: null };
      await visiting.begin(Object.assign(how, found));
    }
    const answered = (draft) => doubted(draft.rows.reduce((now, row) => {
      const done = answerTo(now, row.code).verdict === 'pass' ? now : tapped(now, row, 'pass');
      return asksOf(done, row).filter((ask) => ask.kind !== 'flag').reduce((next, ask) =>
        withValue(next, row.code, ask.fact, ask.kind === 'amount' ? '12' : draft.station.name), done);
    }, draft));
    const draft = visiting.draftOf(ID);
    await visiting.changeDraft(draft.id, answered);
    seenTexts[draft.id] = await visiting.documentOf(visiting.draftOf(ID));
"""


def first_visit(setting: Setting) -> int:
    """The visit that READY makes: of a station that nobody has inspected."""
    return visit_of(setting.session, setting.campaign, setting.cast.xz1).id
