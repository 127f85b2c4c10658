"""Codes of an app and of a paper: taken once, in their half minute, reset by the office alone."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.history import HistoryLine
from server.models.person import Person, Role, SignIn, SignInKind
from server.models.second_factor import RecoveryCode, SecondFactor, WhoNeedsIt
from server.policy.plan.duties import Duty
from server.sealed_text import key_ring
from server.services.county.second_factor_rule import edit_rule
from server.services.people.passwords import set_password
from server.services.people.second_factor import (
    ask_factor,
    begin_factor,
    codes_left,
    confirm_factor,
    end_own_factor,
    enrolment,
    factor_of,
    needs_second_factor,
    renew_codes,
    reset_factor,
)
from server.services.people.sign_ins import devices_of, finish_sign_in, sign_in_desk
from tests.at_once import Press, pressed_at_once
from tests.bodies import make_organisation
from tests.factories import NOW, PASSWORD, Cast, make_person

RING = key_ring([b"7" * 32])
STEP = timedelta(seconds=30)


def switched_on(
    session: Session, cast: Cast, by: SignIn | None = None
) -> tuple[pyotp.TOTP, list[str]]:
    office: Any = {"person": cast.office, "sign_in": by or SignIn(id=0), "ring": RING}
    begin_factor(session, now=NOW, **office)
    told = enrolment(session, **office)
    assert told is not None
    app = pyotp.TOTP(told.secret)
    codes = confirm_factor(session, typed=app.at(NOW), now=NOW, **office)
    assert enrolment(session, **office) is None, "the secret is told no more"
    return app, codes


def test_a_code_is_taken_once_and_half_a_minute_about(session: Session, cast: Cast) -> None:
    app, codes = switched_on(session, cast)
    office = {"person": cast.office, "ring": RING}
    later = NOW + 10 * STEP

    for typed, at in [
        (app.at(NOW), NOW),  # that which confirmed the app
        (app.at(later - 2 * STEP), later),
        (app.at(later + 2 * STEP), later),
        ("000000", later), ("", later), ("一二三四五六", later), ("XXXX-XXXX-XXXX", later),
    ]:  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            ask_factor(session, typed=typed, now=at, **office)
        assert wrong.value.code == "second-factor-wrong"

    slow = app.at(later - STEP)
    ask_factor(session, typed=f" {slow[:3]} {slow[3:]} ", now=later, **office)
    fast = app.at(later + STEP).translate({ord("0") + n: ord("０") + n for n in range(10)})
    ask_factor(session, typed=fast, now=later, **office)
    with pytest.raises(Invalid):  # the half minute between them is over with it
        ask_factor(session, typed=app.at(later), now=later, **office)

    ask_factor(session, typed=codes[0].lower().replace("-", " "), now=later, **office)
    with pytest.raises(Invalid):
        ask_factor(session, typed=codes[0], now=later, **office)
    assert codes_left(session, cast.office) == 9
    fresh = renew_codes(session, typed=codes[1], now=later, **office)
    with pytest.raises(Invalid):
        ask_factor(session, typed=codes[2], now=later, **office)
    assert (len(set(fresh) - set(codes)), codes_left(session, cast.office)) == (10, 10)

    kept = [str(row) for one in (SecondFactor, RecoveryCode)
            for row in session.execute(sa.select(one.__table__))]  # fmt: skip
    secrets = [app.secret, *fresh, *(one.replace("-", "") for one in fresh)]
    assert not [one for one in secrets if one in "".join(kept)]
    told = session.scalars(sa.select(HistoryLine.action).order_by(HistoryLine.id)).all()
    assert told == ["second-factor-on", "recovery-code-used", "recovery-code-used",
                    "recovery-codes-made"]  # fmt: skip


def test_the_password_alone_is_half_a_sign_in(session: Session, cast: Cast) -> None:
    set_password(session, person=cast.office, password=PASSWORD)
    given = {"login": "xian", "password": PASSWORD, "source": "s", "label": "Edge"}
    whole, _ = sign_in_desk(session, now=NOW, **given)
    app, _ = switched_on(session, cast, whole)

    half, _ = sign_in_desk(session, now=NOW, **given)
    listed = devices_of(session, person=cast.office, now=NOW)
    assert (whole.kind, half.kind) == (SignInKind.DESK, SignInKind.DESK_HALF)
    assert half.expires_at == NOW + timedelta(minutes=10)
    assert [one.id for one in listed] == [whole.id]
    done, _ = finish_sign_in(session, half=half, person=cast.office, now=NOW)
    assert (done.kind, half.revoked_at) == (SignInKind.DESK, NOW)

    set_password(session, person=cast.office, password="另一个新密码2023", now=NOW)
    session.refresh(half)
    open_half, _ = sign_in_desk(session, now=NOW, **given | {"password": "另一个新密码2023"})
    set_password(session, person=cast.office, password=PASSWORD, now=NOW)
    session.refresh(open_half)
    assert open_half.revoked_at == NOW, "a new password ends what was half begun with the old one"

    later = NOW + 10 * STEP
    kept, _ = sign_in_desk(session, now=NOW, **given)
    end_own_factor(
        session, person=cast.office, county=cast.county, typed=app.at(later), ring=RING, now=later,
        keep=kept,
    )  # fmt: skip
    assert factor_of(session, cast.office) is None
    assert sign_in_desk(session, now=later, **given)[0].kind == SignInKind.DESK


def test_a_secret_is_told_to_the_sign_in_that_began_it_and_its_first_code_ends_the_others(
    session: Session, cast: Cast
) -> None:
    set_password(session, person=cast.office, password=PASSWORD)
    edit_rule(
        session, county=cast.county, typed="everybody", by=cast.office, now=NOW, reason="管钱"
    )
    given = {"login": "xian", "password": PASSWORD, "source": "s", "label": "Edge"}
    thief, own = (sign_in_desk(session, now=NOW, **given)[0] for _ in range(2))
    office: Any = {"person": cast.office, "ring": RING}
    begin_factor(session, sign_in=thief, now=NOW, **office)
    read = enrolment(session, sign_in=thief, **office)
    begin_factor(session, sign_in=own, now=NOW, **office)
    told = enrolment(session, sign_in=own, **office)
    assert read is not None
    assert told is not None
    app = pyotp.TOTP(told.secret)

    assert enrolment(session, sign_in=thief, **office) is None
    with pytest.raises(Conflict, match="从头再设"):
        confirm_factor(session, sign_in=thief, typed=app.at(NOW), now=NOW, **office)
    with pytest.raises(Invalid):
        stolen = pyotp.TOTP(read.secret).at(NOW)
        confirm_factor(session, sign_in=own, typed=stolen, now=NOW, **office)
    confirm_factor(session, sign_in=own, typed=app.at(NOW), now=NOW, **office)
    for one in (thief, own):
        session.refresh(one)
    assert (thief.revoked_at, own.revoked_at) == (NOW, None)


def test_two_who_begin_or_show_one_code_at_once_are_each_told_something_true(
    engine: Engine, session: Session, cast: Cast
) -> None:
    set_password(session, person=cast.office, password=PASSWORD)
    given = {"login": "xian", "password": PASSWORD, "source": "s", "label": "Edge"}
    both = [sign_in_desk(session, now=NOW, **given)[0] for _ in range(2)]
    session.commit()

    def begins(sign_in: SignIn) -> Press:
        return lambda own, person: begin_factor(
            own, person=person, sign_in=sign_in, ring=RING, now=NOW
        )

    assert pressed_at_once(engine, cast.office, *map(begins, both)) == ["kept", "kept"]
    session.rollback()
    told = [enrolment(session, person=cast.office, sign_in=one, ring=RING) for one in both]
    [(mine, app)] = [
        (one, pyotp.TOTP(new.secret)) for one, new in zip(both, told, strict=True) if new
    ]
    session.rollback()

    def shows(own: Session, person: Person) -> None:
        confirm_factor(own, person=person, sign_in=mine, typed=app.at(NOW), ring=RING, now=NOW)

    kept = pressed_at_once(engine, cast.office, shows, shows)
    assert kept == ["kept", "second-factor-gone"]


def test_the_county_says_who_needs_one_and_the_office_alone_resets(
    session: Session, cast: Cast
) -> None:
    set_password(session, person=cast.office, password=PASSWORD)
    body = make_organisation(session, duties=(Duty.SUBSIDY_PAYMENT,))
    finance, post = (
        make_person(session, name=name, role=Role.BUREAU, organisation_id=unit)
        for name, unit in (("老钱", body.id), ("小邮", None))
    )
    people = (cast.office, finance, post, cast.officer, cast.wang)

    def needing() -> list[bool]:
        return [needs_second_factor(session, one, cast.county) for one in people]

    assert needing() == [False] * 5
    for rule, expected in [
        (WhoNeedsIt.OFFICE_AND_MONEY, [True, True, False, False, False]),
        (WhoNeedsIt.EVERYBODY, [True, True, True, True, False]),
    ]:
        edit_rule(
            session, county=cast.county, typed=rule.value, by=cast.office, now=NOW, reason="管钱"
        )
        assert needing() == expected
    with pytest.raises(Invalid):
        edit_rule(session, county=cast.county, typed="?", by=cast.office, now=NOW, reason="管钱")
    sign_in, _ = sign_in_desk(
        session, login="xian", password=PASSWORD, now=NOW, source="s", label=""
    )
    assert sign_in.kind == SignInKind.DESK_HALF, "the app is set up before anybody is let in"

    app, codes = switched_on(session, cast)
    with pytest.raises(Conflict, match="早就开启"):
        begin_factor(session, person=cast.office, sign_in=sign_in, ring=RING, now=NOW)
    for by, kind in ((cast.officer, NotAllowed), (cast.office, Conflict)):
        with pytest.raises(kind):
            reset_factor(session, person=cast.office, by=by, now=NOW)
    reset_factor(session, person=cast.office, by=None, now=NOW)
    session.refresh(sign_in)
    assert (factor_of(session, cast.office), sign_in.revoked_at) == (None, NOW)
    for typed in (app.at(NOW + STEP), codes[0]):
        with pytest.raises(Invalid):
            ask_factor(session, person=cast.office, typed=typed, ring=RING, now=NOW + STEP)
    with pytest.raises(Conflict, match="不用重设"):
        reset_factor(session, person=cast.office, by=None, now=NOW)
