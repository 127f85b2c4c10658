"""The owner's mini program as the settings name it: account, templates, or the fake one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.errors import Invalid

WECHAT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "todo": ("thing", "thing", "time|date", "thing"),
    "paid": ("thing", "amount", "time|date", "thing"),
}
"""What kinds of WeChat's fields may stand at a template's places: about what, where (or how much),
when, and a sentence."""


@dataclass(frozen=True)
class WeChatTemplate:
    """A subscribe message's template of the owner's: its id, and its fields by place.

    The places are those of `WECHAT_FIELDS`; an empty name leaves one out.
    """

    id: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class WeChatSettings:
    """The owner's mini program: `fake` is for trying out, and never stands beside an account.

    `push_token` and `push_key` (43 characters) are those entered for pushed messages in the mini
    program's back office; empty where none are wanted.
    """

    appid: str = ""
    secret: str = field(default="", repr=False)
    base_url: str = "https://api.weixin.qq.com"
    push_token: str = field(default="", repr=False)
    push_key: str = field(default="", repr=False)
    todo: WeChatTemplate | None = None
    paid: WeChatTemplate | None = None
    fake: bool = False


FAKE_TEMPLATES = {
    "todo": WeChatTemplate("FAKE_TODO_TEMPLATE_0000", ("thing1", "thing2", "time3", "thing4")),
    "paid": WeChatTemplate("FAKE_PAID_TEMPLATE_0000", ("thing1", "amount2", "date3", "thing4")),
}
"""For trying out: the fake WeChat takes any."""


def wechat_from(env: Mapping[str, str], home: Path) -> WeChatSettings | None:
    """The mini program's account, the fake one where asked for, or none.

    Raises Invalid setting-invalid, in words.
    """
    appid, kept = env.get("CZT_WECHAT_APPID", "").strip(), home / "secrets" / "wechat-secret"
    secret = env.get("CZT_WECHAT_SECRET", "").strip()
    if not secret and kept.exists():
        secret = kept.read_text().strip()
    fake = env.get("CZT_WECHAT_FAKE", "0") == "1"
    if fake and (appid or secret):
        raise Invalid(
            "setting-invalid",
            "CZT_WECHAT_FAKE=1（假微信，只供试用）不能和真的小程序账号同时设。"
            "正式使用请去掉 CZT_WECHAT_FAKE；试用请去掉 CZT_WECHAT_APPID 和密钥。",
        )
    templates = _wechat_templates(env.get("CZT_WECHAT_TEMPLATES", ""))
    if fake:
        templates = templates or FAKE_TEMPLATES
        return WeChatSettings(todo=templates.get("todo"), paid=templates.get("paid"), fake=True)
    if not appid and not env.get("CZT_WECHAT_SECRET"):
        return None
    if not re.fullmatch("wx[0-9a-f]{16}", appid) or not re.fullmatch("[0-9a-f]{32}", secret):
        raise Invalid(
            "setting-invalid",
            "小程序账号不全：CZT_WECHAT_APPID 是 wx 开头的18位，CZT_WECHAT_SECRET"
            "（或文件 secrets/wechat-secret）是32位。请在小程序后台“开发管理”里核对。",
        )
    push_key = env.get("CZT_WECHAT_PUSH_KEY", "").strip()
    if push_key and not re.fullmatch("[0-9A-Za-z]{43}", push_key):
        raise Invalid("setting-invalid", "CZT_WECHAT_PUSH_KEY 应为43位字母和数字。请改正。")
    api = env.get("CZT_WECHAT_API", "").strip().rstrip("/") or WeChatSettings.base_url
    if not re.fullmatch(r"https://[^/\s?#]+", api):
        raise Invalid("setting-invalid", "CZT_WECHAT_API 应为 https:// 开头的域名。请改正。")
    token = env.get("CZT_WECHAT_PUSH_TOKEN", "").strip()
    return WeChatSettings(
        appid, secret, api, token, push_key, templates.get("todo"), templates.get("paid")
    )


def _wechat_templates(text: str) -> dict[str, WeChatTemplate]:
    """`todo=ID:thing1,thing2,time3,thing4;paid=ID:thing1,amount2,date3,thing4` as templates."""
    found: dict[str, WeChatTemplate] = {}
    for one in filter(None, (part.strip() for part in text.split(";"))):
        said = re.fullmatch(r"(todo|paid)=([0-9A-Za-z_-]{20,64}):([a-z0-9,-]+)", one)
        names = [name.strip("-") for name in said[3].split(",")] if said else []
        places = WECHAT_FIELDS[said[1]] if said else ()
        fits = len(names) <= len(places) and all(
            not name or re.fullmatch(f"({place})[0-9]{{1,2}}", name)
            for name, place in zip(names, places, strict=False)
        )
        if said is None or not fits or not any(names) or said[1] in found:
            raise Invalid(
                "setting-invalid",
                "CZT_WECHAT_TEMPLATES 应写成 todo=模板号:thing1,thing2,time3,thing4;"
                "paid=模板号:thing1,amount2,date3,thing4（事项、站点、时间、说明；项目、金额、日期、"
                f"说明；没有的写-），其中“{one[:60]}”看不懂。请照小程序后台“订阅消息”里的详细内容改正。",
            )
        found[said[1]] = WeChatTemplate(said[2], tuple(names))
    return found
