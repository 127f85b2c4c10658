"""What older versions told in words alone has its code after the update."""

from alembic import command
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.county import DivisionAlias
from server.models.matter import MatterStep
from server.models.subsidy_order import SubsidyOrder, SubsidyOrderFile
from server.policy.plan.subsidy_orders import Unpaid
from server.schema import config_for, drift, upgrade
from server.services.matters.handling import refer
from tests.factories import NOW, make_cast
from tests.services.matters.brought import IN_TEN_DAYS, referred

WORDED = (
    ("", None),
    ("不是农副产品", Unpaid.NOT_FARM),
    ("没有写明是不是农副产品", Unpaid.FARM_UNSAID),
    ("没有写品名", Unpaid.PRODUCT_UNSAID),
    ("没有写在哪个电商平台上卖的", Unpaid.PLATFORM_UNSAID),
    ("“集市”不是电商平台", Unpaid.NO_SHOP),
    ("没有写寄往哪里", Unpaid.PLACE_UNSAID),
    ("寄往本县，或者分不清是不是本县", Unpaid.HERE),
    ("寄往哪里写得前后不一致（江苏省没有原平市）", Unpaid.CONTRADICTS),
    ("寄往哪里只写到市，分不清是不是本县", Unpaid.PLACE_UNSURE),
    ("订单状态是“已退款”", Unpaid.CALLED_OFF),
)


def test_what_steps_orders_and_payments_said_in_words_alone_gets_its_code(engine: Engine) -> None:
    with Session(engine) as session:
        cast = make_cast(session)
        there = f"township:{cast.other_township.code}"
        matters = [referred(session, cast, to=there, words=one) for one in "甲乙丙"]
        for one in matters[1:]:  # no more with it: the problem itself does not tell
            refer(
                session, matter=one, to=f"operator:{cast.c1.operator_id}", note="改由企业办",
                due_on=IN_TEN_DAYS, by=cast.office, now=NOW,
            )  # fmt: skip
        first = [key for one in matters for key in session.scalars(
            select(MatterStep.id).where(MatterStep.matter_id == one.id, MatterStep.handed_to != "")
            .order_by(MatterStep.id).limit(1)
        )]  # fmt: skip
        session.get_one(MatterStep, first[2]).handed_to = "杜家乡"  # as it was called once
        session.add(
            DivisionAlias(
                county="140926", division_code=cast.other_township.code, alias="杜家乡", source=""
            )
        )
        file = SubsidyOrderFile(
            county="140926", operator_id=cast.c1.operator_id, file_name="x", lines=1,
            file_sha256="0" * 64, entered_by=cast.office.id, entered_at=NOW,
        )  # fmt: skip
        session.add(file)
        session.flush()
        session.add_all(
            SubsidyOrder(
                county="140926", file_id=file.id, file_row=row, station_id=cast.c1.id,
                operator_id=cast.c1.operator_id, order_no=f"P{row}", day_on=NOW.date(), product="",
                platform="", destination="", why_not=words,
            )
            for row, (words, _) in enumerate(WORDED)
        )  # fmt: skip
        session.commit()
        code = cast.other_township.code
    command.downgrade(config_for(engine), "0070")
    upgrade(engine)

    with Session(engine) as session:
        steps = select(MatterStep.handed_township).where(MatterStep.handed_to != "")
        assert session.scalars(steps.order_by(MatterStep.matter_id, MatterStep.id)).all() == [
            code, code, None, code, None,
        ]  # fmt: skip
        assert session.scalars(select(SubsidyOrder.unpaid).order_by(SubsidyOrder.file_row)).all() == [
            kind for _, kind in WORDED
        ]  # fmt: skip
    assert drift(engine) == []
