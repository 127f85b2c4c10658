"""微信提醒 from the lists to a fake WeChat: who is told what, once, when, and who is left alone."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.channels.wechat.fake import FAKE, FakeWeChat
from server.channels.wechat.round import OTHER_PAGE, PAGES, Postman
from server.channels.wechat.transport import WeChat
from server.errors import Invalid
from server.media.blobs import FolderStore
from server.models.inspection import Visit
from server.models.person import Person, SignIn
from server.models.phone_event import PhotoState
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.models.station import Station
from server.models.wechat import MessageState, WeChatIdentity, WeChatMessage, WeChatPermission
from server.policy.messages import Words, fitting, quiet, together, values
from server.policy.plan.subsidies import PayeeKind
from server.services.complaints import handling
from server.services.messages.permissions import note_answers
from server.services.messages.sending import LEASE, take
from server.services.people.sign_ins import revoke_devices
from server.services.people.wechat import InWeChat, TokenShelf, bind_wechat
from server.services.subsidies.paying import record_paid
from server.settings import ROOT, settings_from
from server.wechat_settings import FAKE_TEMPLATES
from tests.complaining import complained
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    make_inspection,
    make_keeping,
    make_person,
    make_rectification,
    make_sign_in,
)  # fmt: skip
from tests.reviews import make_photo
from tests.services.subsidies import world as money

TODO, PAID = FAKE_TEMPLATES["todo"], FAKE_TEMPLATES["paid"]
SEND = "/cgi-bin/message/subscribe/send"
Round = Callable[..., int]


@pytest.fixture
def fake() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def postman(engine: Engine, fake: FakeWeChat) -> Postman:
    shelf = TokenShelf(engine, money.RINGS)
    return Postman(WeChat(FAKE, shelf, fake.transport()), money.RINGS, TODO, PAID)


@pytest.fixture
def go(engine: Engine, session: Session, postman: Postman) -> Round:
    """A round at a moment of the story; how many messages WeChat took."""

    def go(after: timedelta = timedelta()) -> int:
        session.commit()
        sent = postman.go_round(engine, NOW + after)
        session.expire_all()
        return sent

    return go


@pytest.fixture
def allow(session: Session, fake: FakeWeChat) -> Callable[..., WeChatIdentity]:
    """Somebody's WeChat, bound, that says yes so many times."""

    def allow(person: Person, todo: int = 1, paid: int = 0) -> WeChatIdentity:
        openid = fake.openid_of(person.name)
        identity = session.scalars(
            sa.select(WeChatIdentity).where(WeChatIdentity.person_id == person.id)
        ).one_or_none()
        if identity is None:
            make_sign_in(session, person)
            sign_in = session.scalars(sa.select(SignIn).where(SignIn.person_id == person.id)).one()
            who = InWeChat(FAKE.appid, openid, money.RINGS)
            bind_wechat(session, who=who, sign_in=sign_in, person=person, now=NOW)
            identity = session.scalars(
                sa.select(WeChatIdentity).where(WeChatIdentity.person_id == person.id)
            ).one()
        for template, times in ((TODO.id, todo), (PAID.id, paid)):
            for _ in range(times):
                note_answers(session, identity=identity, answers={template: "accept"}, now=NOW)
            fake.permitted[openid, template] += times
        session.commit()
        return identity

    return allow


@pytest.fixture
def mend(session: Session, cast: Cast) -> Callable[..., Rectification]:
    def mend(title: str, days: int = 15, station: Station = cast.c1, **more: Any) -> Rectification:
        visit = Visit(county=station.county, station_id=station.id)
        found = make_inspection(session, visit, cast.wang.id)
        found.visit_id = None
        one = make_rectification(
            session, found, TODAY + timedelta(days=days), rule_code=title, **more
        )
        one.title = title
        return one

    return mend


def states(session: Session) -> list[MessageState]:
    return list(session.scalars(sa.select(WeChatMessage.state).order_by(WeChatMessage.id)))


def left(session: Session, identity: WeChatIdentity, template: str = TODO.id) -> int:
    return session.scalars(
        sa.select(WeChatPermission.left).where(
            WeChatPermission.identity_id == identity.id, WeChatPermission.template == template
        )
    ).one()


