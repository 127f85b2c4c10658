"""What an erasure leaves, table by table, and the law for it: the page, the deed and a test ask."""

from enum import Enum
from typing import NamedTuple


class Ground(NamedTuple):
    """Why something is kept, in words for the person: what, until when, by which law."""

    what: str
    until: str
    law: str


class Kept(Enum):
    """The grounds; each has its own tables below."""

    MONEY = Ground(
        "补贴的报审、审核、拨付记录和收款账户（姓名、开户行、加密的账号）",
        "会计凭证、账簿保管30年，从那一年的年底算起",
        "《会计法》第二十三条，《会计档案管理办法》附表",
    )
    SIGNED = Ground(
        "签过字的督导记录（站长和督导员的姓名、签名、督导时的位置）、验收记录、发出的通知书和留存的文件",
        "本县文书档案的保管期限（30年或10年），到期鉴定以后销毁",
        "《档案法》，《机关文件材料归档范围和文书档案保管期限规定》",
    )
    FILED = Ground(
        "已经上报、印发或备案的：末端备案、每月报送、件数核准、通报、考核、整轮结果、样板和协议",
        "本县文书档案的保管期限（30年或10年），到期鉴定以后销毁",
        "《档案法》，《机关文件材料归档范围和文书档案保管期限规定》",
    )
    CASES = Ground(
        "别人的投诉、问题清单、问责线索里写到的话，督导分歧的办理经过",
        "投诉到县里定的天数自动清空；问题和问责线索按案卷的保管期限",
        "《信访工作条例》，《档案法》；个人信息保护法第十三条第三项：履行法定职责所必需",
    )
    CHAIN = Ground(
        "变更记录里补贴、督导、报送、备案、验收、投诉、问题这几类，和存证链（只有校验码，没有内容）",
        "跟它说的那件事一样长",
        "个人信息保护法第五十四条、《网络安全法》第二十一条：留下处理记录、日志不少于六个月",
    )


TABLES: dict[str, Kept] = {
    **dict.fromkeys(
        (
            "subsidy_accounts", "subsidy_bank_lists", "subsidy_batches", "subsidy_cycles",
            "subsidy_entitlements", "subsidy_entries", "subsidy_holds", "subsidy_order_files",
            "subsidy_orders", "subsidy_payments", "subsidy_rates", "subsidy_reviews",
        ),
        Kept.MONEY,
    ),
    **dict.fromkeys(
        ("acceptances", "double_records", "inspections", "kept_papers", "notice_papers"),
        Kept.SIGNED,
    ),
    **dict.fromkeys(
        (
            "agreements", "assessment_points", "assessment_schemes", "assessments", "circulars",
            "filing_steps", "filings", "month_approvals", "monthly_report_steps",
            "monthly_report_versions", "monthly_reports", "monthly_summaries", "operator_files",
            "operator_status_changes", "publicity", "reconciliation_decisions", "round_reports",
        ),
        Kept.FILED,
    ),
    **dict.fromkeys(
        (
            "complaint_steps", "complaints", "disagreements", "matter_papers", "matter_steps",
            "matters", "referral_items", "referrals",
        ),
        Kept.CASES,
    ),
}  # fmt: skip
KEPT_EVENTS = ("inspection",)
"""Kinds of phone_events that are the received copy of something signed (Kept.SIGNED)."""
KEPT_LINES = (
    "acceptance-", "assessment-", "chain-", "circular-", "complaint-", "differences-",
    "disagreement-", "double-", "filing-", "inspection-", "lines-erased", "matter-", "month-",
    "notice-", "person-erased", "reconciled", "rectification-", "referral-", "report-", "restored",
    "round-", "station-accepted", "stations-accepted", "subsidy-",
)  # fmt: skip
"""How the actions of those lines of the history begin that stay (Kept.CHAIN)."""
NOBODYS = frozenset(
    {
        "chain_anchors", "chain_checks", "chain_heads", "chain_lines", "code_sequences",
        "consent_texts",
        "counties", "county_outlines", "division_aliases", "divisions", "failed_tries",
        "heartbeats", "house_notes", "jobs", "killed_tries", "photo_prints", "read_token_days",
        "snapshot_days", "station_snapshots", "webhook_deliveries",
        "wechat_permissions", "wechat_tokens",
    }
)  # fmt: skip
"""Tables in which the house writes of no person: figures, places, hashes, its own work."""
