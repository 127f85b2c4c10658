"""Codes of an authenticator app (TOTP, RFC 6238) and codes on paper: set up, asked for, reset."""

import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County
from server.models.person import Person, SignIn, SignInKind
from server.models.sealed_by_hand import of_factor, of_factor_begun
from server.models.second_factor import RecoveryCode, SecondFactor, WhoNeedsIt
from server.policy.plan.duties import Deed
from server.sealed_text import open_text, seal_text
from server.services.common import history
from server.services.people.actions import PeopleAction
from server.services.people.codes import CROCKFORD, crockford, grouped, sha256
from server.services.people.scope import (
    OFFICE,
    PAYS,
    SITS_AT_DESK,
    deeds_open_to,
    refuse_unless_manages,
)

STEP_S = 30
DRIFT = 1  # a phone's clock may be half a minute before or behind
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LETTERS = 12  # 60 random bits: a plain hash is enough
ISSUER = "村站通"
MONEY = frozenset({Deed.PAY, Deed.REVIEW_INBOUND, Deed.REVIEW_OUTBOUND, Deed.REVIEW_ONCE})
"""Whoever may do one of these has to do with money."""

Ring = Mapping[str, bytes]


class Enrolment(NamedTuple):
    """What an app is told: the secret as letters to type, and an address to scan."""

    secret: str
    address: str


def needs_second_factor(session: Session, person: Person, county: County) -> bool:
    """Whether the county lets this person in with a second factor alone."""
    match WhoNeedsIt.in_county(county):
        case WhoNeedsIt.EVERYBODY:
            return person.role in SITS_AT_DESK
        case WhoNeedsIt.OFFICE_AND_MONEY:
            money = person.role in PAYS and MONEY & deeds_open_to(session, person)
            return person.role in OFFICE or bool(money)
        case WhoNeedsIt.NOBODY:
            return False


def factor_of(session: Session, person: Person) -> SecondFactor | None:
    """The factor that is asked for at this person's door, once it was confirmed."""
    found = session.get(SecondFactor, person.id)
    return found if found is not None and found.confirmed_at is not None else None


def begin_factor(
    session: Session, *, person: Person, sign_in: SignIn, ring: Ring, now: datetime
) -> None:
    """Put a new secret beside a person; nothing is asked for until a code of it was shown.

    Always a new one: somebody else may have read the last. Until then it opens for this `sign_in`
    alone: whoever else has the password is not told it. Raises Conflict second-factor-there.
    """
    one = sa.select(Person.id).where(Person.id == person.id)
    session.execute(one.with_for_update(key_share=True))  # two who begin at once: the later stands
    found = session.get(SecondFactor, person.id, populate_existing=True)
    if found is not None and found.confirmed_at is not None:
        raise Conflict("second-factor-there", "动态码早就开启了。要换手机，请先停用，再重新开启。")
    sealed = seal_text(ring, pyotp.random_base32(), about=_begun_by(person, sign_in))
    if found is None:
        session.add(SecondFactor(person_id=person.id, secret_sealed=sealed, begun_at=now))
    else:
        found.secret_sealed, found.begun_at = sealed, now
    session.flush()


def enrolment(session: Session, *, person: Person, sign_in: SignIn, ring: Ring) -> Enrolment | None:
    """What the app is told, as long as no code has confirmed it; None before and after.

    None as well for every sign-in but the one that began it.
    """
    found = session.get(SecondFactor, person.id)
    secret = _secret_begun(found, person, sign_in, ring)
    if secret is None:
        return None
    name = person.login or person.name
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def confirm_factor(
    session: Session, *, person: Person, sign_in: SignIn, typed: str, ring: Ring, now: datetime
) -> list[str]:
    """Take the first code of a new app; from now on one is asked for. Answers the paper codes.

    They are said this once. Every other desk sign-in, for which the password was enough, ends.
    Raises Conflict second-factor-gone, Invalid second-factor-wrong.
    """
    found = session.get(SecondFactor, person.id, with_for_update=True, populate_existing=True)
    secret = _secret_begun(found, person, sign_in, ring)
    if found is None or secret is None:
        raise Conflict("second-factor-gone", "这一页已经过时了。请从头再设一次动态码。")
    _take_step(session, person=person, typed=_digits(typed), secret=secret, now=now)
    session.refresh(found)
    found.secret_sealed = seal_text(ring, secret, about=of_factor(person.id))
    found.confirmed_at = now
    _end_others(session, person, now, keep=sign_in)
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.SECOND_FACTOR_ON,
        summary=f"{person.name}开启了动态码，其他电脑上的登录已退出",
    )
    return _new_codes(session, person, now)


def ask_factor(session: Session, *, person: Person, typed: str, ring: Ring, now: datetime) -> None:
    """Take a code of the app or of the paper; neither is taken twice.

    Raises Invalid second-factor-wrong. The door counts failures.
    """
    code, factor = _digits(typed), factor_of(session, person)
    if code:
        if factor is None:
            raise _wrong()
        secret = open_text(ring, factor.secret_sealed, about=of_factor(person.id))
        _take_step(session, person=person, typed=code, secret=secret, now=now)
        return
    used = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_sha256 == sha256(crockford(typed, RECOVERY_LETTERS)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).all()
    if not used:
        raise _wrong()
    left = codes_left(session, person)
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.RECOVERY_CODE_USED,
        summary=f"{person.name}用了一个恢复码，还剩{left}个",
    )


