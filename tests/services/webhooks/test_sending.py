"""When a message goes out, how often, by whom, and what becomes of what nobody takes."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from standardwebhooks import Webhook, WebhookVerificationError

from server.db import writing
from server.errors import Conflict
from server.http import clock
from server.models.history import HistoryLine
from server.models.webhook import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookState,
    WebhookWay,
)
from server.policy.webhooks import LONGEST_ASKED, headers, new_secret, pause_after
from server.services.common.queues import Asked, QueueLine
from server.services.registry.stations import close_station
from server.services.webhooks.endpoints import rotate, secrets_of, send_test, set_state
from server.services.webhooks.feed import feed_page
from server.services.webhooks.letters import (
    drop,
    replay,
    sent_to,
    tallies,
    tries_of,
    webhooks_queue,
)
from server.services.webhooks.sending import (
    LEASE,
    Answer,
    Taken,
    anything_due,
    forget_old,
    keep,
    next_due,
    put_in_order,
    take,
)
from tests.at_once import pressed_at_once
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.services.webhooks.world import RINGS, receiver

DAY = timedelta(days=1)
BAD, GOOD = Answer(500, 3, said="no"), Answer(204, 3)


@pytest.fixture
def endpoint(session: Session, cast: Cast) -> WebhookEndpoint:
    """A receiver for whom a test message waits."""
    made = receiver(session, cast.county, cast.office).endpoint
    send_test(session, endpoint=made, by=cast.office, now=NOW)
    put_in_order(session, now=NOW)
    session.commit()
    return made


def taken(session: Session, now: datetime, owner: str = "a") -> Taken:
    found = take(session, owner=owner, now=now, ring=RINGS)
    assert found is not None
    return found


@ON_SQLITE
def test_a_message_is_tried_by_the_standards_schedule_and_daily_to_the_twentieth_day(
    session: Session, cast: Cast, endpoint: WebhookEndpoint
) -> None:
    """With every chance of a shorter pause, and with none, at least 25 times within 20 days."""
    for chance in (0.0, 0.999):
        at, tried = NOW, []
        while anything_due(session, now=at):
            one = taken(session, at)
            tried.append(at - NOW)
            assert one.uid == session.scalars(sa.select(WebhookEvent.uid)).one()
            assert keep(session, one, BAD, now=at, chance=chance)
            assert take(session, owner="b", now=at, ring=RINGS) is None  # not before its time
            at = next_due(session) or at
        assert len(tried) >= 25
        assert tried[0] == timedelta(0)
        assert tried[1] <= timedelta(seconds=5)
        assert tried[2] - tried[1] <= timedelta(minutes=5)
        assert tried[9] <= timedelta(hours=75.7)
        assert all(0.9 * DAY <= b - a <= DAY for a, b in pairwise(tried[9:]))
        assert 17 * DAY < tried[-1] <= 20 * DAY
        [dead] = sent_to(session, endpoint=endpoint, state=DeliveryState.DEAD, limit=9)
        assert (dead.tries, dead.last and dead.last.said) == (len(tried), "no")
        replay(session, endpoint=endpoint, ids=[dead.delivery_id], by=cast.office, now=NOW)
    uid = dead.uid
    assert len(tries_of(session, endpoint=endpoint, uid=uid)) == 2 * len(tried)
    assert keep(session, taken(session, NOW), GOOD, now=NOW, chance=0)
    assert tallies(session, county="140926", now=NOW)[endpoint.id].done == 1
    assert pause_after(3, chance=0.5, asked_s=10**9) == LONGEST_ASKED
    assert pause_after(1, chance=0.0, asked_s=60) == timedelta(minutes=1)


@ON_SQLITE
def test_what_was_given_up_waits_for_a_person_in_the_queue(
    session: Session, cast: Cast, endpoint: WebhookEndpoint
) -> None:
    session.execute(sa.update(WebhookDelivery).values(tries=99))
    keep(session, taken(session, NOW), BAD, now=NOW + 3 * DAY, chance=0)
    asked = Asked(cast.office, NOW)
    assert webhooks_queue(session, asked) == QueueLine(1, TODAY + 3 * DAY)
    assert webhooks_queue(session, Asked(cast.outsider, NOW)).number == 0
    assert drop(session, endpoint=endpoint, seen=1, by=cast.office, now=NOW) == 1
    assert webhooks_queue(session, asked).number == 0
    with pytest.raises(Conflict, match="没有要处理的消息"):
        replay(session, endpoint=endpoint, ids=None, by=cast.office, now=NOW)


def test_a_receiver_that_says_gone_is_stopped_and_told_of(
    session: Session, cast: Cast, endpoint: WebhookEndpoint
) -> None:
    assert keep(session, taken(session, NOW), Answer(410, 3), now=NOW, chance=0)
    session.commit()
    assert endpoint.state is WebhookState.GONE
    assert webhooks_queue(session, Asked(cast.office, NOW)).number == 1
    [line] = session.scalars(sa.select(HistoryLine).where(HistoryLine.action == "webhook-gone"))
    assert (line.person_id, "不再接收" in line.summary) == (None, True)
    close_station(session, station=cast.c1, by=cast.office, now=NOW, on=TODAY, reason="停业")
    assert put_in_order(session, now=NOW) == 1
    assert not anything_due(session, now=NOW + 30 * DAY)  # what is for it waits, all of it
    assert tallies(session, county="140926", now=NOW)[endpoint.id].due == 2
    with pytest.raises(Conflict, match="先恢复再试发"):
        send_test(session, endpoint=endpoint, by=cast.office, now=NOW)
    set_state(session, endpoint=endpoint, state=WebhookState.ACTIVE, by=cast.office, now=NOW)
    assert taken(session, NOW + DAY).endpoint_id == endpoint.id


def test_two_senders_never_have_the_same_and_a_dead_ones_goes_out_again(
    engine: Engine, session: Session, cast: Cast, endpoint: WebhookEndpoint
) -> None:
    for _ in range(3):
        send_test(session, endpoint=endpoint, by=cast.office, now=NOW)
    session.commit()
    with writing(engine) as own:
        put_in_order(own, now=NOW)
    mine: list[Taken] = []

    def one(own: Session, _by: object) -> None:
        mine.append(taken(own, NOW, owner=f"sender {len(mine)}"))

    assert pressed_at_once(engine, cast.office, one, one) == ["kept", "kept"]
    assert len({each.id for each in mine}) == 2
    with writing(engine) as first, Session(engine) as second:
        held = taken(first, NOW, "c")
        if engine.dialect.name == "postgresql":  # not committed yet: the next one, not this
            other = taken(second, NOW, "d")
            assert other.id not in {held.id, *(each.id for each in mine)}
            second.rollback()

    died = min(
        mine, key=lambda each: each.id
    )  # it was sent; its sender died before it could write so down
    with writing(engine) as own:
        taken(own, NOW, "e")
        assert take(own, owner="f", now=NOW, ring=RINGS) is None
        assert next_due(own) == NOW + LEASE
    later = NOW + LEASE + timedelta(seconds=1)
    with writing(engine) as own:
        again = taken(own, later, "g")
        assert (again.id, again.uid, again.body) == (died.id, died.uid, died.body)
        assert again.tries == 2
    with writing(engine) as own:
        assert not keep(own, died, GOOD, now=later, chance=0)  # back from the dead: it is another's
    with writing(engine) as own:
        assert keep(own, again, GOOD, now=later, chance=0)


def test_numbers_come_in_the_order_of_commits_without_a_gap(
    engine: Engine, session: Session, cast: Cast
) -> None:
    """A reader of the feed that has seen number n never misses one that was committed later."""
    endpoint = receiver(session, cast.county, cast.office, way=WebhookWay.FEED, url="").endpoint
    other = receiver(session, cast.county, cast.office, name="别家", url="https://b.cn/").endpoint
    session.commit()
    if engine.dialect.name == "postgresql":
        slow = Session(engine)
        send_test(
            slow, endpoint=slow.get_one(WebhookEndpoint, endpoint.id), by=cast.office, now=NOW
        )
        send_test(session, endpoint=endpoint, by=cast.office, now=NOW)
        session.commit()
        with writing(engine) as own:
            assert put_in_order(own, now=NOW) == 1
        slow.commit()
        slow.close()
    else:
        for _ in range(2):
            send_test(session, endpoint=endpoint, by=cast.office, now=NOW)
        session.commit()
    send_test(session, endpoint=other, by=cast.office, now=NOW)
    session.commit()

    def number(own: Session, _by: object) -> None:
        put_in_order(own, now=NOW)

    assert pressed_at_once(engine, cast.office, number, number) == ["kept", "kept"]
    seqs = session.scalars(sa.select(WebhookEvent.seq).order_by(WebhookEvent.seq)).all()
    assert seqs == [1, 2, 3]
    assert session.scalar(sa.select(sa.func.count()).select_from(WebhookDelivery)) == 1

    first = json.loads(feed_page(session, endpoint=endpoint, after=0, limit=1).body)
    assert [one["seq"] for one in first["messages"]] == [1]
    assert (first["more"], first["missed"], first["next"]) == (True, False, 1)
    rest = feed_page(session, endpoint=endpoint, after=1)
    assert [one["seq"] for one in json.loads(rest.body)["messages"]] == [2]  # 3 is another's
    assert rest.tag == feed_page(session, endpoint=endpoint, after=1).tag
    end = json.loads(feed_page(session, endpoint=endpoint, after=2).body)
    assert (end["messages"], end["more"], end["next"]) == ([], False, 2)
    with writing(engine) as own:
        own.execute(sa.update(WebhookDelivery).values(state=DeliveryState.DONE))
        assert forget_old(own, now=NOW + 61 * DAY) == 2  # never the newest: numbers go on from it
    session.rollback()
    late = json.loads(feed_page(session, endpoint=endpoint, after=1).body)
    assert (late["messages"], late["missed"]) == ([], True)


@ON_SQLITE
def test_a_feed_hides_nothing_after_a_backup_or_from_a_clock_set_back(
    session: Session, cast: Cast
) -> None:
    """The numbers of a county that was brought back begin again below what its receiver has."""
    ours = {"way": WebhookWay.FEED, "url": "", "now": NOW + 2 * DAY}  # by a clock that ran ahead
    feed = receiver(session, cast.county, cast.office, **ours).endpoint
    assert json.loads(feed_page(session, endpoint=feed, after=9).body) == {
        "messages": [], "more": False, "missed": True, "next": 0,
    }  # fmt: skip
    for _ in range(2):
        send_test(session, endpoint=feed, by=cast.office, now=NOW)
    put_in_order(session, now=NOW)

    ahead = json.loads(feed_page(session, endpoint=feed, after=9, limit=1).body)
    assert ([one["seq"] for one in ahead["messages"]], ahead["missed"]) == ([1], True)
    rest = json.loads(feed_page(session, endpoint=feed, after=ahead["next"]).body)
    assert ([one["seq"] for one in rest["messages"]], rest["missed"]) == ([2], False)


@ON_SQLITE
def test_both_secrets_sign_for_a_day_and_each_verifies(
    session: Session, cast: Cast, endpoint: WebhookEndpoint
) -> None:
    """The library of the standard is the receiver, with the former secret and with the new one."""
    at = clock.now()
    [old] = secrets_of(endpoint, ring=RINGS, now=at)
    made = rotate(session, endpoint=endpoint, ring=RINGS, by=cast.office, now=at)
    assert made.secret not in endpoint.secret_sealed
    both = secrets_of(endpoint, ring=RINGS, now=at + DAY - timedelta(seconds=1))
    assert both == [made.secret, old]
    body = '{"名":"马家沟"}'.encode()
    sent = headers(both, uid="evt_1", at_s=int(at.timestamp()), body=body)
    for secret in both:
        assert Webhook(secret).verify(body, sent) == {"名": "马家沟"}
    assert secrets_of(endpoint, ring=RINGS, now=at + DAY) == [made.secret]
    alone = headers([made.secret], uid="evt_1", at_s=int(at.timestamp()), body=body)
    for wrong, given_headers in ((old, alone), (made.secret, sent | {"webhook-id": "evt_2"})):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong).verify(body, given_headers)


@ON_SQLITE
def test_a_second_click_takes_no_secret_away_that_a_receiver_may_have(
    session: Session, cast: Cast, endpoint: WebhookEndpoint
) -> None:
    """Told that the former is good for a day, the receiver still has the one of before."""
    at = clock.now()
    [first] = secrets_of(endpoint, ring=RINGS, now=at)
    made = [
        rotate(session, endpoint=endpoint, ring=RINGS, by=cast.office, now=at).secret
        for _ in range(6)
    ]
    assert secrets_of(endpoint, ring=RINGS, now=at) == [made[5], made[4], made[3], first]
    assert len(endpoint.previous_sealed or "") <= 400

    # "请换密钥": where the key is lost, a new secret has to sign at once.
    endpoint.secret_sealed = endpoint.previous_sealed = "nobody-opens-this"
    new = rotate(session, endpoint=endpoint, ring=RINGS, by=cast.office, now=at).secret
    assert secrets_of(endpoint, ring=RINGS, now=at) == [new]


@given(
    raw=st.binary(min_size=24, max_size=64),
    body=st.text(max_size=200),
    uid=st.text("ab_-1", min_size=1),
)
def test_our_signature_is_the_librarys(raw: bytes, body: str, uid: str) -> None:
    secret, at = new_secret(raw), datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert base64.b64decode(secret.removeprefix("whsec_")) == raw
    ours = headers([secret], uid=uid, at_s=int(at.timestamp()), body=body.encode())
    assert ours["webhook-signature"] == Webhook(secret).sign(uid, at, body)
