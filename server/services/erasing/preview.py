"""Before a person is erased: what stands against it, what goes, what law keeps, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.complaint import Complaint, ComplaintState
from server.models.county import County, Operator
from server.models.inspection import Campaign, Disagreement, Inspection, Visit
from server.models.matter import Matter, MatterStage
from server.models.organisation import Organisation
from server.models.person import Keeping, Person
from server.models.phone_event import PhoneEvent, Photo
from server.models.reading import ReviewItem, ReviewState
from server.models.request import KeeperRequest, RequestState
from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import PaymentState, SubsidyPayment
from server.services.county.retention_options import PAUSED_LABEL, retention_options
from server.services.erasing.kept import Ground, Kept
from server.services.erasing.names import namesake_of
from server.services.people.others import digits_of
from server.services.retention.holds import referred_stations

VOUCHER_YEARS = 30
SHORTEST_NUMBER = 7  # digits; fewer are no telephone


@dataclass(frozen=True, slots=True)
class Preview:
    """What erasing a person would do; `against` are the reasons why it cannot be done yet.

    `namesake` says who else is called so: then only what is surely this person's is erased.
    """

    against: tuple[str, ...]
    goes: tuple[str, ...]
    stays: tuple[Ground, ...]
    namesake: str


def payee_key(person: Person) -> str:
    """The person as a payee."""
    return f"person:{person.id}"


def preview_of(session: Session, person: Person) -> Preview:
    """Everything that is to be known before; reads only."""
    return Preview(
        tuple(_against(session, person)), GOES, tuple(_stays(session, person)),
        namesake_of(session, person),
    )  # fmt: skip


GOES = (
    "姓名、电话、电脑账号和密码、动态码、登录过的手机和电脑、绑定的微信、绑定码、手机自查、没交成的表",
    "签到时的位置（签到的日子和到站的距离留着）、照片里手机写的信息、手机的编号",
    "别处写到的姓名和电话：站点登记、名单导入、乡镇提的变更、站长请求、说明、备注、变更记录，都换成编号",
    "没有用过的收款账户",
)


def _against(session: Session, person: Person) -> Iterator[str]:
    """Why it cannot be done yet, each with what to do first."""
    if person.active:
        yield "账号还在用。请先停用账号。"
    if person.demo:
        yield "这是演示数据里的人，没有真的个人信息。"
    for name in session.scalars(
        sa.select(Station.name)
        .join(Keeping, Keeping.station_id == Station.id)
        .where(Keeping.person_id == person.id, Keeping.until_at.is_(None))
        .order_by(Station.id)
    ):
        yield f"还是{name}的站长。请先办离任。"
    yield from _still_named(session, person)
    yield from _wanted(session, person)
    liaison = sa.select(Organisation.short).where(
        Organisation.liaison_id == person.id, Organisation.until_on.is_(None)
    )
    for name in session.scalars(liaison):
        yield f"还是{name}的联络员。请先换人。"
    for what, noun, where in (
        (
            "补贴没有付完",
            SubsidyEntitlement,
            (SubsidyEntitlement.payee_key == payee_key(person))
            & SubsidyEntitlement.ended_at.is_(None)
            & (SubsidyEntitlement.state != EntitlementState.PAID),
        ),
        (
            "付款没有结果",
            SubsidyPayment,
            (SubsidyPayment.payee_key == payee_key(person))
            & (SubsidyPayment.state == PaymentState.LISTED)
            & SubsidyPayment.ended_at.is_(None),
        ),
        (
            "分派的督导没有做",
            Visit,
            (Visit.inspector_id == person.id)
            & Visit.withdrawn_at.is_(None)
            & Visit.campaign_id.in_(
                sa.select(Campaign.id).where(
                    Campaign.closed_at.is_(None), Campaign.deleted_at.is_(None)
                )
            )
            & ~sa.select(Inspection.id).where(Inspection.visit_id == Visit.id).exists(),
        ),
        (
            "分歧没有裁定",
            Disagreement,
            (Disagreement.keeper_id == person.id) & Disagreement.settled_at.is_(None),
        ),
        (
            "异常提示没有处理",
            IntegritySignal,
            (IntegritySignal.person_id == person.id)
            & (IntegritySignal.state != SignalState.SETTLED),
        ),
        (
            "请求没有办",
            KeeperRequest,
            (KeeperRequest.person_id == person.id) & (KeeperRequest.state == RequestState.WAITING),
        ),
    ):
        if number := session.scalar(sa.select(sa.func.count()).select_from(noun).where(where)):
            yield f"还有{number}件{what}。请先办完。"


def _wanted(session: Session, person: Person) -> Iterator[str]:
    """Who still needs to look into what this person did: nobody erases away what is open."""
    if retention_options(session.get_one(County, person.county)).paused:
        yield f"县里勾着“{PAUSED_LABEL}”。要保全的已经解除，请先在“个人信息保存多久”里去掉勾。"
    at_stations = set(
        session.scalars(
            sa.select(PhoneEvent.station_id).where(PhoneEvent.person_id == person.id).distinct()
        )
    )
    kept = session.execute(
        sa.select(Keeping.station_id, Keeping.until_at).where(Keeping.person_id == person.id)
    ).all()
    at_stations |= {key for key, _ in kept}
    if at_stations & referred_stations(session, person.county):
        yield "移送问责的线索用到这个人在的站，还没有反馈。请等反馈，或者撤回。"
    for key, until in kept:
        for noun, begun, still, what in (
            (Complaint, Complaint.received_at, Complaint.state != ComplaintState.ANSWERED, "投诉"),
            (Matter, Matter.opened_at, Matter.stage != MatterStage.CLOSED, "问题"),
        ):
            asked = sa.select(noun.id).where(noun.station_id == key, still)
            if until is not None:
                asked = asked.where(begun < until)
            if session.scalar(asked.limit(1)) is not None:
                yield f"当站长的时候收到的{what}还没有办完。请先办完。"
    own = sa.select(Photo.id).where(Photo.person_id == person.id)
    doubted = sa.select(ReviewItem.id).where(
        ReviewItem.county == person.county,
        ReviewItem.state == ReviewState.OPEN,
        ReviewItem.photo_id.in_(own),
    )
    if session.scalar(doubted.limit(1)) is not None:
        yield "拍的照片还在复核。请先办完。"


def _still_named(session: Session, person: Person) -> Iterator[str]:
    """What the register says of this person as it is now: a station's head, a firm's contact."""
    kept = set(session.scalars(sa.select(Keeping.station_id).where(Keeping.person_id == person.id)))
    number = digits_of(person.phone or "")
    for key, station, head, phone in session.execute(
        sa.select(Station.id, Station.name, Station.head_name, Station.head_phone)
        .where(Station.county == person.county, Station.closed_on.is_(None))
        .order_by(Station.id)
    ):
        same = len(number) >= SHORTEST_NUMBER and digits_of(phone) == number
        if same or (head == person.name and key in kept):
            yield f"{station}登记的负责人还是这个人。请先改站点登记。"
    for key, firm, name, phone in session.execute(
        sa.select(Operator.id, Operator.name, Operator.contact_name, Operator.contact_phone)
        .where(Operator.county == person.county)
        .order_by(Operator.id)
    ):
        same = len(number) >= SHORTEST_NUMBER and digits_of(phone) == number
        if same or (name == person.name and key == person.operator_id):
            yield f"{firm}登记的联系人还是这个人。请先改企业资料。"


def _stays(session: Session, person: Person) -> Iterator[Ground]:
    """What law keeps of this very person; what it keeps of a county's papers is always said."""
    money = SubsidyPayment.payee_key == payee_key(person)
    paid = session.scalar(sa.select(sa.func.max(SubsidyPayment.paid_on)).where(money))
    promised = sa.select(SubsidyEntitlement.id).where(
        SubsidyEntitlement.payee_key == payee_key(person)
    )
    if paid is not None or session.scalar(promised.limit(1)):
        ground = Kept.MONEY.value
        if paid is not None:
            until = f"{ground.until}：到{paid.year + VOUCHER_YEARS}年12月31日"
            ground = ground._replace(until=until)
        yield ground
    signed = sa.select(Inspection.id).where(
        (Inspection.inspector_id == person.id)
        | (Inspection.second_inspector_id == person.id)
        | (Inspection.confirmed_by == person.id)
        | (
            (Inspection.keeper_name == person.name)
            & Inspection.station_id.in_(
                sa.select(Keeping.station_id).where(Keeping.person_id == person.id)
            )
        )
    )
    if session.scalar(signed.limit(1)):
        yield Kept.SIGNED.value
    yield from (Kept.FILED.value, Kept.CASES.value, Kept.CHAIN.value)
