"""Signing in and out: one-time codes for phones, passwords for the desk, lost phones revoked."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.person import BindCode, Person, SignIn, SignInKind
from server.services.common import history
from server.services.common.written import cut
from server.services.people.actions import PeopleAction
from server.services.people.codes import CODE_LETTERS, CROCKFORD, crockford, grouped, sha256
from server.services.people.passwords import matches, nobodys_hash, refuse_lapsed
from server.services.people.scope import SITS_AT_DESK, let_in_on, refuse_unless_manages
from server.services.people.second_factor import factor_of, needs_second_factor
from server.services.people.tries import device_key, refuse_if_too_many

LABEL_TOLD = 60  # so much of a phone's own description is told
PHONE_LASTS = timedelta(days=400)  # slides on with every sync: a keeper has no password to retype
DESK_LASTS = timedelta(hours=12)
HALF_LASTS = timedelta(minutes=10)  # for finding the phone, and for setting an app up
ANSWER_LOST = timedelta(hours=24)  # so long may the same phone repeat a bind whose answer was lost


def normal_code(text: str) -> str:
    """A bind code as people write it → eight Crockford characters, or "" when it cannot be one."""
    return crockford(text, CODE_LETTERS)


def make_bind_code(
    session: Session,
    *,
    person: Person,
    by: Person | None,
    now: datetime,
    good_for: timedelta = timedelta(hours=72),
) -> str:
    """A one-time code, shown as XXXX-XXXX, that makes a phone this person's; older ones end.

    Raises `NotFound`/`NotAllowed` when `by` may not manage this person, `Conflict`
    (person-switched-off).
    """
    if by is not None:  # the command line serves whoever sits at the machine
        refuse_unless_manages(session, by, person)
    if not person.active:
        raise Conflict("person-switched-off", "这个人已停用。请先恢复，再发绑定码。")
    _withdraw_codes(session, person, now)
    code = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LETTERS))
    session.add(
        BindCode(
            person_id=person.id,
            code_sha256=sha256(code),
            made_by=by.id if by else None,
            made_at=now,
            expires_at=now + good_for,
        )
    )
    history.write(
        session,
        of=person,
        by=by,
        at=now,
        action=PeopleAction.BIND_CODE_MADE,
        summary=f"给{person.name}发了绑定码",
    )
    return grouped(code)


def _withdraw_codes(session: Session, person: Person, now: datetime) -> None:
    """End the codes that are still on some slip of paper."""
    session.execute(
        sa.update(BindCode)
        .where(
            BindCode.person_id == person.id,
            BindCode.used_at.is_(None),
            BindCode.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


def bind_phone(
    session: Session, *, code: str, device_id: str, device_label: str, now: datetime, source: str
) -> tuple[SignIn, str, Person]:
    """Make a phone a person's own; answers the sign-in, its token (said only now) and the person.

    The same phone may send the same code again for a day: its first answer may have been lost on
    the way, and the keeper would stand there with a used code. Raises `NotFound`
    (bind-code-unknown), `Conflict` (bind-code-used), `Invalid` (bind-code-expired),
    `TooMany`: tries count by the phone and by its network, `source`.
    """
    refuse_if_too_many(session, what="bind", keys=(source, device_key(device_id)), now=now)
    found = session.execute(
        sa.select(BindCode, Person)
        .join(Person, Person.id == BindCode.person_id)
        .where(BindCode.code_sha256 == sha256(normal_code(code)), let_in_on(beijing_day(now)))
        .with_for_update(of=BindCode)
    ).first()
    if found is None:
        raise NotFound(
            "bind-code-unknown",
            "这个绑定码不对。请对着纸条再输一遍；还不行，请镇上重新发一个。",
        )
    bind_code, person = found
    if bind_code.withdrawn_at is not None:
        raise Invalid("bind-code-expired", "这个绑定码已经作废。请用最新发的那一个。")
    if bind_code.used_at is not None:
        if not _is_this_phone_again(session, bind_code, device_id, now):
            raise Conflict(
                "bind-code-used", "这个绑定码已经用过了，一个码只能用一次。请镇上重新发一个。"
            )
    elif bind_code.expires_at <= now:
        raise Invalid("bind-code-expired", "这个绑定码过期了。请镇上重新发一个。")
    else:
        bind_code.used_at = now
    # One phone, one person, one token: binding again replaces what this phone held for them.
    session.execute(
        sa.update(SignIn)
        .where(
            SignIn.person_id == person.id,
            SignIn.kind == SignInKind.PHONE,
            SignIn.device_id == device_id,
            SignIn.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    sign_in, token = new_phone(
        session, person=person, device_id=device_id, device_label=device_label, now=now
    )
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.PHONE_BOUND,
        summary=f"{person.name}绑定了手机（{device_label[:LABEL_TOLD] or '未写明型号'}）",
    )
    session.flush()
    return sign_in, token, person


def new_phone(
    session: Session, *, person: Person, device_id: str, device_label: str, now: datetime
) -> tuple[SignIn, str]:
    """A sign-in of a phone whose person is known by now, and its token (said only now)."""
    sign_in, token = _new_sign_in(
        session, person, SignInKind.PHONE, now, PHONE_LASTS, label=device_label
    )
    sign_in.device_id = device_id
    return sign_in, token


def is_own_slip(session: Session, *, person: Person, code: str) -> bool:
    """Whether this is a code that this very person has used; of others' codes it says nothing."""
    used = sa.select(BindCode.id).where(
        BindCode.code_sha256 == sha256(normal_code(code)),
        BindCode.person_id == person.id,
        BindCode.used_at.is_not(None),
    )
    return session.scalar(used) is not None


