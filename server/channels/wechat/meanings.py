"""What WeChat's error numbers mean here: what to do next, and the sentence for whom it concerns.

Source: developers.weixin.qq.com, "全局返回码" and the pages of code2Session, getPhoneNumber,
getStableAccessToken, getUnlimitedQRCode, sendMessage and mediaCheckAsync; 40163 and 45011 as seen.
"""

from dataclasses import dataclass
from enum import StrEnum


class Then(StrEnum):
    """What helps after an error."""

    LATER = "later"
    """The same call again after a while."""
    RENEW = "renew"
    """The same call once more with a new token."""
    NEW_CODE = "new_code"
    """The phone must ask WeChat for a new code."""
    REFUSED = "refused"
    """The person does not want it, or has not been asked: never again for this permission."""
    NOBODY = "nobody"
    """WeChat does not know this person (any more)."""
    MEND = "mend"
    """Somebody who looks after the installation has to mend a setting or a text."""


@dataclass(frozen=True)
class Meaning:
    """One error: what to do, and what to say to a keeper and to the office."""

    then: Then
    keeper: str
    office: str


BUSY = "微信那边正忙，过一会儿再试。您填的都还在手机里。"
AGAIN = "请再点一次“微信登录”。"
OURS = "微信登录现在用不了，不是您的问题。请用一次性码登录，或打电话告诉镇上。"
QUIET = "微信提醒没有发出去，要办的事请在“要处理”里看。"

MEANINGS: dict[int, Meaning] = {
    -1: Meaning(Then.LATER, BUSY, "微信系统繁忙，会自动再试。"),
    40001: Meaning(Then.RENEW, BUSY, "微信调用凭据无效或已过期，已换新的再试。"),
    40014: Meaning(Then.RENEW, BUSY, "微信调用凭据无效，已换新的再试。"),
    42001: Meaning(Then.RENEW, BUSY, "微信调用凭据已过期，已换新的再试。"),
    40002: Meaning(Then.MEND, OURS, "微信不认识这种凭据类型（grant_type），请升级村站通。"),
    40003: Meaning(Then.NOBODY, QUIET, "微信不认识这个用户（openid），可能换过小程序账号。"),
    40013: Meaning(Then.MEND, OURS, "小程序 AppID 不对，请核对 CZT_WECHAT_APPID。"),
    40125: Meaning(Then.MEND, OURS, "小程序 AppSecret 不对或已重置，请核对密钥文件。"),
    40164: Meaning(Then.MEND, OURS, "本机的 IP 不在小程序后台的白名单里，请在后台加上。"),
    41002: Meaning(Then.MEND, OURS, "调用时缺少 AppID，请核对 CZT_WECHAT_APPID。"),
    41004: Meaning(Then.MEND, OURS, "调用时缺少 AppSecret，请核对密钥文件。"),
    50004: Meaning(Then.MEND, OURS, "小程序禁止使用这种取凭据的办法，请到小程序后台查看。"),
    50007: Meaning(Then.MEND, OURS, "小程序账号已被冻结，请到小程序后台处理。"),
    61024: Meaning(Then.MEND, OURS, "第三方平台代管的小程序不能这样取凭据，请核对账号。"),
    89503: Meaning(Then.MEND, OURS, "这个 IP 第一次调用，要小程序管理员在微信里点确认。"),
    89501: Meaning(Then.LATER, OURS, "这个 IP 正在等小程序管理员确认。"),
    89506: Meaning(Then.MEND, OURS, "24 小时内管理员拒绝了这个 IP 两次，24 小时内不能再试。"),
    89507: Meaning(Then.LATER, OURS, "1 小时内管理员拒绝了这个 IP，1 小时后再试。"),
    45009: Meaning(Then.LATER, BUSY, "今天的微信调用次数用完了，明天会自动再试。"),
    45011: Meaning(Then.LATER, BUSY, "微信限制了一分钟内的次数，会自动再试。"),
    48001: Meaning(Then.MEND, OURS, "小程序没有开通这个接口，请到小程序后台开通。"),
    40029: Meaning(Then.NEW_CODE, AGAIN, "微信登录码无效。"),
    40163: Meaning(Then.NEW_CODE, AGAIN, "微信登录码已经用过。"),
    61010: Meaning(Then.NEW_CODE, AGAIN, "微信登录码超过了5分钟。"),
    40226: Meaning(
        Then.NOBODY,
        "微信提示这个微信号有风险，不让登录。请用一次性码登录，或换一个微信号。",
        "微信把这个用户列为高风险，不能登录。",
    ),
    43101: Meaning(Then.REFUSED, QUIET, "对方没有同意接收，或同意的次数已用完。"),
    43107: Meaning(Then.MEND, QUIET, "订阅消息能力被封禁，请到小程序后台查看。"),
    43108: Meaning(Then.LATER, QUIET, "同一个人同一时间发得太密，会自动再试。"),
    40037: Meaning(Then.MEND, QUIET, "订阅消息模板号不对，请核对模板设置。"),
    41030: Meaning(Then.MEND, QUIET, "消息里写的小程序页面不存在，请升级或核对发布的版本。"),
    47003: Meaning(Then.MEND, QUIET, "消息内容的字段和模板对不上，请核对模板的关键词。"),
    47501: Meaning(Then.MEND, QUIET, "模板里的关键词数目不对，请核对模板。"),
    40097: Meaning(Then.MEND, OURS, "给微信的参数不对，请升级村站通。"),
    40129: Meaning(Then.MEND, OURS, "小程序码里的场景值不对。"),
    45029: Meaning(Then.MEND, OURS, "小程序码的数目到了上限。"),
    44002: Meaning(Then.MEND, OURS, "发给微信的内容是空的，请升级村站通。"),
    40066: Meaning(Then.MEND, OURS, "给微信的网址打不开，请核对 CZT_BASE_URL。"),
    1007: Meaning(Then.MEND, OURS, "要检查的图片打不开，请核对 CZT_BASE_URL 能从外网访问。"),
    1008: Meaning(Then.LATER, OURS, "微信下载图片超时，会自动再试。"),
    9410010: Meaning(Then.LATER, OURS, "微信内容检查次数用完了，会自动再试。"),
}


def meaning_of(number: int) -> Meaning:
    """What an error number means; one that is not documented is said with its number."""
    known = MEANINGS.get(number)
    if known is not None:
        return known
    return Meaning(Then.MEND, OURS, f"微信返回了没有见过的错误 {number}，请查微信的返回码表。")
