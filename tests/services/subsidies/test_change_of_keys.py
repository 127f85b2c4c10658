"""A line of a released batch and its account are sealed anew together, or not at all."""

from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import open_engine
from server.models.sealed_by_hand import of_account
from server.models.subsidy_payment import SubsidyAccount, SubsidyPayment
from server.sealed_text import key_ring, open_text, seal_text
from server.services.subsidies.released import lines_as_released
from server.services.upkeep.resealing import reseal
from tests.services.subsidies.world import NUMBER, RINGS, Money, accounts, approved, released


def test_a_released_batch_is_what_it_was_after_a_change_of_keys(
    engine: Engine, session: Session, money: Money
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    batch, lines = released(session, money, rows)
    one = session.get_one(SubsidyAccount, lines[0].account_id)
    session.commit()
    assert lines_as_released(session, batch)
    session.rollback()
    both = open_engine(engine.url.render_as_string(hide_password=False), [b"8" * 32, b"7" * 32])
    if engine.dialect.name == "postgresql":  # where one is held the other waits, and is left
        for held in (
            select(SubsidyPayment.id).where(SubsidyPayment.account_id == one.id),
            select(SubsidyAccount.id).where(SubsidyAccount.id == one.id),
        ):
            many = len(session.scalars(held.with_for_update()).all())
            assert (many, sum(reseal(both, step=1).left.values())) == (1, 2)
            assert lines_as_released(session, batch)
            session.rollback()
    done = reseal(both, step=1)
    assert (done.left, done.broken, done.rows["subsidy_payments"] > 0) == ({}, {}, True)
    both.dispose()
    session.expire_all()
    assert lines_as_released(session, batch)
    key = one.payee_key
    opened = open_text(
        key_ring([b"8" * 32]), lines[0].number_sealed, about=of_account(key, one.county)
    )
    assert opened.endswith(one.last4)
    session.execute(  # an honest number of the right payee, and not the one that was confirmed
        update(SubsidyPayment).where(SubsidyPayment.id == lines[0].id).values(
            number_sealed=seal_text(RINGS, NUMBER, about=of_account(key, one.county))
        )
    )  # fmt: skip
    assert not lines_as_released(session, batch)
