"""The oldest WeChat that the mini program works with, said in one place and held there."""

import json
import re

from server.settings import ROOT
from tests.miniapp.weixin import WeChat

ROOM = ROOT / "miniapp"


def test_the_floor_is_the_same_for_program_and_tools_and_older_ones_hear_of_it(
    wechat: WeChat,
) -> None:
    source = (ROOM / "platform" / "wx.js").read_text(encoding="utf-8")
    [floor] = re.findall(r"export const FLOOR = '([\d.]+)'", source)
    config = json.loads((ROOM / "project.config.json").read_text(encoding="utf-8"))

    assert config["libVersion"] == floor
    assert "微信太旧了" not in wechat.launch()
    for version, old in (("2.20.0", True), ("1.99.9", True), ("2.20.1", False), ("3.0.0", False)):
        wechat.run(f"hand.version = '{version}'")
        assert ("微信太旧了" in wechat.launch()) is old, version
