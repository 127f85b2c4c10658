"""What happens to keepers, told once for both clients: cuts, kills and mistakes too.

Each is a sentence and a function of the phone and the setting; what it leaves in the house is
compared between the clients (test_contract.py), and what it asserts must hold on both.
"""

from tests.miniapp.contract import BUSY, DAY, PORTAL, SECOND, SOON, Phone, Setting
from tests.miniapp.playing import (
    ONE,
    THREE,
    TWO,
    check_in,
    counted,
    end_all_sign_ins,
    li,
    scenario,
)


@scenario
def a_check_in_by_the_plate(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    assert phone.unsent() == []


@scenario
def a_check_in_by_the_number_typed(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("check_in", setting.cast.c1, check_in(setting, "typed"))
    assert phone.unsent() == []


@scenario
def a_check_in_without_a_net(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    assert phone.unsent() == ["waiting"]
    phone.wait(600 * SECOND)
    phone.net(off=False)
    assert phone.unsent() == []


@scenario
def a_net_that_is_back_while_a_try_of_before_still_fails(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.run("Math.random = () => 0.5")  # so that both clients try at the same moments
    phone.net(off=True)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.wait(600 * SECOND)
    phone.slow_net(SECOND)
    while not phone.run("return S.sending.value", ms=SOON):  # until the next try is under way
        phone.wait(SECOND // 4)
    phone.net(off=False)
    phone.wait(3 * SECOND)
    phone.slow_net()
    assert phone.unsent() == []


@scenario
def a_days_count(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("parcel_count", setting.cast.c1, counted(12))
    assert phone.unsent() == []


@scenario
def a_count_corrected(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("parcel_count", setting.cast.c1, counted(12))
    phone.wait(60 * SECOND)
    phone.keep("parcel_count", setting.cast.c1, counted(21, reason="数错了"))
    assert phone.unsent() == []


@scenario
def a_count_corrected_before_the_first_was_sent(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("parcel_count", setting.cast.c1, counted(12))
    phone.keep("parcel_count", setting.cast.c1, counted(13, reason="数错了"))
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def a_closed_day(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("opening", setting.cast.c1, {"opening": "closed"})
    assert phone.unsent() == []


@scenario
def a_photo(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE,))
    assert phone.unsent() == []


@scenario
def three_photos_and_the_net_goes_at_the_second(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(None, None, "lost")
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE, TWO, THREE))
    phone.net()
    phone.send()
    phone.send()
    assert phone.unsent() == []


@scenario
def a_photo_whose_answer_is_lost(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(None, "answer-lost")
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE,))
    phone.net()
    phone.send()
    phone.send()
    assert phone.unsent() == []


@scenario
def a_check_in_whose_answer_is_lost(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net("answer-lost")
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.net()
    phone.send()
    assert phone.unsent() == []


@scenario
def a_button_pressed_twice(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("check_in", setting.cast.c1, check_in(setting), twice=True)
    assert phone.unsent() == []


@scenario
def sending_pressed_again_and_again(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("parcel_count", setting.cast.c1, counted(5))
    phone.net(off=False)
    phone.run("S.send(true); S.send(true); await S.send(true)")
    phone.send()
    assert phone.unsent() == []


@scenario
def a_hotels_own_page_answers(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(PORTAL, PORTAL)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    assert phone.why() == "portal"
    phone.net()
    phone.send()
    assert phone.unsent() == []


@scenario
def a_house_that_asks_for_patience(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(BUSY)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.send()
    assert phone.unsent() == ["waiting"], "it sent before the minute was over"
    phone.wait(90 * SECOND)
    assert phone.unsent() == []


@scenario
def thirty_records_at_once(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    for n in range(30):
        phone.keep("parcel_count", setting.cast.c1, counted(n, reason="改"))
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def signed_out_by_the_office_and_bound_anew(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE,))
    end_all_sign_ins(setting)
    phone.net(off=False)
    phone.send()
    assert (phone.unsent(), phone.why()) == (["waiting"], "sign-in")
    assert phone.bind(setting.code(setting.cast.li)) == {}
    phone.send()
    assert phone.unsent() == []


@scenario
def another_keepers_hands(phone: Phone, setting: Setting) -> None:
    """What 老李 has not sent never goes out as 小赵's."""
    li(phone, setting)
    phone.net(off=True)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.run("await S.signOut()")
    phone.net(off=False)
    assert phone.bind(setting.code(setting.cast.zhao)) == {}
    phone.keep("parcel_count", setting.cast.c2, counted(7))
    assert phone.unsent() == ["waiting"]
    assert phone.bind(setting.code(setting.cast.li)) == {}
    phone.send()
    assert phone.unsent() == []


@scenario
def signed_out_with_things_unsent(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net("lost", "lost")
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.net("lost")
    phone.run("await S.signOut()")
    phone.kill()
    phone.open()
    assert phone.unsent() == ["waiting"]
    assert phone.bind(setting.code(setting.cast.li)) == {}
    phone.send()
    assert phone.unsent() == []


@scenario
def a_keeper_switched_off(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    setting.cast.li.active = False
    end_all_sign_ins(setting)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    assert phone.unsent() == ["waiting"]


@scenario
def another_ones_station(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.keep("check_in", setting.cast.c2, check_in(setting))
    assert phone.unsent() == ["attention"]


@scenario
def a_full_phone(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.full()
    said = phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE,))
    assert "problem" in said, said
    assert phone.unsent() == []
    phone.full(is_so=False)
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE,))
    assert phone.unsent() == []


@scenario
def a_phone_that_is_full_while_it_sends(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE, TWO))
    phone.keep("parcel_count", setting.cast.c1, counted(9))
    phone.full()
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def a_full_phone_that_is_killed_while_it_sends(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE, TWO))
    phone.full()
    phone.net(off=False)
    phone.net(None, "silent")
    phone.send()
    phone.kill()
    phone.full(is_so=False)
    phone.net()
    phone.open()
    phone.send()
    assert phone.unsent() == []


@scenario
def a_clock_three_hours_ahead(phone: Phone, setting: Setting) -> None:
    phone.clock_off_by(3 * 3600 * SECOND)
    li(phone, setting)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    assert phone.unsent() == []


@scenario
def a_clock_a_day_behind_without_a_net(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.kill()
    phone.clock_off_by(-DAY)
    phone.net(off=True)
    phone.open()
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def a_clock_set_wrong_between_two_records(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.clock_off_by(-5 * 3600 * SECOND)
    phone.keep("parcel_count", setting.cast.c1, counted(4))
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def three_days_without_a_net(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(off=True)
    for day in range(3):
        phone.keep("check_in", setting.cast.c1, check_in(setting))
        on = f"2026-07-{3 + day:02}"
        phone.keep("parcel_count", setting.cast.c1, counted(10 + day, on))
        phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE if day else TWO,))
        phone.kill()
        phone.wait(DAY)
        phone.open()
    assert len(phone.unsent()) == 9
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def killed_before_it_was_sent(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net("silent")
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.kill()
    phone.net()
    phone.open()
    phone.send()
    assert phone.unsent() == []


@scenario
def killed_between_record_and_photo(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net(None, "silent")
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE, TWO))
    phone.kill()
    phone.net()
    phone.open()
    phone.send()
    assert phone.unsent() == []


@scenario
def killed_when_the_answer_was_on_its_way(phone: Phone, setting: Setting) -> None:
    li(phone, setting)
    phone.net("answer-lost", "lost", "lost")
    phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE,))
    phone.kill()
    phone.net()
    phone.open()
    phone.send()
    assert phone.unsent() == []


@scenario
def bound_anew_with_a_second_slip(phone: Phone, setting: Setting) -> None:
    """That ends the first sign-in of this phone, not the records on it."""
    li(phone, setting)
    phone.net(off=True)
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    phone.net(off=False)
    assert phone.bind(setting.code(setting.cast.li)) == {}
    phone.send()
    assert phone.unsent() == []


@scenario
def a_code_that_nobody_gave_and_then_the_right_one(phone: Phone, setting: Setting) -> None:
    phone.open()
    assert "problem" in phone.bind("ZZZZ-ZZZZ")
    assert phone.bind(setting.code(setting.cast.li)) == {}
    phone.keep("check_in", setting.cast.c1, check_in(setting))
    assert phone.unsent() == []
