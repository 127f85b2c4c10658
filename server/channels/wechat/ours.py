"""The installation's own WeChat, made from its settings: the owner's mini program, or the fake."""

from sqlalchemy.engine import Engine

from server.channels.wechat.fake import FakeWeChat
from server.channels.wechat.round import Postman
from server.channels.wechat.transport import Account, WeChat
from server.sealed_text import key_ring
from server.services.people.wechat import TokenShelf
from server.settings import Settings
from server.wechat_settings import WeChatSettings


def our_wechat(settings: Settings, engine: Engine) -> WeChat | None:
    """What calls go through; None where the owner has no mini program."""
    if settings.wechat is None:
        return None
    shelf = TokenShelf(engine, key_ring(list(settings.text_keys)))
    if settings.wechat.fake:
        fake = FakeWeChat(generous=True)
        return WeChat(fake.account, shelf, fake.transport())
    return WeChat(_account(settings.wechat), shelf)


def our_postman(settings: Settings, engine: Engine) -> Postman | None:
    """Whoever tells people in WeChat what is new; None where there is no mini program."""
    wechat = our_wechat(settings, engine)
    if wechat is None or settings.wechat is None:
        return None
    ring = key_ring(list(settings.text_keys))
    return Postman(wechat, ring, settings.wechat.todo, settings.wechat.paid)


def _account(said: WeChatSettings) -> Account:
    return Account(said.appid, said.secret, said.base_url)
