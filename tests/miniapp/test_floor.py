"""A WeChat older than the program works with says so, and goes on as far as it can."""

from tests.miniapp.weixin import WeChat


def test_an_older_wechat_is_asked_to_be_renewed(wechat: WeChat) -> None:
    assert "微信太旧了" not in wechat.launch()
    for version, old in (("2.20.0", True), ("1.99.9", True), ("2.20.1", False), ("3.0.0", False)):
        wechat.run(f"hand.version = '{version}'")
        assert ("微信太旧了" in wechat.launch()) is old, version


def test_an_older_wechat_s_letters_are_followed_too(wechat: WeChat) -> None:
    for version, px in (("2.20.1", "27px"), ("3.8.0", "27px")):
        wechat.run(f"hand.version = '{version}'; hand.font = 1.5")
        wechat.launch()
        assert wechat.run("return weixin.page().data.frame.letters") == px, version