def test_what_is_news_is_told_once_together_and_only_to_who_said_yes(
    session: Session, cast: Cast, fake: FakeWeChat, go: Round, allow: Any, mend: Any
) -> None:
    mend("货架")
    lost = make_photo(session, cast.c1, days_ago=4, person_id=cast.li.id)
    lost.state = PhotoState.ANNOUNCED
    assert go() == 0  # nobody has said yes
    li = allow(cast.li, todo=2)
    allow(cast.zhao)  # keeps C0002, where nothing is to do

    assert go() == 1
    [told] = fake.sent
    assert told["touser"] == fake.openid_of("老李")
    assert told["page"] == "pages/today/today"
    assert {name: one["value"] for name, one in told["data"].items()} == {
        "thing1": "有1张照片还没传上来等2件",
        "thing2": cast.c1.name[:19] + "…" if len(cast.c1.name) > 20 else cast.c1.name,
        "time3": "2023年7月1日 14:30",
        "thing4": "有网时打开村站通，会自己接着传",
    }
    assert states(session) == [MessageState.SENT] * 2
    assert left(session, li) == 1
    assert go(timedelta(hours=1)) == 0  # told is told

    # The day before the last is news of its own; so is what was sent back.
    back = mend("门牌", state=RectificationState.RETURNED)
    session.add(
        RectificationStep(rectification_id=back.id, action="returned", at=NOW, note="照片太暗")
    )
    assert go(timedelta(hours=2)) == 1
    assert fake.sent[1]["data"]["thing1"]["value"] == "退回重改：门牌"
    assert fake.sent[1]["data"]["thing4"]["value"] == "照片太暗"
    allow(cast.li)
    assert go(timedelta(days=14)) == 1
    assert fake.sent[2]["data"]["thing1"]["value"] == "明天到期：货架等2件"


def test_what_was_done_meanwhile_and_what_comes_at_night_is_not_told(
    session: Session, cast: Cast, fake: FakeWeChat, go: Round, allow: Any, mend: Any
) -> None:
    one = mend("货架")
    allow(cast.li)
    assert go(timedelta(hours=7)) == 0  # half past nine in the evening
    assert states(session) == []
    fake.fail(SEND, -1)
    assert go() == 0
    assert states(session) == [MessageState.WAITING]
    one.state = RectificationState.ANSWERED
    assert go(timedelta(minutes=11)) == 0
    assert states(session) == [MessageState.SETTLED]
    assert fake.sent == []


def test_what_is_settled_for_one_keeps_nobody_else_from_being_told(
    session: Session, cast: Cast, fake: FakeWeChat, go: Round, allow: Any, mend: Any
) -> None:
    mend("货架")
    mended = mend("货架", station=cast.c2)
    allow(cast.li)
    allow(cast.zhao)
    fake.fail(SEND, -1)
    assert go() == 0  # the first was put off, the second not tried
    mended.state = RectificationState.ANSWERED

    assert go(timedelta(minutes=11)) == 1
    assert [one["touser"] for one in fake.sent] == [fake.openid_of("老李")]
    assert sorted(states(session)) == [MessageState.SENT, MessageState.SETTLED]


def test_a_refusal_is_respected_and_trouble_is_tried_again_for_days(
    session: Session, cast: Cast, fake: FakeWeChat, go: Round, allow: Any, mend: Any
) -> None:
    mend("货架")
    li = allow(cast.li, todo=3)
    fake.fail(SEND, 45009, 47003)  # the day's calls are used up; then a template that does not fit
    assert go() == 0
    assert go(timedelta(minutes=9)) == 0
    assert fake.asked[SEND] == 1  # not before its time
    assert go(timedelta(minutes=11)) == 0
    assert left(session, li) == 3
    assert go(timedelta(minutes=43)) == 1
    assert left(session, li) == 2

    mend("门牌")
    fake.fail(SEND, 43101)
    assert go(timedelta(minutes=50)) == 0
    assert left(session, li) == 0
    assert states(session) == [MessageState.SENT, MessageState.UNWANTED]
    asked = fake.asked[SEND]
    mend("灭火器")
    assert go(timedelta(minutes=60)) == 0
    assert fake.asked[SEND] == asked

    allow(cast.li)
    fake.fail(SEND, *[-1] * 20)
    for day in range(7):
        for minute in range(0, 240, 10):
            go(timedelta(days=day, minutes=minute))
    waited = session.scalars(sa.select(WeChatMessage).where(WeChatMessage.tries > 3)).all()
    assert {one.state for one in waited} == {MessageState.GIVEN_UP}
    assert {one.number for one in waited} == {-1}


def test_a_phone_that_was_revoked_is_told_nothing_and_a_killed_sender_is_made_good(
    engine: Engine, session: Session, cast: Cast, fake: FakeWeChat, postman: Postman, go: Round,
    allow: Any, mend: Any,
) -> None:  # fmt: skip
    mend("货架")
    allow(cast.li, todo=2)
    fake.fail(SEND, -1)
    go()
    later = NOW + timedelta(minutes=20)
    taken = take(session, appid=FAKE.appid, templates=postman.templates, now=later)
    assert taken is not None
    assert taken.parcel is not None  # and then the power went
    assert go(timedelta(minutes=20) + LEASE / 2) == 0
    assert go(timedelta(minutes=21) + LEASE) == 1

    mend("门牌")
    revoke_devices(session, person=cast.li, by=cast.office, now=NOW)
    assert go(timedelta(hours=1)) == 0
    assert len(fake.sent) == 1


