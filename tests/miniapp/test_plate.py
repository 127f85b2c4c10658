"""The printed code in WeChat: its link is decoded once, and leads keeper and villager to their page."""

from urllib.parse import quote

from sqlalchemy.orm import Session

from server.http import clock
from server.services.people.sign_ins import make_bind_code
from tests.app.quick import Core
from tests.factories import Cast, make_sign, token_of
from tests.miniapp.weixin import WeChat

TOKEN = "k7n2x4q9w3m5t8v"


def test_a_link_is_decoded_once_and_names_a_plate_a_slip_or_nothing() -> None:
    house = "https://kd.example.cn"
    cases = {
        quote(f"{house}/s/{TOKEN}", safe=""): {"plate": TOKEN},
        quote(f"{house}/s/{TOKEN.upper()}/?from=wx#top", safe=""): {"plate": TOKEN},
        f"{house}/s/{TOKEN}": {"plate": TOKEN},
        quote(f"{house}/app/#/bind/7KQ2-M4XA", safe=""): {"bind": "7KQ2-M4XA"},
        quote(f"{house}/s/#/bind/7KQ2-M4XA", safe=""): {"bind": "7KQ2-M4XA"},
        quote(quote(f"{house}/s/{TOKEN}", safe=""), safe=""): {},
        quote(f"{house}/s/county/140926", safe=""): {},
        "%": {},
        "": {},
    }
    core = Core()

    for q, leads in cases.items():
        assert core.run(f"return leadsTo({q!r});") == leads, q


def test_a_villager_reads_of_the_station_and_its_keeper_goes_on_to_check_in(
    wechat: WeChat, session: Session, cast: Cast
) -> None:
    token = token_of(make_sign(session, cast.c1))
    code = make_bind_code(session, person=cast.li, by=cast.office, now=clock.now())
    session.commit()
    url = "pages/plate/plate?q=" + quote(f"https://kd.example.cn/s/{token}", safe="")

    said = wechat.launch(url)
    assert cast.c1.name in said
    assert "扫牌子签到" not in said
    wechat.tap("认一下您是哪个站")
    wechat.fill("绑定码", code)
    wechat.tap("就是我，进去")
    wechat.tap("好，开始用")
    wechat.settle(5000)
    said = wechat.launch(url)
    assert "这是您的站。" in said
    wechat.tap("扫牌子签到")
    assert wechat.page() == "pages/checkin/checkin"
