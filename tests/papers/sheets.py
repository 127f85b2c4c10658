"""Usual papers in words: a record with a failed clause, and the notice that follows from it."""

from server.papers.inspection_copy import CopySheet, Drawn
from server.papers.notice import NoticeItem, NoticeSheet

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
