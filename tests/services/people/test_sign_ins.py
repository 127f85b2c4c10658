"""Codes, passwords and devices."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from server.models.history import HistoryLine
from server.models.person import BindCode, FailedTry, SignIn, SignInKind
from server.services.people.passwords import (
    OFTEN_TAKEN,
    SHORTEST_PASSWORD,
    password_is,
    set_password,
)
from server.services.people.sign_ins import (
    bind_phone,
    devices_of,
    make_bind_code,
    normal_code,
    revoke_devices,
    sign_in_desk,
)
from server.services.people.tries import KEPT, TRIES, note_failure, refuse_if_too_many
from tests.factories import NOW, PASSWORD, Cast, make_sign_in


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K7QX-2M38", "K7QX2M38"),
        (" k7qx 2m38 ", "K7QX2M38"),
        ("Ｋ７ＱＸ－２Ｍ３８", "K7QX2M38"),
        ("OIL0-0000", "01100000"),
        ("K7QX-2M3", ""),
        ("K7QX-2M3U", ""),
        ("一二三四五六七八", ""),
    ],
)
def test_a_code_is_read_as_people_write_it(typed: str, code: str) -> None:
    assert normal_code(typed) == code


def test_only_hashes_of_code_and_token_are_kept(session: Session, cast: Cast) -> None:
    code = make_bind_code(session, person=cast.li, by=cast.office, now=NOW)
    _, token, _ = bind_phone(
        session, code=code, device_id="d1", device_label="", now=NOW, source="s"
    )

    plain = code.replace("-", "")
    for noun in (BindCode, SignIn):
        for row in session.execute(select(noun.__table__)):
            assert plain not in map(str, row)
            assert token not in map(str, row)


def test_a_code_may_be_used_until_its_last_second(session: Session, cast: Cast) -> None:
    code = make_bind_code(session, person=cast.li, by=cast.office, now=NOW)
    late = NOW + timedelta(hours=72)

    with pytest.raises(Invalid, match="过期"):
        bind_phone(session, code=code, device_id="d1", device_label="", now=late, source="s")
    bind_phone(
        session,
        code=code,
        device_id="d1",
        device_label="",
        now=late - timedelta(seconds=1),
        source="s",
    )


def test_a_township_officer_gives_codes_to_the_own_keepers_only(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(NotAllowed):
        make_bind_code(session, person=cast.li, by=cast.officer, now=NOW)

    cast.officer.township_code = cast.township.code
    session.flush()

    assert make_bind_code(session, person=cast.li, by=cast.officer, now=NOW)
    with pytest.raises(NotAllowed):
        make_bind_code(session, person=cast.wang, by=cast.officer, now=NOW)


def test_another_county_does_not_even_learn_that_a_person_exists(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(NotFound):
        make_bind_code(session, person=cast.li, by=cast.outsider, now=NOW)
    with pytest.raises(NotFound):
        revoke_devices(session, person=cast.li, by=cast.outsider, now=NOW)


def test_a_switched_off_person_gets_no_code(session: Session, cast: Cast) -> None:
    cast.li.active = False

    with pytest.raises(Conflict, match="停用"):
        make_bind_code(session, person=cast.li, by=cast.office, now=NOW)


def test_a_lost_phone_is_revoked_with_its_open_codes_and_told_in_history(
    session: Session, cast: Cast
) -> None:
    make_sign_in(session, cast.li)
    code = make_bind_code(session, person=cast.li, by=cast.office, now=NOW)

    assert revoke_devices(session, person=cast.li, by=cast.office, now=NOW) == 1

    assert devices_of(session, person=cast.li, now=NOW) == []
    with pytest.raises(Invalid, match="作废"):
        bind_phone(session, code=code, device_id="d1", device_label="", now=NOW, source="s")
    said = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id.desc())).first()
    assert said == "停用了老李的1部手机"


def test_the_right_password_opens_the_desk(session: Session, cast: Cast) -> None:
    set_password(session, person=cast.office, password=PASSWORD)

    sign_in, token = sign_in_desk(
        session, login=" xian ", password=PASSWORD, now=NOW, source="s", label="Firefox"
    )

    assert (sign_in.kind, sign_in.person_id) == (SignInKind.DESK, cast.office.id)
    assert sign_in.csrf
    assert len(token) >= 43


@pytest.mark.parametrize(
    ("login", "password"), [("xian", "wrong"), ("nobody", PASSWORD), ("zhen", ""), ("", "")]
)
def test_a_wrong_password_and_an_unknown_login_sound_the_same(
    session: Session, cast: Cast, login: str, password: str
) -> None:
    set_password(session, person=cast.office, password=PASSWORD)

    with pytest.raises(Invalid) as refusal:
        sign_in_desk(session, login=login, password=password, now=NOW, source="s", label="")
    assert refusal.value.message == "账号或密码不对。请再输一遍；忘了密码请联系县专班。"


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaa",
        "12121212",
        "woaini1314",
        "Passw0rd!",
        "1qaz2wsx3edc",
        "xian2026",
        "13800001234",
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(
    session: Session, cast: Cast, password: str
) -> None:
    with pytest.raises(Invalid):
        set_password(session, person=cast.office, password=password)


def test_a_given_password_lapses_after_three_days(session: Session, cast: Cast) -> None:
    set_password(session, person=cast.office, password=PASSWORD, now=NOW, by=None)

    def sign_in(after: timedelta) -> None:
        sign_in_desk(
            session, login="xian", password=PASSWORD, now=NOW + after, source="1.2.3.4", label=""
        )

    sign_in(timedelta(hours=72))
    with pytest.raises(Invalid, match="已经失效") as lapsed:
        sign_in(timedelta(hours=72, seconds=1))
    assert lapsed.value.code == "password-lapsed"
    set_password(session, person=cast.office, password=PASSWORD, now=NOW + timedelta(days=9))
    sign_in(timedelta(days=10))


def test_of_the_passwords_that_were_leaked_most_none_is_taken(session: Session, cast: Cast) -> None:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    leaked = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= SHORTEST_PASSWORD]
    assert len(leaked) > 3000
    for password in leaked[:: len(leaked) // 150]:
        with pytest.raises(Invalid):
            set_password(session, person=cast.office, password=password)


def test_what_stands_around_a_person_is_no_password_and_any_signs_make_one(
    session: Session, cast: Cast
) -> None:
    for password in (
        *OFTEN_TAKEN,
        "cunzhantong2023",
        "kuaidijincun123",
        "xian140926",
        "zhuanban888",
    ):
        with pytest.raises(Invalid):
            set_password(session, person=cast.office, password=password)
    for password in (
        "四个汉字不相干的词连起来",
        "a" + "长" * 63 + "x q",
        "only small letters here",
        "  两头空格  的密码 ",
    ):
        set_password(session, person=cast.office, password=password)
        assert password_is(cast.office, password)
        assert not password_is(cast.office, password.upper() + " ")
        assert not password_is(cast.office, password[:-1])


def test_a_new_password_ends_the_other_desks_but_not_this_one(session: Session, cast: Cast) -> None:
    set_password(session, person=cast.office, password=PASSWORD)
    mine, _ = sign_in_desk(
        session, login="xian", password=PASSWORD, now=NOW, source="s", label="mine"
    )
    sign_in_desk(session, login="xian", password=PASSWORD, now=NOW, source="s", label="other")

    set_password(session, person=cast.office, password="another-2023", now=NOW, keep=mine)

    open_now = devices_of(session, person=cast.office, now=NOW)
    session.expire_all()
    assert [device.device_label for device in open_now] == ["mine"]


def test_ten_failures_in_a_quarter_of_an_hour_are_enough(session: Session) -> None:
    for _ in range(TRIES):
        refuse_if_too_many(session, what="desk", keys=("s", "xian"), now=NOW)
        note_failure(session, what="desk", keys=("s", "xian"), now=NOW)

    with pytest.raises(TooMany) as refusal:
        refuse_if_too_many(session, what="desk", keys=("elsewhere", "xian"), now=NOW)
    assert refusal.value.details["retry_after_s"] == 901
    refuse_if_too_many(session, what="bind", keys=("s",), now=NOW)
    refuse_if_too_many(session, what="desk", keys=("s",), now=NOW + timedelta(minutes=16))


def test_a_clock_set_back_locks_nobody_and_gives_ten_tries_again_but_no_more(
    session: Session,
) -> None:
    for _ in range(TRIES):
        note_failure(session, what="desk", keys=("xian",), now=NOW)
    for back in (timedelta(minutes=5), timedelta(hours=3)):
        refuse_if_too_many(session, what="desk", keys=("xian",), now=NOW - back)
        for _ in range(TRIES):
            note_failure(session, what="desk", keys=("xian",), now=NOW - back)
        with pytest.raises(TooMany) as refusal:
            refuse_if_too_many(session, what="desk", keys=("xian",), now=NOW - back)
        assert refusal.value.details["retry_after_s"] <= 901
    # Those of the time before are gone: the clock comes by there again and nobody is locked.
    refuse_if_too_many(session, what="desk", keys=("xian",), now=NOW)


def test_old_failures_are_forgotten(session: Session) -> None:
    note_failure(session, what="desk", keys=("s",), now=NOW - KEPT - timedelta(seconds=1))
    note_failure(session, what="desk", keys=("s",), now=NOW)

    assert len(session.scalars(select(FailedTry)).all()) == 1
