"""Columns that services seal themselves: each text is bound to whose it is, and opens nowhere else.

Every column named `…sealed` stands here, so that a change of keys leaves none behind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import table_of
from server.models.person import SignIn
from server.models.second_factor import SecondFactor
from server.models.subsidy_payment import PaymentState, SubsidyAccount, SubsidyPayment
from server.models.webhook import WebhookEndpoint, WebhookState
from server.models.wechat import WeChatIdentity, WeChatToken

Row = Mapping[str, Any]


def of_account(payee_key: str, county: str) -> str:
    """What a payee's account number is bound to."""
    return f"account:{county}:{payee_key}"


def of_webhook(name_in_seal: str) -> str:
    """What a receiver's secrets are bound to."""
    return f"webhook:{name_in_seal}"


def of_factor(person_id: int) -> str:
    """What the secret of somebody's authenticator app is bound to."""
    return f"second factor {person_id}"


def of_factor_begun(person_id: int, sign_in_id: Any) -> str:
    """The same until its first code was shown: the sign-in that began it alone is told it."""
    return f"{of_factor(person_id)} begun by {sign_in_id}"


def of_wechat(appid: str) -> str:
    """What an openid is bound to, and its mark."""
    return f"openid {appid}"


@dataclass(frozen=True, slots=True)
class ByHand:
    """One such column.

    `bound` answers what a row's text may be bound to. `needed` are the rows of which somebody
    misses it when its key is lost; None: nobody does. `mark` is a column with the keyed hash
    (`text_marks`) of the same text under the key that sealed it. `copies` is a column whose text
    was copied here as it lies, and `whose` names its row: the two are held against each other, so
    that both have to be changed at once.
    """

    column: sa.Column[str]
    bound: Callable[[Session, Row], Iterator[str]]
    needed: sa.ColumnElement[bool] | None
    mark: str | None = None
    copies: sa.Column[str] | None = None
    whose: sa.Column[int] | None = None


def _factor(session: Session, row: Row) -> Iterator[str]:
    person_id = row["person_id"]
    if row["confirmed_at"] is not None:
        yield of_factor(person_id)
        return
    for one in session.scalars(sa.select(SignIn.id).where(SignIn.person_id == person_id)):
        yield of_factor_begun(person_id, one)


_ACCOUNTS, _PAYMENTS = table_of(SubsidyAccount), table_of(SubsidyPayment)
_WEBHOOKS = table_of(WebhookEndpoint)
_FACTORS, _OPENIDS = table_of(SecondFactor), table_of(WeChatIdentity)
_SENDS = _WEBHOOKS.c.state != WebhookState.ENDED

BY_HAND: tuple[ByHand, ...] = (
    ByHand(
        _ACCOUNTS.c.number_sealed,
        lambda _, row: iter([of_account(row["payee_key"], row["county"])]),
        _ACCOUNTS.c.ended_at.is_(None),
    ),
    ByHand(
        _PAYMENTS.c.number_sealed,
        lambda _, row: iter([of_account(row["payee_key"], row["county"])]),
        _PAYMENTS.c.state == PaymentState.LISTED,
        copies=_ACCOUNTS.c.number_sealed,
        whose=_PAYMENTS.c.account_id,
    ),
    ByHand(
        _WEBHOOKS.c.secret_sealed,
        lambda _, row: iter([of_webhook(row["name_in_seal"])]),
        _SENDS,
    ),
    ByHand(
        _WEBHOOKS.c.previous_sealed,
        lambda _, row: iter([of_webhook(row["name_in_seal"])]),
        None,  # good for a day; the next change of the secret lets go of it
    ),
    ByHand(_FACTORS.c.secret_sealed, _factor, _FACTORS.c.confirmed_at.is_not(None)),
    ByHand(
        _OPENIDS.c.openid_sealed,
        lambda _, row: iter([of_wechat(row["appid"])]),
        _OPENIDS.c.ended_at.is_(None),
        mark="mark",
    ),
    ByHand(
        table_of(WeChatToken).c.sealed,
        lambda _, row: iter([row["name"]]),
        None,  # WeChat gives another
    ),
)
"""All of them."""