def _is_this_phone_again(
    session: Session, bind_code: BindCode, device_id: str, now: datetime
) -> bool:
    """Whether the phone that used this code is asking once more."""
    used_at = bind_code.used_at
    if used_at is None or now - used_at > ANSWER_LOST:
        return False
    same_phone = sa.select(SignIn.id).where(
        SignIn.person_id == bind_code.person_id,
        SignIn.kind == SignInKind.PHONE,
        SignIn.device_id == device_id,
        SignIn.made_at >= used_at,
    )
    # After "lost phone: revoke", that very phone must not come back with its old slip.
    alive = same_phone.where(SignIn.revoked_at.is_(None))
    return session.scalar(sa.select(alive.exists())) is True


def _new_sign_in(
    session: Session,
    person: Person,
    kind: SignInKind,
    now: datetime,
    lasts: timedelta,
    *,
    label: str,
) -> tuple[SignIn, str]:
    """A fresh token for a device; 256 random bits."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        person_id=person.id,
        kind=kind,
        token_sha256=sha256(token),
        csrf=None if kind == SignInKind.PHONE else secrets.token_urlsafe(24),
        device_label=cut(label, SignIn.device_label),
        made_at=now,
        seen_at=now,
        expires_at=now + lasts,
    )
    session.add(sign_in)
    session.flush()
    return sign_in, token


def sign_in_desk(
    session: Session,
    *,
    login: str,
    password: str,
    now: datetime,
    source: str,
    label: str,
    known: bool = False,
) -> tuple[SignIn, str]:
    """Sign in at the desk; answers the sign-in (with its CSRF token) and the cookie's token.

    Where a second factor is asked for, or has to be set up first (`begin_factor`), it is half a
    sign-in (`SignInKind.DESK_HALF`): it opens that one page, for some minutes.

    Wrong tries count by source and by login; where `source` is a computer `known` to have signed
    in as this login before, by that alone, so that no stranger can lock somebody out. Raises
    `Invalid` (sign-in-wrong, the same for an unknown login as for a wrong password;
    password-lapsed) and `TooMany`. The door counts failures (server.http.tries.counting_failures).
    """
    login = login.strip()
    keys = (source,) if known else (source, login)
    refuse_if_too_many(session, what="desk", keys=keys, now=now)
    person = session.scalars(
        sa.select(Person).where(Person.login == login, let_in_on(beijing_day(now)))
    ).one_or_none()
    hashed = person.password_hash if person else None
    # An unknown login costs the same time as a wrong password, so that logins cannot be sounded.
    right = matches(hashed or nobodys_hash(), password) and hashed is not None
    if person is None or not right or person.role not in SITS_AT_DESK:
        raise Invalid("sign-in-wrong", "账号或密码不对。请再输一遍；忘了密码请联系县专班。")
    refuse_lapsed(person, now=now)
    county = session.get_one(County, person.county)
    if factor_of(session, person) is not None or needs_second_factor(session, person, county):
        return _new_sign_in(session, person, SignInKind.DESK_HALF, now, HALF_LASTS, label=label)
    return _let_in(session, person, now, label)


def finish_sign_in(
    session: Session, *, half: SignIn, person: Person, now: datetime
) -> tuple[SignIn, str]:
    """Let in whoever has shown the second factor too; half a sign-in is good for one whole."""
    sign_out(session, sign_in=half, now=now)
    return _let_in(session, person, now, half.device_label)


def _let_in(session: Session, person: Person, now: datetime, label: str) -> tuple[SignIn, str]:
    history.write(
        session,
        of=person,
        by=person,
        at=now,
        action=PeopleAction.SIGNED_IN,
        summary=f"{person.name}在电脑上登录（{label[:LABEL_TOLD] or '浏览器没有写明'}）",
    )
    return _new_sign_in(session, person, SignInKind.DESK, now, DESK_LASTS, label=label)


def person_with_login(session: Session, login: str) -> Person | None:
    """Whose account a login is, let in or not."""
    return session.scalars(sa.select(Person).where(Person.login == login.strip())).one_or_none()


def owner_of_code(session: Session, code: str) -> Person | None:
    """For whom a bind code was made, good or not any more."""
    return session.scalars(
        sa.select(Person)
        .join(BindCode, BindCode.person_id == Person.id)
        .where(BindCode.code_sha256 == sha256(normal_code(code)))
    ).one_or_none()


def sign_out(session: Session, *, sign_in: SignIn, now: datetime) -> None:
    """End one sign-in; again is harmless."""
    if sign_in.revoked_at is None:
        sign_in.revoked_at = now
    session.flush()


def end_the_one_before(session: Session, *, token: str | None, now: datetime) -> None:
    """End the desk's sign-in that a browser still held when somebody signed in over it."""
    if not token:
        return
    before = session.scalars(
        sa.select(SignIn).where(
            SignIn.token_sha256 == sha256(token), SignIn.kind != SignInKind.PHONE
        )
    ).one_or_none()
    if before is not None:
        sign_out(session, sign_in=before, now=now)


