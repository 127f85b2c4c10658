"""What a county's bodies answer for (duties), and what each may do here by it (deeds)."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from server.labelled import Labelled


class OrganisationType(Labelled):
    """What kind of body it is; a regulator and a postal enterprise are never the same."""

    DEPARTMENT = "department", "政府部门"
    REGULATOR = "regulator", "监管部门"
    POSTAL_ENTERPRISE = "postal_enterprise", "邮政企业"
    COOPERATIVE_UNION = "cooperative_union", "供销社"
    ENTERPRISE = "enterprise", "企业"
    TOWNSHIP_GOVERNMENT = "township_government", "乡镇"


class Duty(Labelled):
    """What a body answers for by a plan, or by the county's own decision."""

    TASK_FORCE = "task_force", "专班成员"
    TASK_FORCE_OFFICE = "task_force_office", "专班办公室"
    LEAD_UNIT = "lead_unit", "牵头单位"
    RESPONSIBLE_BODY = "responsible_body", "责任主体"
    DISPATCH = "dispatch", "调度"
    INSPECTION = "inspection", "督导验收"
    SUBSIDY_PAYMENT = "subsidy_payment", "拨付补助"
    OUTBOUND_REVIEW = "outbound_review", "上行审核"
    INBOUND_REVIEW = "inbound_review", "下行审核"
    OPERATOR_MANAGEMENT = "operator_management", "企业动态管理"
    STATIONS = "stations", "站点建设"
    FILING = "filing", "末端备案"
    MARKET_ORDER = "market_order", "服务规范化治理"
    ENFORCEMENT = "enforcement", "查处违法行为"
    HUB_OPERATOR = "hub_operator", "县级中心运营"
    OPERATOR = "operator", "运营企业"
    MODES = "modes", "推进合作模式"
    POLICY_SUPPORT = "policy_support", "政策支持"
    PUBLICITY = "publicity", "宣传"
    AUDIT = "audit", "审计"


class Deed(Labelled):
    """What somebody may do here; who may is asked by `scope.may_do`."""

    RECORD_PROBLEM = "record_problem", "记录问题"
    REFER = "refer", "移交问题"
    DISPATCH = "dispatch", "发起调度"
    SPOT_CHECK = "spot_check", "抽查"
    INSPECT = "inspect", "督导验收"
    REVIEW_INBOUND = "review_inbound", "审核下行补助材料"
    REVIEW_OUTBOUND = "review_outbound", "审核上行补助材料"
    REVIEW_ONCE = "review_once", "审核一次性补贴材料"
    PAY = "pay", "登记补助拨付"
    DECIDE_OPERATORS = "decide_operators", "决定企业动态调整"
    REPORT = "report", "报送每月进展"
    ACCEPT_REPORTS = "accept_reports", "审核每月报送"
    ASSESS = "assess", "考核"
    CIRCULATE = "circulate", "通报"
    HAND_ON = "hand_on", "移送问责线索"
    MEND = "mend", "落实整改"
    RUN_HUB = "run_hub", "登记县级中心情况"
    RECORD_FILINGS = "record_filings", "登记末端备案办到哪一步"
    PUNISH = "punish", "查处"


