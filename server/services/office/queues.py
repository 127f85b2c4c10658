"""The registry of queues: everything that waits for somebody at the desk, one line for each.

A new queue is a line in `QUEUES` here and its link in `desk/frame/queues.py`; the first page and
the menu then show it. It counts with one query in the wing that owns the noun (`common/queues.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from server.models.person import Role
from server.services.audit.checks import chain_queue
from server.services.common.queues import Asked, QueueLine
from server.services.complaints import lists as complaints
from server.services.coverage.agreements import agreements_queue
from server.services.days.month_queue import months_queue
from server.services.days.reconciliation_queue import reconciliation_queue
from server.services.inspections.disagreements import disagreements_queue
from server.services.inspections.looking import differing_queue
from server.services.intake.double_records import doubles_queue
from server.services.intake.unsent_imports import cut_off_queue
from server.services.matters import queues as matters
from server.services.mending.queues import answered_queue, late_queue, letters_queue
from server.services.people.scope import (
    HANDLING,
    HANDS,
    KEEPS_MONEY,
    KEEPS_WEBHOOKS,
    MAY_HEAD,
    OFFICE,
    PAYS,
    PROPOSING,
    REPORTING,
    REVIEWS_MONEY,
    TOWNSHIP,
)
from server.services.people.unbound import unbound_queue, without_keeper_queue
from server.services.registry.acceptance_views import acceptances_queue
from server.services.registry.filing_queues import (
    filings_asked_queue,
    filings_late_queue,
    filings_pending_queue,
    filings_soon_queue,
)
from server.services.registry.proposal_views import proposals_queue, returned_queue
from server.services.reporting.queues import (
    reports_due_queue,
    reports_queue,
    reports_returned_queue,
)
from server.services.requests.lists import requests_queue
from server.services.review.lists import reviews_queue
from server.services.rounds.reports import unreported_queue
from server.services.signals.lists import signals_queue
from server.services.subsidies import queues as money
from server.services.webhooks.letters import webhooks_queue


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, in words, and who is to do it; `say` is what to do about it, `unit` of what."""

    key: str
    label: str
    unit: str
    say: str
    who: tuple[Role, ...]
    count: Callable[[Session, Asked], QueueLine]


class Waiting(NamedTuple):
    """A queue that is somebody's, and how it stands."""

    queue: Queue
    line: QueueLine


