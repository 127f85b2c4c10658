"""The tables of open data: stations, events, findings, counts, subsidies, column by column.

Nothing in them is of a person: no names, telephones, accounts or positions of keepers, and no text
that somebody wrote freely.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from server.models.county import Division, Operator
from server.models.inspection import Campaign, Inspection, InspectionOutcome, Visit
from server.models.month import MonthApproval
from server.models.person import Person, Role
from server.models.phone_event import CheckIn, EventKind, ParcelCount, PhoneEvent, ScanMethod
from server.models.programme import CountyProgramme
from server.models.station import Stage, Station
from server.models.subsidy import EntitlementState, SubsidyCycle, SubsidyEntitlement
from server.policy.hours import hours_lines
from server.policy.plan.subsidies import PayeeKind, SchemeKind
from server.policy.standard.facts import Level, Ownership, Word
from server.policy.standard.standards import RuleLevel
from server.policy.standard.verdicts import Verdict
from server.services.opendata.columns import Column, Shape, Table
from server.services.registry.fields import COOP_MODES, SERVICES

_Township, _Village = aliased(Division), aliased(Division)


def _words(words: Mapping[str, str]) -> Any:
    return lambda kept: [words.get(one, one) for one in kept]


_STATION = (
    Column("station_id", "站点内部号", Shape.INTEGER, "本系统里站点的号，不会变，也不会再用",
           Station.id),
    Column("station_code", "站点编号", Shape.TEXT, "统一编号，如 C0001；还没有编号的为空",
           Station.code),
    Column("station", "站点名称", Shape.TEXT, "登记的站点名称", Station.name),
    Column("township_code", "乡镇代码", Shape.TEXT, "九位区划代码", Station.township_code),
    Column("township", "乡镇", Shape.TEXT, "乡镇名称", _Township.name),
)  # fmt: skip


def _with_township(stations: Any) -> sa.FromClause:
    return sa.join(stations, _Township, _Township.code == Station.township_code, isouter=True)


def _with_station(noun: Any) -> sa.FromClause:
    return _with_township(sa.join(noun, Station, noun.station_id == Station.id))


def _demo(noun: Any) -> Column:
    return Column("demo", "演示数据", Shape.YES_NO, "是否演示数据，不是真实情况", noun.demo)


STATIONS = Table(
    "stations",
    "站点",
    "登记簿里的每一个站点，拟建、在用、停业的都在内。",
    (
        *_STATION,
        Column("level", "级别", Shape.CODE, "县级中心、乡镇站点或村级站点", Station.level,
               codes=Level.labels()),
        Column("stage", "建设情况", Shape.CODE, "拟建，或者怎样建成的", Station.stage,
               codes=Stage.labels()),
        Column("village_code", "村代码", Shape.TEXT, "十二位区划代码", Station.village_code),
        Column("village", "村", Shape.TEXT, "村的名称", _Village.short_name),
        Column("address", "地址", Shape.TEXT, "站点对外的地址", Station.address),
        Column("ownership", "开办方式", Shape.CODE, "自营或合作开办", Station.ownership,
               codes=Ownership.labels()),
        Column("coop_modes", "合作模式", Shape.LIST, "邮快合作、快快合作等", Station.coop_modes,
               _words(COOP_MODES)),
        Column("operator", "运营企业", Shape.TEXT, "登记的运营企业名称", Operator.name),
        Column("venue", "场所类型", Shape.TEXT, "村委会、超市、邮政所等", Station.venue),
        Column("hours", "营业时间", Shape.LIST, "登记的营业时间，一组日子一条", Station.hours,
               lambda kept: list(hours_lines(kept))),
        Column("services", "业务", Shape.LIST, "寄递、投递、农产品上行等", Station.services,
               _words(SERVICES)),
        Column("latitude", "纬度", Shape.NUMBER, "WGS-84，度；没有登记位置的为空",
               Station.latitude),
        Column("longitude", "经度", Shape.NUMBER, "WGS-84，度；没有登记位置的为空",
               Station.longitude),
        Column("opened_on", "开办日期", Shape.DAY, "登记的开办日期", Station.opened_on),
        Column("closed_on", "停业日期", Shape.DAY, "停业的站点才有", Station.closed_on),
        Column("filed_on", "备案日期", Shape.DAY, "末端网点备案的日期；没有备案的为空",
               Station.filed_on),
        Column("filing_number", "备案编号", Shape.TEXT, "末端网点备案的编号",
               Station.filing_number),
        _demo(Station),
    ),
    _with_township(Station)
    .join(_Village, _Village.code == Station.village_code, isouter=True)
    .join(Operator, Operator.id == Station.operator_id, isouter=True),
    Station.county,
    (Station.id,),
)  # fmt: skip

# What somebody agrees to is nobody else's.
_GIVEN = {one: told for one, told in EventKind.labels().items() if one != EventKind.CONSENT}
EVENTS = Table(
    "events",
    "记录",
    "手机交上来的每一条记录：签到、件数、照片、督导、整改、说明、开门情况。只增加，不修改；暗访不给。",
    (
        Column("event_id", "记录号", Shape.TEXT, "手机生成的唯一号", PhoneEvent.id, str),
        Column("kind", "种类", Shape.CODE, "是哪一种记录", PhoneEvent.kind,
               codes=_GIVEN),
        *_STATION,
        Column("day_on", "哪一天的", Shape.DAY, "记录说的是哪一天", PhoneEvent.day_on),
        Column("occurred_at", "发生时刻", Shape.MOMENT, "按服务器校正过的手机时间",
               PhoneEvent.occurred_at),
        Column("time_verified", "时间可信", Shape.YES_NO,
               "手机时间是否核对过；签到的，断网时没法证明的也是否",
               sa.func.coalesce(CheckIn.time_verified, PhoneEvent.time_verified)),
        Column("received_at", "收到时刻", Shape.MOMENT, "服务器收到的时刻",
               PhoneEvent.received_at),
        Column("by_role", "谁交的", Shape.CODE, "交记录的人的身份，不含姓名", Person.role,
               codes=Role.labels()),
        Column("method", "签到方式", Shape.CODE, "只有签到才有", CheckIn.method,
               codes=ScanMethod.labels()),
        Column("distance_m", "离站点多远", Shape.NUMBER,
               "签到时手机离登记位置的米数；没有位置的为空", CheckIn.distance_m,
               lambda metres: round(metres, 1)),
        _demo(PhoneEvent),
    ),
    _with_station(PhoneEvent)
    .join(Person, Person.id == PhoneEvent.person_id)
    .join(CheckIn, CheckIn.id == PhoneEvent.id, isouter=True),
    PhoneEvent.county,
    (PhoneEvent.received_at, PhoneEvent.id),
    day=PhoneEvent.day_on,
    day_label="记录说的那一天",
    where=(
        PhoneEvent.kind != EventKind.CONSENT,
        (PhoneEvent.kind != EventKind.INSPECTION) | ~Inspection.is_secret(PhoneEvent.id),
    ),
    arrives=PhoneEvent.received_at,
)  # fmt: skip


def _of_finding(name: str) -> Any:
    return lambda finding: finding.get(name)


def _since(finding: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(finding["since"]) if finding.get("since") else None


FINDINGS = Table(
    "findings",
    "督导结论",
    "督导记录里每一条标准的结论，按签字时冻结的内容；更正过的只给最新一版，不计入的和暗访不给。",
    (
        Column("inspection_id", "督导记录号", Shape.TEXT, "同一次督导的各条相同", Inspection.id,
               str),
        Column("version", "第几版", Shape.INTEGER, "更正一次加一", Inspection.version),
        *_STATION,
        Column("day_on", "督导日期", Shape.DAY, "督导的那一天", Inspection.day_on),
        Column("round", "督导批次", Shape.TEXT, "日常检查的为空", Campaign.name),
        Column("outcome", "怎样结束", Shape.CODE, "双方签字、拒签、锁门等", Inspection.outcome,
               codes=InspectionOutcome.labels()),
        Column("standard", "标准", Shape.TEXT, "按哪一份标准，本系统里的代号",
               turn=_of_finding("standard")),
        Column("rule", "条目代号", Shape.TEXT, "标准里这一条的代号", turn=_of_finding("code")),
        Column("clause", "条款", Shape.TEXT, "标准原文的条款号", turn=_of_finding("clause")),
        Column("title", "条目", Shape.TEXT, "这一条说的是什么", turn=_of_finding("title")),
        Column("rule_level", "应或宜", Shape.CODE, "“应”是必须，“宜”是提倡",
               turn=_of_finding("level"), codes=RuleLevel.labels()),
        Column("verdict", "结论", Shape.CODE, "“未知”是没有人说清，不是不符合",
               turn=_of_finding("verdict"), codes=Verdict.labels()),
        Column("counts_against", "记为问题", Shape.YES_NO, "是否算这个站的问题",
               turn=_of_finding("counts_against")),
        Column("word", "凭谁的话", Shape.CODE, "结论依据的是谁说的", turn=_of_finding("word"),
               codes=Word.labels()),
        Column("since_on", "从哪天起", Shape.DAY, "这个结论从哪天起一直如此；不知道的为空",
               turn=_since),
        _demo(Inspection),
    ),
    _with_station(Inspection)
    .join(Visit, Visit.id == Inspection.visit_id, isouter=True)
    .join(Campaign, Campaign.id == Visit.campaign_id, isouter=True),
    Inspection.county,
    (Inspection.received_at, Inspection.id),
    day=Inspection.day_on,
    day_label="督导的那一天",
    where=(Inspection.holds(),),
    pieces=Inspection.findings,
)  # fmt: skip


def _month(day: Any) -> Any:
    """The month of a day as text, "2023-07", alike on both engines."""
    return sa.func.substr(sa.cast(day, sa.String), 1, 7)


_OF_ITS_MONTH = (
    MonthApproval.county == ParcelCount.county,
    _month(MonthApproval.month_on) == _month(ParcelCount.day_on),
)
_APPROVED = sa.select(MonthApproval.id).where(*_OF_ITS_MONTH).correlate(ParcelCount).exists()
_AFTER = (
    sa.select(MonthApproval.id)
    .where(
        *_OF_ITS_MONTH,
        sa.select(PhoneEvent.received_at)
        .where(PhoneEvent.id == ParcelCount.id)
        .correlate(ParcelCount)
        .scalar_subquery()
        > MonthApproval.approved_at,
    )
    .correlate(ParcelCount)
    .exists()
)

COUNTS = Table(
    "counts",
    "件数",
    "每个站每一天的件数，只给现在作数的一版。",
    (
        *_STATION,
        Column("day_on", "日期", Shape.DAY, "哪一天的件数", ParcelCount.day_on),
        Column("received", "收到", Shape.INTEGER, "件", ParcelCount.received),
        Column("sent", "寄出", Shape.INTEGER, "件", ParcelCount.sent),
        Column("agri_sent", "农产品寄出", Shape.INTEGER, "件，是寄出里的一部分",
               ParcelCount.agri_sent),
        Column("on_hand", "没取走", Shape.INTEGER, "打烊时还没取走的件", ParcelCount.on_hand),
        Column("by_brand", "各品牌", Shape.BY_NAME, "分品牌报的件数；没有分开报的为空",
               ParcelCount.by_brand),
        Column("version", "第几版", Shape.INTEGER, "更正一次加一", ParcelCount.version),
        Column("entered_at", "填报时刻", Shape.MOMENT, "这一版是什么时候填的",
               ParcelCount.entered_at),
        Column("month_approved", "当月已核准", Shape.YES_NO, "县专班是否核准了这个月的件数",
               _APPROVED.label("month_approved"), bool),
        Column("after_approval", "核准后才来", Shape.YES_NO,
               "这一版是核准以后才来的，不在核准的数里", _AFTER.label("after_approval"), bool),
        _demo(ParcelCount),
    ),
    _with_station(ParcelCount),
    ParcelCount.county,
    (ParcelCount.day_on, ParcelCount.station_id),
    day=ParcelCount.day_on,
    day_label="件数的那一天",
    where=(ParcelCount.holds(),),
)  # fmt: skip

# A keeper's name is a person's: only firms and stations are named as payees.
_PAYEE = sa.case(
    (SubsidyEntitlement.payee_kind != PayeeKind.KEEPER, SubsidyEntitlement.payee_name),
    else_=None,
)

SUBSIDIES = Table(
    "subsidies",
    "补贴",
    "每一笔补贴从算好到拨付；没有银行账号，付给站长的不写姓名。",
    (
        Column("subsidy_id", "补贴号", Shape.INTEGER, "本系统里的号", SubsidyEntitlement.id),
        *_STATION,
        Column("programme", "方案", Shape.TEXT, "按哪一份方案", CountyProgramme.name),
        Column("scheme", "补贴项目", Shape.TEXT, "方案里这一项的代号", SubsidyEntitlement.scheme),
        Column("scheme_kind", "怎么算", Shape.CODE, "一次性，或者按件、按单",
               SubsidyEntitlement.kind, codes=SchemeKind.labels()),
        Column("period", "哪一期", Shape.TEXT, "月份（2023-07）或年份（2022）",
               SubsidyCycle.period),
        Column("payee_kind", "付给谁", Shape.CODE, "企业、站点或站长",
               SubsidyEntitlement.payee_kind, codes=PayeeKind.labels()),
        Column("payee", "收款方", Shape.TEXT, "企业或站点的名称；付给站长的为空",
               _PAYEE.label("payee")),
        Column("amount_fen", "金额（分）", Shape.INTEGER, "以后更正的差额可以是负数",
               SubsidyEntitlement.amount_fen),
        Column("amount_yuan", "金额（元）", Shape.NUMBER, "同一金额，最多两位小数",
               SubsidyEntitlement.amount_fen.label("amount_yuan"), lambda fen: fen / 100),
        Column("state", "办到哪一步", Shape.CODE, "审核退回、撤下、冲回的不付",
               SubsidyEntitlement.state, codes=EntitlementState.labels()),
        Column("corrects_id", "更正哪一笔", Shape.INTEGER, "只有更正的差额才有",
               SubsidyEntitlement.corrects_id),
        Column("proposed_at", "算好的时刻", Shape.MOMENT, "从哪一刻起等审核",
               SubsidyEntitlement.proposed_at),
        Column("reviewed_at", "审核的时刻", Shape.MOMENT, "审核单位都看过的那一刻",
               SubsidyEntitlement.reviewed_at),
        Column("approved_at", "批准的时刻", Shape.MOMENT, "财政批准的那一刻",
               SubsidyEntitlement.approved_at),
        Column("paid_on", "付款日期", Shape.DAY, "银行名单或付款凭证上的日期",
               SubsidyEntitlement.paid_on),
        Column("ended_at", "了结的时刻", Shape.MOMENT, "退回、撤下或冲回的时刻",
               SubsidyEntitlement.ended_at),
        Column("contents_sha256", "依据的校验值", Shape.TEXT, "算出金额的全部依据的 SHA-256",
               SubsidyEntitlement.contents_sha256),
    ),
    _with_station(SubsidyEntitlement)
    .join(SubsidyCycle, SubsidyCycle.id == SubsidyEntitlement.cycle_id)
    .join(CountyProgramme, CountyProgramme.id == SubsidyEntitlement.programme_id),
    SubsidyEntitlement.county,
    (SubsidyEntitlement.id,),
    day=SubsidyEntitlement.proposed_at,
    day_label="算好的那一天",
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    one.name: one for one in (STATIONS, EVENTS, FINDINGS, COUNTS, SUBSIDIES)
}