DEEDS: Mapping[Duty, frozenset[Deed]] = MappingProxyType(
    {
        Duty.TASK_FORCE: frozenset({Deed.RECORD_PROBLEM, Deed.REPORT}),
        Duty.TASK_FORCE_OFFICE: frozenset(
            {Deed.RECORD_PROBLEM, Deed.REFER, Deed.DISPATCH, Deed.ASSESS, Deed.CIRCULATE}
        ),
        Duty.LEAD_UNIT: frozenset({Deed.RECORD_PROBLEM, Deed.REFER}),
        Duty.RESPONSIBLE_BODY: frozenset({Deed.RECORD_PROBLEM, Deed.MEND, Deed.REVIEW_ONCE}),
        Duty.DISPATCH: frozenset({Deed.RECORD_PROBLEM, Deed.REFER, Deed.DISPATCH}),
        Duty.INSPECTION: frozenset({Deed.RECORD_PROBLEM, Deed.INSPECT}),
        Duty.SUBSIDY_PAYMENT: frozenset({Deed.PAY, Deed.REVIEW_ONCE}),
        Duty.OUTBOUND_REVIEW: frozenset(
            {Deed.RECORD_PROBLEM, Deed.SPOT_CHECK, Deed.REVIEW_OUTBOUND}
        ),
        Duty.INBOUND_REVIEW: frozenset({Deed.RECORD_PROBLEM, Deed.SPOT_CHECK, Deed.REVIEW_INBOUND}),
        Duty.OPERATOR_MANAGEMENT: frozenset({Deed.RECORD_PROBLEM, Deed.DECIDE_OPERATORS}),
        Duty.STATIONS: frozenset(),
        Duty.FILING: frozenset({Deed.RECORD_PROBLEM, Deed.RECORD_FILINGS}),
        Duty.MARKET_ORDER: frozenset({Deed.RECORD_PROBLEM, Deed.REFER}),
        Duty.ENFORCEMENT: frozenset({Deed.RECORD_PROBLEM, Deed.PUNISH}),
        Duty.HUB_OPERATOR: frozenset({Deed.RUN_HUB}),
        Duty.OPERATOR: frozenset({Deed.MEND}),
        Duty.MODES: frozenset(),
        Duty.POLICY_SUPPORT: frozenset({Deed.REVIEW_ONCE}),
        Duty.PUBLICITY: frozenset(),
        Duty.AUDIT: frozenset(),
    }
)
"""Which deeds follow from a duty; from some follows nothing that is done here."""

OFFICE_DEEDS = frozenset(
    {
        Deed.RECORD_PROBLEM,
        Deed.REFER,
        Deed.DISPATCH,
        Deed.SPOT_CHECK,
        Deed.INSPECT,
        Deed.DECIDE_OPERATORS,
        Deed.REPORT,
        Deed.ACCEPT_REPORTS,
        Deed.ASSESS,
        Deed.CIRCULATE,
        Deed.HAND_ON,
        Deed.RUN_HUB,
        Deed.RECORD_FILINGS,
    }
)
"""The county office's own deeds, for which it needs no duty; it neither pays nor punishes."""

BY_TYPE: Mapping[Duty, frozenset[OrganisationType]] = MappingProxyType(
    {
        Duty.ENFORCEMENT: frozenset({OrganisationType.REGULATOR}),
        Duty.SUBSIDY_PAYMENT: frozenset({OrganisationType.DEPARTMENT}),
        Duty.AUDIT: frozenset({OrganisationType.DEPARTMENT}),
    }
)
"""Duties that only some kinds of bodies can have: no enterprise 查处, pays or audits."""


DEEDS_OF_TYPE: Mapping[Deed, frozenset[OrganisationType]] = MappingProxyType(
    {Deed.RECORD_FILINGS: frozenset({OrganisationType.REGULATOR})}
)
"""Deeds that a duty gives to some kinds of bodies only: an enterprise that answers for filings
files them, and does not say for the authority that they are filed."""


def deeds_of(kind: OrganisationType, duties: Collection[Duty]) -> frozenset[Deed]:
    """What a body of this kind with these duties may do here.

    查处 is a regulator's alone, whatever is written in its duties (静乐 gives 市场治理 to an
    enterprise, 四（四）: that records and refers).
    """
    found: frozenset[Deed] = frozenset()
    for duty in duties:
        if not cannot_have(kind, duty):
            found |= DEEDS[duty]
    return frozenset(one for one in found if kind in DEEDS_OF_TYPE.get(one, (kind,)))


def cannot_have(kind: OrganisationType, duty: Duty) -> str:
    """Why a body of this kind cannot have this duty, as a sentence; "" where it can."""
    allowed = BY_TYPE.get(duty)
    if allowed is None or kind in allowed:
        return ""
    if duty is Duty.ENFORCEMENT:
        return (
            f"“{duty.label}”只能由监管部门负责，{kind.label}不能勾选。"
            "企业和其他单位可以记录问题、移交监管部门。"
        )
    kinds = "、".join(one.label for one in OrganisationType if one in allowed)
    return f"“{duty.label}”只能由{kinds}负责，{kind.label}不能勾选。"
