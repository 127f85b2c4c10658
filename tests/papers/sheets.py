"""Usual papers in words: a record with a failed clause, its notice, and a month's report."""

from datetime import UTC, datetime

from server.papers.inspection_copy import CopySheet, Drawn
from server.papers.monthly_words import Stamp
from server.papers.notice import NoticeItem, NoticeSheet
from server.policy.plan.report_frozen import (
    FrozenPart,
    ReportContent,
    ReportFigure,
    SummaryContent,
)

COPY = CopySheet(
    title="快递服务站点督导记录",
    head=(("站点", "C0001 马家沟村"), ("督导员", "王督导")),
    result="结论：不达标，1条不符合",
    unanswered=("四（2）巴枪",),
    rows=(
        {"clause": "四（2）", "title": "货架", "verdict": "不符合", "against": True,
         "why": "没有货架", "keeper": "符合"},
    ),
    drawn=(
        Drawn("督导员签名", [[[20, 100], [60, 40]]], "没有签名"),
        Drawn("站长签名", [], "站长拒绝签字：货架借出去了"),
    ),
    notes=("所用标准：山西",),
    hash="ab" * 32,
)  # fmt: skip
SHEET = NoticeSheet(
    issuer="静乐县快递进村工作专班",
    number="静快改〔2026〕17号",
    title="关于马家沟村快递便民服务点限期整改的通知书",
    to="马家沟村快递便民服务点",
    opening=("2026年11月20日开展督导验收，发现下列2项不符合要求，现通知你站限期整改。",),
    items=(
        NoticeItem("标准四（2）", "货架", "没有货架", "放一组货架，拍照上报", ("照片1",)),
        NoticeItem("标准三", "营业时间牌", "入口处没有营业时间牌", "在入口处挂上营业时间牌"),
    ),
    closing=("请于2026年12月5日前（含当日）完成整改。", "如有疑问，请拨打0350-1234567。"),
    date="2026年11月22日",
    copies_to="山西壹公里物流有限公司",
    record=COPY,
)


FILED: ReportFigure = {
    "key": "filed", "section": "progress", "label": "村级点完成末端备案", "unit": "个", "value": 40,
    "of": 48, "unknown": 3, "before": 36, "note": "", "stations": [1, 2],
}  # fmt: skip
SENT: ReportFigure = {
    "key": "sent", "section": "counts", "label": "2023年6月寄出", "unit": "件", "value": None,
    "of": None, "unknown": 0, "before": None, "note": "没有站点报过", "stations": [],
}  # fmt: skip
PARTS: list[FrozenPart] = [
    {"key": "progress", "label": "工作开展情况", "text": "补助已拨付。", "blank": "",
     "blank_label": ""},
    {"key": "problems", "label": "存在问题", "text": "", "blank": "nothing",
     "blank_label": "本月无此项"},
    {"key": "next", "label": "下一步工作计划", "text": "核对件数。", "blank": "", "blank_label": ""},
]  # fmt: skip
MONTH: ReportContent = {
    "county": "静乐县", "unit": "静乐县财政局", "unit_short": "财政局", "month": "2023-07",
    "version": 2, "on": "2023-07-17", "due_on": "2023-07-18", "received_on": "2023-07-17",
    "liaison": "周志远", "by": "周志远", "source": "", "because": "改了金额", "demo": False,
    "figures": [FILED, SENT], "parts": PARTS,
}  # fmt: skip
MONTH_STAMP = Stamp("县办于2023-07-20 09:00", "a" * 64, datetime(2023, 7, 20, 1, tzinfo=UTC))
SUMMARY: SummaryContent = {
    "county": "静乐县", "issuer": "静乐县快递进村工作专班", "month": "2023-07", "version": 1,
    "on": "2023-07-20", "due_on": "2023-07-18", "by": "县办", "because": "", "demo": True,
    "units": [
        {"unit": "静乐县财政局", "unit_short": "财政局", "version": 2, "sha256": "b" * 64,
         "received_on": "2023-07-17", "timeliness": "按时报到", "days_late": 0, "missing": "",
         "parts": PARTS},
        {"unit": "静乐县工信局", "unit_short": "工信局", "version": 0, "sha256": "",
         "received_on": "", "timeliness": "逾期没报", "days_late": 2,
         "missing": "还没报，已过期2天", "parts": []},
    ],
    "figures": [FILED], "words": "各单位抓紧。",
}  # fmt: skip
