"""What the plans' subsidies come to: 西平's ceiling and its conditions, 静乐's rates per piece."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.money import fen_of_li, yuan_said, yuan_text
from server.policy.numerals import fen_from, li_from
from server.policy.plan.duties import Deed, deeds_of
from server.policy.plan.nouns import Programme
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.plan.subsidies import (
    Measured,
    PayeeKind,
    Scheme,
    hold_against,
    most_in_twelve,
    payee_kind,
    scheme_of,
    together,
)
from server.policy.plan.subsidy_rates import (
    Rate,
    Tier,
    faults_of,
    lower_than,
    odd_rate,
    price,
    rate_on,
    tiers_for,
)
from server.policy.standard.facts import Level
from server.policy.standard.verdicts import Verdict

TOWNSHIP, VILLAGE = Level.TOWNSHIP_STATION, Level.VILLAGE_POINT
PARCELS, COVERED = "parcels_per_year", "county_coverage_percent"
RESIDENT, POINT = "township_resident_percent", "resident_point"


def plan_of(county: str) -> Programme:
    found = programme_of(programmes_in(), county)
    assert found is not None
    return found


JINGLE, XIPING = plan_of("140926"), plan_of("411721")


def scheme(programme: Programme, key: str) -> Scheme:
    found = scheme_of(programme.schemes, key)
    assert found is not None
    return found


def exactly(amount: int | Fraction) -> Measured:
    return Measured(Fraction(amount), Fraction(amount), "")


def paid(hub: int, coverage: int, centres: list[tuple[int, Fraction]], points: int) -> int:
    """What 西平 pays in yuan for such a year."""
    asked = [
        (scheme(XIPING, "county-hub-once"), {PARCELS: hub, COVERED: coverage}),
        *(
            (scheme(XIPING, "township-hub-once"), {PARCELS: pieces, RESIDENT: share})
            for pieces, share in centres
        ),
        *((scheme(XIPING, "resident-point-once"), {POINT: n < points}) for n in range(251)),
    ]
    total = 0
    for one, known in asked:
        held = hold_against(one.needs, {key: exactly(value) for key, value in known.items()})
        if together(held) is Verdict.PASS:
            assert one.amount_fen is not None
            total += one.amount_fen
    return total // 100


def test_xiping_s_ceiling_comes_out_only_where_every_condition_holds() -> None:
    centre, full = (200_000, Fraction(100)), [(200_000, Fraction(100))] * 16

    assert paid(20_000_000, 100, full, 251) == 871_000
    assert paid(19_999_999, 100, full, 251) == 571_000
    assert paid(20_000_000, 99, full, 251) == 571_000
    assert paid(20_000_000, 100, [*full[1:], (199_999, Fraction(100))], 251) == 851_000
    assert paid(20_000_000, 100, [*full[1:], (200_000, Fraction(1400, 15))], 251) == 851_000
    assert paid(20_000_000, 100, [centre] * 16, 250) == 870_000


def test_what_nobody_knows_pays_nothing_and_refuses_nothing() -> None:
    hub = scheme(XIPING, "county-hub-once")
    some = Measured(Fraction(9_000_000), None, "9个月")

    assert together(hold_against(hub.needs, {})) is Verdict.UNKNOWN
    assert together(hold_against(hub.needs, {PARCELS: some, COVERED: exactly(100)})) == "unknown"
    assert together(hold_against(hub.needs, {PARCELS: some, COVERED: exactly(99)})) == "fail"
    enough = Measured(Fraction(20_000_000), None, "10个月已经够了")
    assert together(hold_against(hub.needs, {PARCELS: enough, COVERED: exactly(100)})) == "pass"


def test_a_year_and_the_payee_are_a_person_s_decision() -> None:
    hub = scheme(XIPING, "county-hub-once")

    assert hub.undecided({}) == (
        "subsidy-payee", "subsidy-year", "subsidy-handled", "village-total",
    )  # fmt: skip
    assert hub.undecided(dict.fromkeys(hub.asks, "x")) == ()
    assert payee_kind({"subsidy-payee": "站长"}) is PayeeKind.KEEPER
    assert payee_kind({}) is None


def test_any_twelve_months_in_a_row_may_lie_across_two_years() -> None:
    months = {2021 * 12 + n: 10 for n in range(24)} | {2021 * 12 + 11: 50, 2022 * 12: 50}

    assert most_in_twelve(months) == (200, 2021 * 12 + 1)
    assert most_in_twelve({}) == (0, 0)


def test_the_reviewers_are_the_bodies_that_the_plan_names() -> None:
    def able(programme: Programme, deed: Deed) -> set[str]:
        return {
            one.short for one in programme.organisations if deed in deeds_of(one.type, one.roles)
        }

    assert able(JINGLE, scheme(JINGLE, "outbound").kind.deed) == {"工信局"}
    assert able(JINGLE, scheme(JINGLE, "inbound").kind.deed) == {"供销社", "邮政公司"}
    assert able(XIPING, scheme(XIPING, "resident-point-once").kind.deed) >= {
        "财政局", "交通局", "邮政公司"
    }  # fmt: skip
    assert scheme(JINGLE, "inbound").every_reviewer
    assert scheme(JINGLE, "inbound").reported_up_by == "dispatch"
    assert {one.amount_fen for one in JINGLE.schemes} == {None}  # the county's, never assumed


def test_a_tier_pays_only_the_pieces_that_fall_into_it() -> None:
    tiers = (Tier("", "", 0, 300), Tier("", "", 400, 200), Tier("village_point", "T", 0, 500))

    found = price(450, tiers_for(tiers, level=TOWNSHIP, township="T"))
    assert found is not None
    assert (found.fen, found.said) == (130_00, "400件×0.3元，50件×0.2元")
    own = price(3, tiers_for(tiers, level=VILLAGE, township="T"))
    assert own is not None
    assert own.fen == 150
    assert price(1, ()) is None
    assert "从0件起" in faults_of([Tier("", "", 400, 200)])
    assert "都一样" in faults_of([Tier("", "", 0, 1), Tier("", "", 0, 2)])
    assert faults_of(tiers) == ""


@given(
    st.integers(0, 5000), st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 999)), max_size=4)
)
def test_tiers_never_lose_or_double_a_piece(pieces: int, steps: list[tuple[int, int]]) -> None:
    tiers = tuple(
        sorted({above: Tier("", "", above, li) for above, li in [(0, 350), *steps]}.values())
    )

    found = price(pieces, tiers)

    assert found is not None
    assert sum(n for n, _ in found.parts) == pieces
    one_by_one = sum([one.li for one in tiers if one.above < n][-1] for n in range(1, pieces + 1))
    assert found.fen == fen_of_li(one_by_one)


def test_a_rate_below_last_year_s_is_named_where_it_is_lower() -> None:
    before = Rate(date(2022, 1, 1), (Tier("", "", 0, 400),), "2022")
    now = Rate(date(2023, 1, 1), (Tier("", "", 0, 500), Tier("village_point", "", 0, 350)), "2023")

    assert lower_than(now, before) == ("村级点每件0.35元，原来0.4元",)
    assert lower_than(before, before) == ()
    assert rate_on([before, now], date(2022, 12, 31)) is before
    assert rate_on([now, before], date(2023, 1, 1)) is now
    assert rate_on([now], date(2022, 12, 31)) is None


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("1,000.5", 100_050), ("￥3 元", 300), ("0.05", 5), ("1.005", None), ("-3", None),
     ("1e3", None), ("", None), ("１２", 1200), ("10,00", None), ("0.10", 10), ("0.100", 10),
     ("99999999999", None)],
)  # fmt: skip
def test_an_amount_is_read_to_the_fen_or_not_at_all(typed: str, fen: int | None) -> None:
    assert fen_from(typed) == fen


def test_amounts_are_said_as_people_write_them() -> None:
    assert yuan_text(87_100_000) == "871,000.00"
    assert yuan_text(-5) == "-0.05"
    assert yuan_said(100_000) == "1000元"
    assert yuan_said(1250) == "12.5元"
    assert li_from("0.125") == 125
    assert li_from("0.1255") is None
    assert (fen_of_li(5), fen_of_li(4), fen_of_li(-5)) == (1, 0, -1)


@pytest.mark.parametrize(
    ("li", "meant"),
    [(350, None), (1000, None), (2000, None), (35_000, "0.35元"), (3500, "0.35元"), (30_000, "0.3元"),
     (5000, "0.5元"), (0, ""), (3, ""), (900_000, "")],
)  # fmt: skip
def test_a_rate_far_from_the_usual_is_asked_once(li: int, meant: str | None) -> None:
    odd = odd_rate([Tier("", "", 0, 300), Tier("village_point", "", 0, li)], None)

    assert bool(odd) is (meant is not None)
    assert (f"是不是{meant}" in odd) if meant else "是不是" not in odd


def test_a_sum_of_a_few_yuan_is_asked_whether_its_unit_is_meant() -> None:
    assert "不是万元" in odd_rate([], 300)
    assert odd_rate([], 100_000) == ""
    assert odd_rate([], 30_000_000) == ""
    assert "数一数有几位" in odd_rate([], 300_000_000)
