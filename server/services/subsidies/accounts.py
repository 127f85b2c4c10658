"""Bank accounts of payees: one person enters, another types the number again; sealed and masked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County
from server.models.person import Person
from server.models.sealed_by_hand import of_account
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import (
    PaymentHold,
    PaymentState,
    SubsidyAccount,
    SubsidyPayment,
)
from server.plain_text import narrow_text
from server.policy.plan.duties import Deed
from server.sealed_text import open_text, seal_text
from server.services.common import history
from server.services.common.written import reason_given
from server.services.people.scope import OFFICE, may_do
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.payees import Payee, payee_named
from server.services.subsidies.plans import anew

Ring = Mapping[str, bytes]
SHORTEST = 8
NUMBER = re.compile(r"\d{8,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AccountView:
    """A payee with the account that holds and the one that waits to be confirmed."""

    payee_key: str
    payee_name: str
    kind: str
    holds: SubsidyAccount | None
    waits: SubsidyAccount | None
    entered_by: str


def masked(last4: str) -> str:
    """**** 1234: as every screen shows an account."""
    return f"**** {last4}"


def number_from(text: str) -> str:
    """An account's number as typed, blanks and dashes left out. Raises Invalid field-invalid."""
    groups = re.split("[\\s‐‑‒–—―−-]+", narrow_text(text))
    plain = "".join(groups)
    wrong = ""
    if sum(len(one) >= SHORTEST for one in groups) > 1 or len(text.strip().splitlines()) > 1:
        wrong = "账号这一格里不止一个号码，请只留一个。"
    elif not NUMBER.fullmatch(plain) or len(set(plain)) == 1:
        wrong = "账号应为8到32位数字，请对照银行卡或开户资料再填。"
    if wrong:
        raise Invalid("field-invalid", wrong, fields={"number": "8到32位数字"})
    return plain


def may_keep_accounts(session: Session, person: Person) -> bool:
    """The county office and 财政局; whoever else sees masked accounts alone."""
    return person.role in OFFICE or may_do(session, person, Deed.PAY)


def _refuse(session: Session, by: Person) -> None:
    if not may_keep_accounts(session, by):
        raise NotAllowed("not-your-page", "收款账户由县专班和财政局登记。如有变化，请告诉他们。")