# In the order of the first page: what has a deadline, what people wait for, what is a day's work.
QUEUES = (
    Queue(
        "chain",
        "存证对不上",
        "处",
        "记录可能被绕过程序改动过，看是哪一行。",
        OFFICE,
        chain_queue,
    ),
    Queue(
        "webhooks",
        "数据推送要处理",
        "个",
        "对方不再收，或有消息一直没送到。",
        KEEPS_WEBHOOKS,
        webhooks_queue,
    ),
    Queue("mends-late", "整改逾期没交", "条", "催一催站长，或退到乡镇盯着。", HANDLING, late_queue),
    Queue(
        "mends-answered",
        "整改等验收",
        "条",
        "站长交了照片，看改好了没有。",
        TOWNSHIP,
        answered_queue,
    ),
    Queue(
        "matters-refer",
        "问题等转办",
        "件",
        "还没有人办，转给乡镇、企业或成员单位。",
        OFFICE,
        matters.to_refer_queue,
    ),
    Queue(
        "matters-mine",
        "问题等您办",
        "件",
        "办好了把情况写下来，办不了就退回。",
        HANDS,
        matters.to_handle_queue,
    ),
    Queue(
        "matters-late",
        "问题逾期没办",
        "件",
        "在别人手上过了期限，催一催。",
        OFFICE,
        matters.late_queue,
    ),
    Queue(
        "matters-red",
        "亮红牌的问题",
        "件",
        "报到专班负责人这一级了，看一看、催一催。",
        MAY_HEAD,
        matters.red_queue,
    ),
    Queue(
        "matters-extend",
        "延期等批",
        "件",
        "同意还是不同意，都写一句。",
        OFFICE,
        matters.to_extend_queue,
    ),
    Queue(
        "matters-check",
        "问题等核查",
        "件",
        "别人答复了，看是不是真办好了。",
        TOWNSHIP,
        matters.to_check_queue,
    ),
    Queue(
        "matters-close",
        "问题等办结",
        "件",
        "核查过了，由县专班办结。",
        OFFICE,
        matters.to_close_queue,
    ),
    Queue(
        "complaints-late",
        "投诉逾期没答复",
        "件",
        "答应村民的日子过了，先答复这些。",
        OFFICE,
        complaints.late_queue,
    ),
    Queue(
        "complaints-new",
        "投诉等受理",
        "件",
        "村民反映的，看一看，受理或者转办。",
        OFFICE,
        complaints.new_queue,
    ),
    Queue(
        "complaints-working",
        "投诉等答复",
        "件",
        "办好了把结果写给村民看。",
        OFFICE,
        complaints.working_queue,
    ),
    Queue(
        "complaints-held",
        "投诉待核",
        "件",
        "一天里来得太多的，看看是不是真的。",
        OFFICE,
        complaints.held_queue,
    ),
    Queue("letters", "通知书等决定", "份", "督导记录更正了，撤销还是维持。", OFFICE, letters_queue),
    Queue(
        "disagreements", "分歧等裁定", "条", "站长和督导员说法不一样。", OFFICE, disagreements_queue
    ),
    Queue(
        "doubles",
        "重复记录等决定",
        "份",
        "同一次督导有两份记录，以哪份为准。",
        OFFICE,
        doubles_queue,
    ),
    Queue(
        "differing",
        "核算不一致等看",
        "份",
        "签字时和县里现在核算的不一样。",
        OFFICE,
        differing_queue,
    ),
    Queue(
        "rounds-unreported",
        "督导结果等上报",
        "轮",
        "这一轮查完了，结果还没报。",
        OFFICE,
        unreported_queue,
    ),
    Queue(
        "agreements",
        "合作协议到期",
        "份",
        "快到期或已到期，续签还是终止。",
        OFFICE,
        agreements_queue,
    ),
    Queue(
        "filings-late",
        "备案已逾期",
        "站",
        "请开办企业赶快办，办好了把回执记上。",
        HANDLING,
        filings_late_queue,
    ),
    Queue(
        "filings-soon",
        "备案快到期",
        "站",
        "提醒开办企业，材料包可以直接下载。",
        HANDLING,
        filings_soon_queue,
    ),
    Queue(
        "filings-asked",
        "备案等补正",
        "站",
        "邮政管理部门要补材料，补好再交。",
        HANDLING,
        filings_asked_queue,
    ),
    Queue(
        "filings-pending",
        "备案变更待确认",
        "站",
        "登记内容变了，要不要办变更备案，看一下。",
        OFFICE,
        filings_pending_queue,
    ),
    Queue(
        "reports-due",
        "每月报送该报了",
        "份",
        "写好三项，报给县专班。",
        REPORTING,
        reports_due_queue,
    ),
    Queue(
        "reports-returned",
        "报送退回等重报",
        "份",
        "看看为什么退回，补好再报。",
        REPORTING,
        reports_returned_queue,
    ),
    Queue("reports", "报送等审定", "份", "看一看，审定或者退回。", OFFICE, reports_queue),
    Queue("months", "件数等核准", "个月", "上个月的件数，看一看再核准。", OFFICE, months_queue),
    Queue(
        "reconciliation",
        "件数对账等决定",
        "天",
        "近三个月站长和企业的数对不上，定按哪边算。",
        OFFICE,
        reconciliation_queue,
    ),
    Queue(
        "money-review",
        "补贴等审核",
        "笔",
        "看凭什么、付给谁，通过或者退回。",
        REVIEWS_MONEY,
        money.review_queue,
    ),
    Queue(
        "money-approve",
        "补贴等批准",
        "笔",
        "审核过了，由财政局批准。",
        PAYS,
        money.approve_queue,
    ),
    Queue("money-list", "补贴等编批次", "笔", "批准了，编成批次。", KEEPS_MONEY, money.list_queue),
    Queue(
        "money-release",
        "付款批次等放行",
        "批",
        "别人编的，逐行核对再放行。",
        PAYS,
        money.release_queue,
    ),
    Queue(
        "money-record",
        "付款等结果",
        "行",
        "放行了，录入银行名单或凭回单记。",
        PAYS,
        money.record_queue,
    ),
    Queue(
        "money-accounts",
        "收款账户等核对",
        "个",
        "别人登记的，对着资料再输一遍。",
        KEEPS_MONEY,
        money.account_queue,
    ),
    Queue("photos", "照片等核查", "张", "机器拿不准的，请人看一眼。", TOWNSHIP, reviews_queue),
    Queue("signals", "异常提示等处理", "条", "看看站长怎么说，再定。", TOWNSHIP, signals_queue),
    Queue(
        "proposals",
        "乡镇变更等审",
        "份",
        "乡镇要改登记，采纳或写明原因退回。",
        OFFICE,
        proposals_queue,
    ),
    Queue(
        "requests",
        "站长请求等办",
        "条",
        "牌子、营业时间、换人，办了或者说明为什么不办。",
        OFFICE,
        requests_queue,
    ),
    Queue(
        "proposals-returned",
        "变更被退回",
        "份",
        "看看县里写的原因，改了重交，或者撤回。",
        PROPOSING,
        returned_queue,
    ),
    Queue(
        "acceptances",
        "站点等验收",
        "站",
        "拟建的和升级前登记的，建好了就验收。",
        OFFICE,
        acceptances_queue,
    ),
    Queue("unbound", "站长没绑手机", "人", "印绑定纸条，托乡镇带去。", TOWNSHIP, unbound_queue),
    Queue(
        "without-keeper",
        "站点没有站长",
        "站",
        "在人员页给站点派一位站长。",
        TOWNSHIP,
        without_keeper_queue,
    ),
    Queue(
        "unsent-cut",
        "手机存出的文件没导全",
        "份",
        "请站长再存一次，重新导入。",
        OFFICE,
        cut_off_queue,
    ),
)


def queues_of(session: Session, asked: Asked) -> tuple[Waiting, ...]:
    """Every queue that is this person's, in the registry's order, empty ones too."""
    role = asked.seen_by.role
    return tuple(Waiting(one, one.count(session, asked)) for one in QUEUES if role in one.who)
