"""A rule says which facts it rests on, so that a screen can ask for the right photo."""

from server.policy.standard.standards import standard_by_id, standards_in

TRIAL = standard_by_id(standards_in(), "shanxi-2023-trial")


def test_a_rule_names_every_fact_of_its_check() -> None:
    assert TRIAL.rule("A3-1b").facts == ("services_posting", "services_delivery")


def test_a_fact_inside_an_exception_counts_too() -> None:
    assert TRIAL.rule("A3-22b").facts == ("signboard_prominent",)


def test_a_rule_settled_by_the_register_rests_on_no_judged_fact() -> None:
    assert TRIAL.rule("A3-23b").facts == ()


def test_the_exception_s_own_rule_rests_on_the_claim_and_the_consent() -> None:
    assert TRIAL.rule("A3-22c").facts == ("service_plaque_present", "service_plaque_approved")
