"""The menu: its lines in order, who sees each, and under which line a page stands."""

from collections.abc import Collection
from typing import NamedTuple

from server.http.guards import may_open
from server.models.person import Role
from server.services.people.scope import OVER_COUNTIES


class Line(NamedTuple):
    """One line of the menu; the blueprint's guard decides who sees it."""

    endpoint: str
    word: str
    icon: str
    group: str

    @property
    def blueprint(self) -> str:
        """The blueprint that its page belongs to."""
        return self.endpoint.partition(".")[0]


MENU = (
    Line("desk_today.today", "今天要办", "today", "今天"),
    Line("desk_counties.counties", "各县", "overview", "今天"),
    Line("desk_overview.overview", "全县概览", "overview", "今天"),
    Line("desk_board.board", "站点看板", "board", "站点"),
    Line("desk_proposals.proposals", "待审变更", "edit", "站点"),
    Line("desk_requests.requests", "站长请求", "person", "站点"),
    Line("desk_numbers.numbers", "编号与标识牌", "sign", "站点"),
    Line("desk_filings.filings", "末端备案", "filed", "站点"),
    Line("desk_coverage.coverage", "村庄覆盖", "cover", "站点"),
    Line("desk_plan.plan", "计划与进度", "plan", "计划"),
    Line("desk_pace.pace", "进度", "pace", "计划"),
    Line("desk_reports.reports", "每月报送", "report", "计划"),
    Line("desk_assessments.assessments", "考核", "score", "计划"),
    Line("desk_circulars.circulars", "通报", "letter", "计划"),
    Line("desk_hub.hub", "县级中心", "hub", "计划"),
    Line("desk_subsidies.subsidies", "补贴", "money", "计划"),
    Line("desk_showcase.showcase", "样板与宣传", "star", "计划"),
    Line("desk_rounds.rounds", "督导验收", "rounds", "督导"),
    Line("desk_rectifications.rectifications", "整改", "mend", "督导"),
    Line("desk_matters.matters", "问题清单", "matter", "督导"),
    Line("desk_complaints.complaints", "投诉", "phone", "督导"),
    Line("desk_disagreements.disagreements", "分歧", "two", "督导"),
    Line("desk_referrals.referrals", "问责线索", "link", "督导"),
    Line("desk_reviews.queue", "照片核查", "photo", "每天"),
    Line("desk_months.month", "件数核准", "count", "每天"),
    Line("desk_reconciliation.month", "件数对账", "two", "每天"),
    Line("desk_signals.signals", "异常提示", "look", "每天"),
    Line("desk_people.people", "人员与手机", "people", "管理"),
    Line("desk_organisations.organisations", "成员单位", "units", "管理"),
    Line("desk_operators.operators", "运营企业", "firm", "管理"),
    Line("desk_exchange.exchange", "导入与导出", "exchange", "管理"),
    Line("desk_exports.exports", "数据导出", "down", "管理"),
    Line("desk_county.county", "县设置", "gear", "管理"),
    Line("desk_help.help_page", "使用帮助", "help", "管理"),
)
# Pages without a line of their own in the menu stand under another's.
UNDER = {
    "desk_hall": "desk_overview",
    "desk_matter": "desk_matters",
    "desk_new_matter": "desk_matters",
    "desk_complaint": "desk_complaints",
    "desk_new_complaint": "desk_complaints",
    "desk_county_matters": "desk_county",
    "desk_county_complaints": "desk_county",
    "desk_person_data": "desk_people",
    "desk_county_phones": "desk_county",
    "desk_county_sign_in": "desk_county",
    "desk_unit_reports": "desk_reports",
    "desk_schemes": "desk_assessments",
    "desk_subsidy_cycles": "desk_subsidies",
    "desk_subsidy_batches": "desk_subsidies",
    "desk_subsidy_accounts": "desk_subsidies",
    "desk_subsidy_orders": "desk_subsidies",
    "desk_order_lists": "desk_subsidies",
    "desk_bank_lists": "desk_subsidies",
    "desk_populations": "desk_coverage",
    "desk_operator_files": "desk_reconciliation",
    "desk_agreements": "desk_coverage",
    "desk_venues": "desk_coverage",
    "desk_map": "desk_board",
    "desk_acceptances": "desk_plan",
    "desk_plan_edits": "desk_plan",
    "desk_county_signals": "desk_county",
    "desk_county_words": "desk_county",
    "desk_county_remarks": "desk_county",
    "desk_county_telephones": "desk_county",
    "desk_county_retention": "desk_county",
    "desk_proposal_lists": "desk_proposals",
    "desk_station": "desk_board",
    "desk_dossiers": "desk_board",
    "desk_brand_packs": "desk_board",
    "desk_register": "desk_board",
    "desk_judge": "desk_board",
    "desk_mistakes": "desk_board",
    "desk_signs": "desk_numbers",
    "desk_audit": "desk_county",
    "desk_chain": "desk_county",
    "desk_webhooks": "desk_county",
    "desk_imports": "desk_exchange",
    "desk_read_tokens": "desk_exports",
    "desk_new_round": "desk_rounds",
    "desk_results": "desk_rounds",
    "desk_inspections": "desk_rounds",
    "desk_notices": "desk_rectifications",
    "desk_everyday": "desk_rounds",
    "desk_doubles": "desk_disagreements",
    "desk_differing": "desk_disagreements",
    "desk_photo_requests": "desk_rounds",
    "desk_phones": "desk_people",
    "desk_keeper_lists": "desk_people",
    "desk_operator_lists": "desk_operators",
    "desk_unbound": "desk_people",
    "desk_unsent": "desk_people",
    "desk_lag": "desk_people",
}


def lines_for(role: Role, *, without: Collection[str] = ()) -> list[Line]:
    """The lines whose pages this role may open, without the parts that this county has not."""
    if role in OVER_COUNTIES:  # 今天要办 only leads them on
        without = (*without, "desk_today")
    return [
        line for line in MENU if line.blueprint not in without and may_open(line.blueprint, role)
    ]