def codes_left(session: Session, person: Person) -> int:
    """How many of the codes on the paper are good."""
    counted = sa.select(sa.func.count()).where(
        RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(counted) or 0


def renew_codes(
    session: Session, *, person: Person, typed: str, ring: Ring, now: datetime
) -> list[str]:
    """A new paper; the old one is no good any more. Raises Conflict, Invalid as the others do."""
    if factor_of(session, person) is None:
        raise Conflict("second-factor-gone", "还没有开启动态码，所以没有恢复码。请先开启。")
    ask_factor(session, person=person, typed=typed, ring=ring, now=now)
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.RECOVERY_CODES_MADE,
        summary=f"{person.name}换了一张恢复码",
    )
    return _new_codes(session, person, now)


def end_own_factor(
    session: Session,
    *,
    person: Person,
    county: County,
    typed: str,
    ring: Ring,
    now: datetime,
    keep: SignIn,
) -> None:
    """Do without from now on, or change to a new phone; one last code is asked for.

    Every other desk sign-in ends. Where the county asks for a factor, the next sign-in asks for a
    new one. Raises Invalid second-factor-wrong, Conflict second-factor-gone.
    """
    if factor_of(session, person) is None:
        raise Conflict("second-factor-gone", "动态码早就停用了。")
    ask_factor(session, person=person, typed=typed, ring=ring, now=now)
    again = "，下次登录要重新设" if needs_second_factor(session, person, county) else ""
    _end(session, person, now, keep=keep)
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.SECOND_FACTOR_OFF,
        summary=f"{person.name}停用了动态码{again}",
    )


def reset_factor(session: Session, *, person: Person, by: Person | None, now: datetime) -> None:
    """Phone and paper are lost: forget the factor, end the person's desk sign-ins.

    `by` is of the county office and not the person (None: at the machine itself). Raises
    NotAllowed, Conflict person-is-you, second-factor-gone.
    """
    if by is not None:
        refuse_unless_manages(session, by, person)
        if by.role not in OFFICE:
            raise NotAllowed("not-your-page", "动态码只能由县专班重设。请联系县专班。")
        if by.id == person.id:
            raise Conflict(
                "person-is-you", "自己的动态码请在“账号与设备”里停用；做不到时，请另一位同事重设。"
            )
    if session.get(SecondFactor, person.id) is None:
        raise Conflict("second-factor-gone", f"{person.name}没有开启动态码，不用重设。")
    _end(session, person, now)
    history.write(
        session,
        of=person,
        by=by,
        at=now,
        action=PeopleAction.SECOND_FACTOR_RESET,
        summary=f"重设了{person.name}的动态码，电脑上的登录已退出",
    )


def with_factor(session: Session, *, county: str) -> set[int]:
    """Who of a county's people at the desk has a factor, by id."""
    return set(
        session.scalars(
            sa.select(SecondFactor.person_id)
            .join(Person, Person.id == SecondFactor.person_id)
            .where(
                Person.county == county,
                Person.role.in_(SITS_AT_DESK),
                SecondFactor.confirmed_at.is_not(None),
            )
        )
    )


def _take_step(session: Session, *, person: Person, typed: str, secret: str, now: datetime) -> None:
    """Take a code of six digits, once; the half minute it is of is taken in one statement."""
    if not typed:
        raise _wrong()
    app = pyotp.TOTP(secret)
    at = int(now.timestamp()) // STEP_S
    fitting = [
        step
        for step in range(at - DRIFT, at + DRIFT + 1)
        if secrets.compare_digest(app.generate_otp(step), typed)
    ]
    taken = session.execute(
        sa.update(SecondFactor)
        .where(
            SecondFactor.person_id == person.id, SecondFactor.last_step < max(fitting, default=0)
        )
        .values(last_step=max(fitting, default=0))
        .returning(SecondFactor.person_id)
    ).all()
    if not taken:
        raise _wrong()


def _digits(typed: str) -> str:
    """Six digits as people type them: with blanks, in full width; "" for anything else."""
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    return code if len(code) == DIGITS and code.isascii() and code.isdigit() else ""


def _wrong() -> Invalid:
    return Invalid(
        "second-factor-wrong",
        "动态码不对，或者已经用过了。请等手机上换出新的一组再输；手机时间不准也会不对。"
        "手机不在身边，请输一个恢复码。",
    )


def _new_codes(session: Session, person: Person, now: datetime) -> list[str]:
    """Ten codes in place of the last ones, in groups of four letters."""
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [
        "".join(secrets.choice(CROCKFORD) for _ in range(RECOVERY_LETTERS))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(
        RecoveryCode(person_id=person.id, code_sha256=sha256(code), made_at=now) for code in codes
    )
    session.flush()
    return [grouped(code) for code in codes]


def _end(session: Session, person: Person, now: datetime, *, keep: SignIn | None = None) -> None:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.execute(sa.delete(SecondFactor).where(SecondFactor.person_id == person.id))
    _end_others(session, person, now, keep=keep)


def _end_others(
    session: Session, person: Person, now: datetime, *, keep: SignIn | None = None
) -> None:
    session.execute(
        sa.update(SignIn)
        .where(
            SignIn.person_id == person.id,
            SignIn.kind.in_((SignInKind.DESK, SignInKind.DESK_HALF)),
            SignIn.revoked_at.is_(None),
            SignIn.id != (keep.id if keep else 0),
        )
        .values(revoked_at=now)
    )
    session.flush()


def _secret_begun(
    found: SecondFactor | None, person: Person, sign_in: SignIn, ring: Ring
) -> str | None:
    """The secret that this sign-in began to set up; None for any other."""
    if found is None or found.confirmed_at is not None:
        return None
    try:
        return open_text(ring, found.secret_sealed, about=_begun_by(person, sign_in))
    except Conflict as error:
        if error.code == "text-seal-broken":  # another sign-in's
            return None
        raise


def _begun_by(person: Person, sign_in: SignIn) -> str:
    return of_factor_begun(person.id, sign_in.id)