def test_a_township_hears_of_the_complaint_and_nothing_of_who_complained(
    session: Session, cast: Cast, fake: FakeWeChat, go: Round, allow: Any
) -> None:
    one = complained(session, cast).complaint
    handling.forward(
        session, complaint=one, to=f"township:{cast.c1.township_code}", due_on=TODAY + timedelta(days=3), note="请核实",
        by=cast.office, now=NOW,
    )  # fmt: skip
    here = make_person(
        session, name="本镇", role=cast.officer.role, township_code=cast.c1.township_code
    )
    allow(here)
    allow(cast.officer)  # of the other township
    assert go() == 1
    [told] = fake.sent
    assert told["touser"] == fake.openid_of("本镇")
    said = " ".join(one["value"] for one in told["data"].values())
    assert one.number in said
    assert one.phone not in said
    assert one.words[:4] not in said


def test_who_is_paid_hears_how_much_and_the_enterprise_s_money_is_nobody_s_message(
    session: Session, cast: Cast, blobs: FolderStore, fake: FakeWeChat, go: Round, allow: Any
) -> None:
    county = money.xiping(session, cast, points=1)
    rows = money.approved(session, county)
    money.accounts(session, county, rows)
    _, [line] = money.released(session, county, rows)
    keeper = make_person(session, cast.other_county, "村支书")
    make_keeping(session, keeper, county.stations[0])
    allow(keeper, todo=0, paid=1)
    assert go() == 0
    record_paid(
        session, blobs, payment_id=line.id, on=TODAY, paper=money.PAPER, by=county.first, now=NOW
    )
    assert go() == 1
    told = {name: one["value"] for name, one in fake.sent[0]["data"].items()}
    assert told["amount2"] == "1000元"
    assert told["date3"] == "2023年7月5日"
    assert fake.sent[0]["page"] == "pages/money/money"
    assert rows[0].payee_kind is PayeeKind.STATION
    assert money.NUMBER[-4:] not in str(told)


def test_a_message_opens_a_page_that_the_program_has() -> None:
    pages = json.loads((ROOT / "miniapp" / "app.json").read_text(encoding="utf-8"))["pages"]
    assert {OTHER_PAGE, *PAGES.values()} <= set(pages)


def test_words_fit_what_wechat_takes() -> None:
    assert fitting("thing", "一" * 21) == "一" * 19 + "…"
    assert fitting("thing", "两行\n 的字") == "两行 的字"
    one = Words("货架", "马家沟", NOW, "x" * 50)
    assert values(("thing1", "", "date2", "thing9"), one) == {
        "thing1": "货架", "date2": "2023年7月5日", "thing9": "x" * 19 + "…",
    }  # fmt: skip
    many = together([one._replace(thing="货" * 20)] * 12)
    assert many.thing == "货" * 15 + "…等12件"
    assert together([one._replace(fen=5), one._replace(fen=7)]).fen == 12
    at = datetime(2023, 7, 5, tzinfo=NOW.tzinfo)
    assert [quiet(at.replace(hour=h)) for h in (23, 0, 12, 13)] == [True, False, False, True]


@pytest.mark.parametrize(
    "said",
    ["todo=x:thing1", "todo=ABCDEFGHIJKLMNOPQRSTUV:amount1", "neu=ABCDEFGHIJKLMNOPQRSTUV:thing1",
     "todo=ABCDEFGHIJKLMNOPQRSTUV:-,-", "todo=ABCDEFGHIJKLMNOPQRSTUV:thing1,thing2,time3,thing4,thing5"],
)  # fmt: skip
def test_a_template_that_cannot_be_read_is_refused_in_words(said: str, tmp_path: Any) -> None:
    account = {"CZT_WECHAT_APPID": "wx" + "0" * 16, "CZT_WECHAT_SECRET": "0" * 32}
    env = {"CZT_HOME": str(tmp_path), **account}
    good = "todo=ABCDEFGHIJKLMNOPQRSTUV:thing1,-,time3,thing4; paid=VWXYZABCDEFGHIJKLMNOPQ:thing1"
    wechat = settings_from({**env, "CZT_WECHAT_TEMPLATES": good}).wechat
    assert wechat is not None
    assert wechat.todo is not None
    assert wechat.todo.fields == ("thing1", "", "time3", "thing4")
    with pytest.raises(Invalid, match="CZT_WECHAT_TEMPLATES"):
        settings_from({**env, "CZT_WECHAT_TEMPLATES": said})
