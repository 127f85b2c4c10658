"""A keeper's day and an inspector's visit by taps alone, page after page, in the mini program."""

from typing import Any

from sqlalchemy import select

from server.models.inspection import Inspection
from server.models.phone_event import CheckIn, ParcelCount, Photo, PhotoState
from tests.api.events import jpeg
from tests.api.rounds import visit_of
from tests.miniapp.conftest import Stage
from tests.miniapp.contract import SECOND, Phone, Setting
from tests.miniapp.looks import READY
from tests.miniapp.weixin import WeChat

# Four strokes, each a finger down, moved and up, on the glass.
STROKES = (
    ((40, 40), (220, 44)),
    ((60, 100), (200, 96)),
    ((130, 40), (132, 180)),
    ((30, 190), (250, 186)),
)


def on(phone: Phone) -> WeChat:
    assert isinstance(phone.machine, WeChat)
    return phone.machine


def kept(setting: Setting, noun: Any) -> list[Any]:
    """All of a kind that the house has."""
    found = list(setting.session.scalars(select(noun)))
    setting.session.commit()
    return found


def unsent(machine: WeChat) -> Any:
    """The states of what waits on the phone."""
    read = "return (await weixin.need('platform/wx').phone.read()).items.map((one) => one.state)"
    return machine.run(read)


def write_on(machine: WeChat) -> None:
    """A name on the glass."""
    for begin, end in STROKES:
        for kind, (x, y) in (("touchstart", begin), ("touchmove", end)):
            machine.run(
                "const glass = weixin.nodes().filter((node) => node.tag === 'canvas')[0];"
                f"weixin.touch(glass, '{kind}', {{ touches: [{{ x: {x}, y: {y} }}] }})",
                ms=200,
            )


def test_a_keeper_lives_a_day_by_taps(stage: Stage) -> None:
    def day(phone: Phone, setting: Setting) -> None:
        machine = on(phone)
        machine.launch()
        machine.fill("绑定码", setting.code(setting.cast.li))
        assert "老李，您好" in machine.tap("就是我，进去")
        assert "还没签到" in machine.tap("好，开始用")

        machine.run(f"hand.scans = ['https://kd.example.cn/s/{setting.plate}']")
        assert "好，回到今天" in machine.tap("扫牌子签到")
        [here] = kept(setting, CheckIn)
        assert here.station_id == setting.cast.c1.id
        asked = machine.run("return hand.calls.filter((one) => one[0] === 'scanCode').pop()[1]")
        assert asked["onlyFromCamera"] is True

        machine.open("pages/count/count")
        for field, value in (("received", "12"), ("sent", "3"), ("on_hand", "2")):
            machine.fill(field, value)
        machine.tap("存好交上去")
        [count] = kept(setting, ParcelCount)
        assert (count.received, count.sent, count.on_hand) == (12, 3, 2)

        machine.run(f"hand.shots = ['{jpeg(70, 200).hex()}']")
        machine.open("pages/photo/photo?about=signboard")
        phone.net(off=True)
        machine.tap("打开相机")
        asked = machine.run("return hand.calls.filter((one) => one[0] === 'chooseMedia').pop()[1]")
        assert asked["sourceType"] == ["camera"]
        phone.kill()  # before anybody has said that it will do
        machine.launch("pages/photo/photo?about=signboard")
        machine.tap(machine.run("return weixin.tappable()[0].words"))
        assert unsent(machine) == ["waiting"]
        phone.net(off=False)
        assert unsent(machine) == []
        assert [one.state for one in kept(setting, Photo)] == [PhotoState.KEPT]

    stage("native", day)


def test_an_inspector_makes_a_visit_by_taps(stage: Stage) -> None:
    def visit(phone: Phone, setting: Setting) -> None:
        machine = on(phone)
        number = visit_of(setting.session, setting.campaign, setting.cast.xz1).id
        machine.launch()
        machine.fill("绑定码", setting.code(setting.cast.wang))
        machine.tap("就是我，进去")
        assert "进村没网前请先点一下" in machine.tap("好，开始用")
        assert "都带上了，没网也能查" in machine.tap("带上 3 个站")

        phone.net(off=True)
        assert "到了，扫牌子" in machine.tap("鹅城镇快递综合服务站")
        machine.tap("到了，扫牌子")
        machine.fill("typed", "XZ0001")
        form = machine.tap("按编号开始查")
        assert machine.page() == "pages/visit/visit"
        assert "还差 13 条" in form

        assert "还差 12 条" in machine.tap("符合"), "the first rule was not answered"
        machine.run(f"hand.shots = ['{jpeg(70, 200).hex()}']")
        assert "不要这张" in machine.tap("拍照")
        phone.kill()
        machine.launch()
        assert "查了一半，还差 12 条" in machine.words()
        machine.run(READY.replace("ID", str(number)))  # the other rules, as tapping them would
        phone.wait(600 * SECOND)
        machine.tap("鹅城镇快递综合服务站")
        assert "没有不符合的" in machine.tap("查完了，去签字")

        machine.tap("当场签名")
        for title in ("站长", "督导员 王督导"):
            machine.tap(f"{title}：点这里签名")
            assert "还没签上" in machine.tap("签好了")
            write_on(machine)
            assert f"{title}签好了" in machine.tap("签好了")
        assert "督导记录存好了" in machine.tap("交上去")
        assert kept(setting, Inspection) == []
        phone.net(off=False)
        assert unsent(machine) == []
        [record] = kept(setting, Inspection)
        assert (record.outcome.value, record.visit_id) == ("signed", number)
        assert [one.state for one in kept(setting, Photo)] == [PhotoState.KEPT]

    stage("native", visit)
