"""The two counties' plans, read once for every test that holds something against them."""

from server.policy.plan.nouns import Programme
from server.policy.plan.reading import programme_of, programmes_in

_EVERY = programmes_in()


def _plan_of(county: str) -> Programme:
    plan = programme_of(_EVERY, county)
    assert plan is not None
    return plan


JINGLE, XIPING = _plan_of("140926"), _plan_of("411721")