def revoke_devices(session: Session, *, person: Person, by: Person | None, now: datetime) -> int:
    """A phone is lost: end all phones and open codes of a person; answers how many phones.

    Raises `NotFound`/`NotAllowed` when `by` may not manage this person.
    """
    if by is not None:  # the command line serves whoever sits at the machine
        refuse_unless_manages(session, by, person)
    _withdraw_codes(session, person, now)
    ended = session.execute(
        sa.update(SignIn)
        .where(
            SignIn.person_id == person.id,
            SignIn.kind == SignInKind.PHONE,
            SignIn.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(SignIn.id)
    ).all()
    history.write(
        session,
        of=person,
        by=by,
        at=now,
        action=PeopleAction.PHONES_REVOKED,
        summary=f"停用了{person.name}的{len(ended)}部手机",
    )
    return len(ended)


def end_all(session: Session, *, person: Person, now: datetime) -> None:
    """End every phone, every page at the desk and every slip of a person, for good."""
    _withdraw_codes(session, person, now)
    session.execute(
        sa.update(SignIn)
        .where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.flush()


def devices_of(session: Session, *, person: Person, now: datetime) -> list[SignIn]:
    """Where a person is signed in at this moment, phones and desks, the last seen first."""
    return list(
        session.scalars(
            sa.select(SignIn)
            .where(
                SignIn.person_id == person.id,
                SignIn.kind != SignInKind.DESK_HALF,
                SignIn.revoked_at.is_(None),
                SignIn.expires_at > now,
            )
            .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        )
    )