def enter_account(
    session: Session, *, county: County, payee_key: str, holder: str, bank: str, number: str,
    ring: Ring, by: Person, now: datetime, seen: int = 0,
) -> SubsidyAccount:  # fmt: skip
    """Enter an account; it is used once another person has confirmed it.

    From now on unpaid lines to the payee's former account are held. `seen` is the id of the newest
    account that the form showed. Raises NotAllowed not-your-page; NotFound payee-unknown; Invalid
    reason-needed, field-invalid; Conflict account-changed-meanwhile.
    """
    _refuse(session, by)
    payee = payee_named(session, county=county.code, key=payee_key)
    holder = reason_given(
        holder, "请写户名，和银行登记的一字不差。", field="holder", label="户名",
        into=SubsidyAccount.holder,
    )  # fmt: skip
    bank = reason_given(
        bank, "请写开户行，写到支行。", field="bank", label="开户行", into=SubsidyAccount.bank
    )
    plain = number_from(number)
    _hold_county(session, county)
    newest = _newest(session, county.code, payee.key)
    if (newest.id if newest else 0) != seen:
        raise Conflict(
            "account-changed-meanwhile",
            "您填写的时候，别人改过这个收款人的账户。请看一下现在的，再填。",
        )
    waits = _waiting(session, county.code, payee.key)
    if waits is not None:
        waits.ended_at, waits.ended_by, waits.ended_because = now, by.id, "又登记了新的"
        session.flush()
    made = SubsidyAccount(
        county=county.code, payee_kind=payee.kind, payee_key=payee.key, holder=holder, bank=bank,
        number_sealed=seal_text(ring, plain, about=of_account(payee.key, county.code)),
        last4=plain[-4:], entered_by=by.id, entered_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _hold_lines(session, county.code, payee.key, except_account=None)
    _tell(session, county, payee, f"登记收款账户{masked(made.last4)}，等另一人核对", by=by, now=now)
    return made


def confirm_account(
    session: Session, *, county: County, account_id: int, number: str, ring: Ring, by: Person,
    now: datetime,
) -> SubsidyAccount:  # fmt: skip
    """Confirm an account by typing its number again, as somebody who did not enter it.

    Raises NotAllowed not-your-page; Conflict subsidy-same-person, account-differs,
    account-changed-meanwhile, text-key-lost.
    """
    _refuse(session, by)
    plain = number_from(number)
    _hold_county(session, county)
    row = anew(session, SubsidyAccount, account_id, county.code)
    if row.confirmed_at is not None or row.ended_at is not None:
        raise Conflict("account-changed-meanwhile", "这个账户已经核对过，或者又改了。请看现在的。")
    if row.entered_by == by.id:
        raise Conflict(
            "subsidy-same-person", "登记的人不能自己核对，请换一位对着开户资料再输一遍。"
        )
    if open_text(ring, row.number_sealed, about=of_account(row.payee_key, county.code)) != plain:
        raise Conflict(
            "account-differs",
            "两次输入的账号不一样，没有核对上。请对照开户资料；如果是登记的错了，请重新登记。",
        )
    before = _holding(session, county.code, row.payee_key)
    if before is not None:
        before.ended_at, before.ended_by, before.ended_because = now, by.id, "换了新的账户"
        session.flush()
    row.confirmed_by, row.confirmed_at = by.id, now
    session.flush()
    _hold_lines(session, county.code, row.payee_key, except_account=row.id)
    payee = payee_named(session, county=county.code, key=row.payee_key)
    _tell(session, county, payee, f"核对收款账户{masked(row.last4)}", by=by, now=now)
    return row


def refuse_account(
    session: Session, *, county: County, account_id: int, reason: str, by: Person, now: datetime
) -> SubsidyAccount:
    """Take an unconfirmed account away, with the reason; the one before holds on."""
    _refuse(session, by)
    reason = reason_given(reason, "请写明为什么不用这个账户。", into=SubsidyAccount.ended_because)
    _hold_county(session, county)
    row = anew(session, SubsidyAccount, account_id, county.code)
    if row.confirmed_at is not None or row.ended_at is not None:
        raise Conflict("account-changed-meanwhile", "这个账户已经核对过，或者又改了。请看现在的。")
    row.ended_at, row.ended_by, row.ended_because = now, by.id, reason
    session.flush()
    _let_lines_go(session, county.code, row.payee_key)
    payee = payee_named(session, county=county.code, key=row.payee_key)
    _tell(session, county, payee, f"不用收款账户{masked(row.last4)}", by=by, now=now, reason=reason)
    return row


def good_accounts(session: Session, *, county: str) -> dict[str, SubsidyAccount]:
    """By payee, the confirmed account, where none waits beside it; one query."""
    rows = session.scalars(
        sa.select(SubsidyAccount).where(
            SubsidyAccount.county == county, SubsidyAccount.ended_at.is_(None)
        ),
        execution_options={"populate_existing": True},  # as they are under the caller's lock
    ).all()
    waiting = {one.payee_key for one in rows if one.confirmed_at is None}
    return {
        one.payee_key: one
        for one in rows
        if one.confirmed_at is not None and one.payee_key not in waiting
    }


def accounts_told(session: Session, *, county: str) -> list[AccountView]:
    """Everybody who is to be paid or has an account, those who wait first; four queries."""
    rows = session.execute(
        sa.select(SubsidyAccount, Person.name)
        .join(Person, Person.id == SubsidyAccount.entered_by)
        .where(SubsidyAccount.county == county, SubsidyAccount.ended_at.is_(None))
    ).all()
    names = {
        key: (name, kind.label)
        for key, name, kind in session.execute(
            sa.select(
                SubsidyEntitlement.payee_key,
                SubsidyEntitlement.payee_name,
                SubsidyEntitlement.payee_kind,
            )
            .where(
                SubsidyEntitlement.county == county,
                SubsidyEntitlement.state.in_(
                    [one for one in EntitlementState if one is not EntitlementState.REJECTED]
                ),
            )
            .order_by(SubsidyEntitlement.id)
        )
    }
    holds = {one.payee_key: (one, who) for one, who in rows if one.confirmed_at is not None}
    waits = {one.payee_key: (one, who) for one, who in rows if one.confirmed_at is None}
    found = []
    for key in dict.fromkeys([*waits, *names, *holds]):
        name, kind = names.get(key) or _named(session, county, key)
        held, waiting = holds.get(key), waits.get(key)
        found.append(
            AccountView(
                key, name, kind, held[0] if held else None, waiting[0] if waiting else None,
                (waiting or held or (None, ""))[1],
            )
        )  # fmt: skip
    return found


def _named(session: Session, county: str, key: str) -> tuple[str, str]:
    payee = payee_named(session, county=county, key=key)
    return payee.name, payee.kind.label


def _hold_county(session: Session, county: County) -> None:
    # Not against keys: whoever writes a line of the county meanwhile does not wait for this.
    session.execute(
        sa.select(County.code).where(County.code == county.code).with_for_update(key_share=True)
    )


def _newest(session: Session, county: str, key: str) -> SubsidyAccount | None:
    return session.scalars(
        sa.select(SubsidyAccount)
        .where(SubsidyAccount.county == county, SubsidyAccount.payee_key == key)
        .order_by(SubsidyAccount.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def newest_id(session: Session, *, county: str, payee_key: str) -> int:
    """The id of the account entered last for a payee; 0 without one."""
    found = _newest(session, county, payee_key)
    return found.id if found else 0


def _waiting(session: Session, county: str, key: str) -> SubsidyAccount | None:
    return session.scalars(
        sa.select(SubsidyAccount).where(
            SubsidyAccount.county == county,
            SubsidyAccount.payee_key == key,
            SubsidyAccount.ended_at.is_(None),
            SubsidyAccount.confirmed_at.is_(None),
        )
    ).one_or_none()


def _holding(session: Session, county: str, key: str) -> SubsidyAccount | None:
    return session.scalars(
        sa.select(SubsidyAccount).where(
            SubsidyAccount.county == county,
            SubsidyAccount.payee_key == key,
            SubsidyAccount.ended_at.is_(None),
            SubsidyAccount.confirmed_at.is_not(None),
        )
    ).one_or_none()


def _hold_lines(session: Session, county: str, key: str, *, except_account: int | None) -> None:
    """Lines that are not paid and go to another account than this are held."""
    session.execute(
        sa.update(SubsidyPayment)
        .where(
            SubsidyPayment.county == county,
            SubsidyPayment.payee_key == key,
            SubsidyPayment.state == PaymentState.LISTED,
            SubsidyPayment.account_id != (except_account or 0),
        )
        .values(held_for=PaymentHold.ACCOUNT, held_because=PaymentHold.ACCOUNT.label)
    )


def _let_lines_go(session: Session, county: str, key: str) -> None:
    """Lines to the account that holds on are no more held for the one that was refused."""
    holds = _holding(session, county, key)
    if holds is not None:
        session.execute(
            sa.update(SubsidyPayment)
            .where(
                SubsidyPayment.county == county,
                SubsidyPayment.state == PaymentState.LISTED,
                SubsidyPayment.account_id == holds.id,
                SubsidyPayment.held_for == PaymentHold.ACCOUNT,
            )
            .values(held_for=None, held_because="")
        )


def _tell(
    session: Session, county: County, payee: Payee, what: str, *, by: Person, now: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    history.write(
        session, of=county, by=by, at=now, action=SubsidyAction.ACCOUNT,
        summary=f"{payee.name}：{what}", reason=reason,
    )  # fmt: skip
