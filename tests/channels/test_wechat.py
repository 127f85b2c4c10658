"""Calls to WeChat against a fake one that answers as documented, and against one that does not."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from server.channels.wechat.fake import FAKE, FakeWeChat
from server.channels.wechat.js_sdk import sign_page
from server.channels.wechat.meanings import MEANINGS, Then, meaning_of
from server.channels.wechat.pushes import Keys, NotFromWeChat, check, message_of, opened, verdict_of
from server.channels.wechat.transport import NETWORK, Account, WeChat, WeChatError
from server.channels.wechat.verbs import (
    ask_for_a_look,
    phone_of,
    round_code,
    send_message,
    who_is_it,
)
from server.errors import Invalid
from server.settings import settings_from

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SEND = "/cgi-bin/message/subscribe/send"
TOKEN = "/cgi-bin/stable_token"


class Held:
    """A shelf in memory."""

    def __init__(self) -> None:
        self.lying: dict[str, tuple[str, datetime]] = {}

    def held(self, name: str, now: datetime) -> str | None:
        token, until = self.lying.get(name, ("", now))
        return token if until > now else None

    def keep(self, name: str, token: str, until: datetime) -> None:
        self.lying[name] = (token, until)

    def drop(self, name: str, token: str) -> None:
        if self.lying.get(name, ("",))[0] == token:
            del self.lying[name]


def told(wechat: WeChat, fake: FakeWeChat, name: str = "老李") -> None:
    send_message(
        wechat,
        openid=fake.openid_of(name),
        template="T1",
        page="pages/todo/todo",
        values={"thing1": "照片要重拍"},
        now=NOW,
    )


def refusal(wechat: WeChat, fake: FakeWeChat) -> WeChatError:
    with pytest.raises(WeChatError) as caught:
        told(wechat, fake)
    return caught.value


def test_processes_share_one_token_and_renew_it_before_its_end() -> None:
    fake, shelf = FakeWeChat(), Held()
    first, second = (WeChat(FAKE, shelf, fake.transport()) for _ in range(2))

    assert first.token(now=NOW) == second.token(now=NOW)
    assert fake.asked[TOKEN] == 1
    second.token(now=NOW + timedelta(minutes=114))
    assert fake.asked[TOKEN] == 1
    second.token(now=NOW + timedelta(minutes=116))
    assert fake.asked[TOKEN] == 2
    first.ticket(now=NOW)
    assert second.ticket(now=NOW) == "fake-ticket"
    assert fake.asked["/cgi-bin/ticket/getticket"] == 1


def test_a_token_that_is_not_taken_is_renewed_once_and_no_more() -> None:
    fake = FakeWeChat()
    wechat = WeChat(FAKE, Held(), fake.transport())
    fake.permitted[(fake.openid_of("老李"), "T1")] = 9
    told(wechat, fake)

    fake.forget_tokens()
    told(wechat, fake)
    assert len(fake.sent) == 2
    for number in (40001, 40014, 42001):
        asked = fake.asked[SEND]
        fake.fail(SEND, number)
        told(wechat, fake)
        fake.fail(SEND, number, number)
        assert refusal(wechat, fake).number == number
        assert fake.asked[SEND] == asked + 4


def test_a_person_is_known_by_a_code_once() -> None:
    fake = FakeWeChat()
    wechat = WeChat(FAKE, Held(), fake.transport())

    known = who_is_it(wechat, "fake-老李-1")

    assert known.openid == fake.openid_of("老李")
    assert "session" not in repr(known)
    assert not fake.asked[TOKEN]  # it needs none
    for code, number in {"fake-老李-1": 40163, "nobody": 40029}.items():
        with pytest.raises(WeChatError) as caught:
            who_is_it(wechat, code)
        assert (caught.value.number, caught.value.then) == (number, Then.NEW_CODE)
    assert re.fullmatch("1380000[0-9]{4}", phone_of(wechat, "fake-老李-2", now=NOW))


def test_a_message_goes_once_for_each_permission() -> None:
    fake = FakeWeChat()
    wechat = WeChat(FAKE, Held(), fake.transport())
    assert refusal(wechat, fake).then is Then.REFUSED

    fake.permitted[(fake.openid_of("老李"), "T1")] = 1
    told(wechat, fake)

    assert fake.sent[0]["data"] == {"thing1": {"value": "照片要重拍"}}
    assert fake.sent[0]["miniprogram_state"] == "formal"
    assert refusal(wechat, fake).then is Then.REFUSED


def test_round_codes_and_looks() -> None:
    fake = FakeWeChat()
    wechat = WeChat(FAKE, Held(), fake.transport())

    picture = round_code(wechat, scene="140926-C0001-7K", page="pages/today/today", now=NOW)
    assert picture.startswith(b"\xff\xd8")
    for scene in ("", "站点", "x" * 33, "a%20b"):
        with pytest.raises(ValueError, match="not a scene"):
            round_code(wechat, scene=scene, page="pages/today/today", now=NOW)
    fake.fail("/wxa/getwxacodeunlimit", 41030)
    with pytest.raises(WeChatError, match="41030"):
        round_code(wechat, scene="a", page="pages/none", now=NOW)

    trace = ask_for_a_look(wechat, picture_url="https://kd.example.cn/p", openid="o1", now=NOW)
    assert fake.looks[trace] == "https://kd.example.cn/p"
    said = {
        "MsgType": "event",
        "Event": "wxa_media_check",
        "trace_id": trace,
        "result": {"suggest": "risky", "label": 20002},
    }
    verdict = verdict_of(said)
    assert verdict is not None
    assert (verdict.trace_id, verdict.suggest, verdict.label) == (trace, "risky", 20002)
    assert verdict_of({**said, "result": {"suggest": "perhaps", "label": 1}}) is None
    assert verdict_of({"MsgType": "text"}) is None


def test_every_documented_error_has_its_sentences() -> None:
    fake = FakeWeChat()
    wechat = WeChat(FAKE, Held(), fake.transport())
    for number, meaning in MEANINGS.items():
        fake.fail(SEND, number, number)
        caught = refusal(wechat, fake)
        assert (caught.number, caught.meaning) == (number, meaning)
        fake._errors.clear()
        for sentence in (meaning.keeper, meaning.office):
            assert sentence.endswith("。")
            assert "fake error" not in sentence
        assert not re.search("[A-Za-z0-9]{5,}", meaning.keeper)  # no numbers for a keeper
    assert meaning_of(123456).then is Then.MEND
    assert "123456" in meaning_of(123456).office


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="bad gateway"),
        httpx.Response(302, headers={"Location": "http://169.254.169.254/"}),
        httpx.Response(200, text="<html>登录网络</html>"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, json={"errcode": "no"}),
        httpx.Response(200, json={"openid": ""}),
        httpx.Response(200, json={"openid": 7}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b" " * (3 * 1024 * 1024)),
        httpx.Response(200, headers={"Content-Type": "image/jpeg"}, content=b"\xff"),
        httpx.ConnectTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_an_answer_that_is_none_is_told_as_unreachable(
    answer: httpx.Response | httpx.HTTPError,
) -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    wechat = WeChat(Account("wx1", "s"), Held(), httpx.MockTransport(handler))

    with pytest.raises(WeChatError) as caught:
        who_is_it(wechat, "some code")

    assert (caught.value.number, caught.value.then) == (NETWORK, Then.LATER)


def test_the_js_sdk_signature_is_the_official_one() -> None:
    signed = sign_page(
        appid="wx1",
        ticket="sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        noncestr="Wm3WZYTPz0wzccnW",
        timestamp=1414587457,
        url="http://mp.weixin.qq.com?params=value#part",
    )
    assert signed.signature == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


# WeChat's own sample for sealed messages (its content is XML there; ours comes as JSON).
SAMPLE = Keys("wx2c2769f8efd9abc2", "spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
SAMPLE_QUERY = {
    "timestamp": "1409735669",
    "nonce": "1320562132",
    "signature": "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
}
SEALED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PG"
    "HQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6"
    "tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp"
    "3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhv"
    "Ql+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_a_pushed_message_counts_only_from_wechat() -> None:
    check(SAMPLE, SAMPLE_QUERY)
    assert b"<Content><![CDATA[abcdteT]]></Content>" in opened(SAMPLE, SEALED)
    body = json.dumps({"ToUserName": "gh_1", "Encrypt": SEALED}).encode()
    for keys, query, sent in (
        (SAMPLE, {**SAMPLE_QUERY, "signature": "0" * 40}, body),
        (SAMPLE, {**SAMPLE_QUERY, "msg_signature": "0" * 40}, body),
        (SAMPLE, {**SAMPLE_QUERY, "nonce": "1"}, body),
        (SAMPLE, {}, body),
        (SAMPLE, SAMPLE_QUERY, b'{"MsgType": "event"}'),  # in the clear, where a key was agreed
        (Keys("wx2c2769f8efd9abc2", ""), SAMPLE_QUERY, body),
    ):
        with pytest.raises(NotFromWeChat):
            message_of(keys, query, sent)
    in_the_clear = Keys(SAMPLE.appid, SAMPLE.token)
    assert message_of(in_the_clear, SAMPLE_QUERY, b'{"MsgType": "event"}') == {"MsgType": "event"}
    for sealed in ("", "AAAA", SEALED[:-8], "中文"):
        with pytest.raises(NotFromWeChat):
            opened(SAMPLE, sealed)
    with pytest.raises(NotFromWeChat):
        opened(Keys("wx-another", SAMPLE.token, SAMPLE.aes_key), SEALED)
    for broken in (b"", b"[]", b"[" * 100_000, b"\xff"):
        with pytest.raises(NotFromWeChat):
            message_of(in_the_clear, SAMPLE_QUERY, broken)


def test_the_fake_never_stands_beside_an_account(tmp_path: Path) -> None:
    home = {"CZT_HOME": str(tmp_path)}
    account = {"CZT_WECHAT_APPID": "wx0123456789abcdef", "CZT_WECHAT_SECRET": "a" * 32}
    assert settings_from(home).wechat is None
    fake = settings_from({**home, "CZT_WECHAT_FAKE": "1"}).wechat
    assert fake is not None
    assert fake.fake
    real = settings_from({**home, **account}).wechat
    assert real is not None
    assert (real.fake, real.appid) == (False, "wx0123456789abcdef")
    assert "a" * 32 not in repr(real)
    for wrong in (
        {**account, "CZT_WECHAT_FAKE": "1"},
        {"CZT_WECHAT_APPID": "wx0123456789abcdef"},
        {**account, "CZT_WECHAT_APPID": "1"},
        {**account, "CZT_WECHAT_API": "http://169.254.169.254"},
        {**account, "CZT_WECHAT_PUSH_KEY": "short"},
    ):
        with pytest.raises(Invalid):
            settings_from({**home, **wrong})
    (tmp_path / "secrets" / "wechat-secret").write_text("b" * 32)
    kept = settings_from({**home, "CZT_WECHAT_APPID": "wx0123456789abcdef"}).wechat
    assert kept is not None
    assert kept.secret == "b" * 32
    with pytest.raises(Invalid, match="不能和真的小程序账号同时设"):
        settings_from({**home, "CZT_WECHAT_FAKE": "1"})
