"""The lines that the history has of register."""

from server.services.common.history import Action


class RegistryAction(Action):
    """What a line tells of."""

    STATION_ADDED = "station-added", "新增站点"
    STATION_EDITED = "station-edited", "修改站点"
    STATION_CLOSED = "station-closed", "站点停业"
    STATION_REOPENED = "station-reopened", "恢复营业"
    STATION_CORRECTED = "station-corrected", "更正登记错误"
    STATION_ACCEPTED = "station-accepted", "验收建成"
    STATIONS_ACCEPTED = "stations-accepted", "一次验收多个站"
    HUB_BRAND_RECORDED = "hub-brand-recorded", "登记县级中心的品牌"
    HUB_BRAND_TAKEN_BACK = "hub-brand-taken-back", "县级中心登记有误"
    MODEL_CHOSEN = "model-chosen", "选作样板"
    MODEL_ENDED = "model-ended", "取消样板"
    PUBLICITY_RECORDED = "publicity-recorded", "登记宣传"
    PUBLICITY_TAKEN_BACK = "publicity-taken-back", "宣传登记有误"
    ACCEPTANCE_WITHDRAWN = "acceptance-withdrawn", "撤回验收"
    STATIONS_TO_PLAN = "stations-to-plan", "改回拟建"
    STATION_TO_PLAN = "station-to-plan", "站点改回拟建"
    CHANGE_PROPOSED = "change-proposed", "提交变更"
    PROPOSAL_RETURNED = "proposal-returned", "退回变更"
    PROPOSAL_WITHDRAWN = "proposal-withdrawn", "撤回变更"
    PROPOSALS_DECIDED = "proposals-decided", "一次审多份变更"
    STATIONS_HANDED_OVER = "stations-handed-over", "站点移交"
    STATION_HANDED_OVER = "station-handed-over", "站点换运营企业"
    SHEET_IMPORTED = "sheet-imported", "表格导入"
    SHEET_IMPORT_UNDONE = "sheet-import-undone", "撤回表格导入"
    STATION_IMPORTED = "station-imported", "按表格修改站点"
    STATION_PUT_BACK = "station-put-back", "退回表格导入前"
    FILING_STEP = "filing-step", "末端备案"
    STATION_REMOVED = "station-removed", "移除导入的站点"


DEEDS = (
    RegistryAction.SHEET_IMPORTED,
    RegistryAction.SHEET_IMPORT_UNDONE,
    RegistryAction.STATIONS_ACCEPTED,
    RegistryAction.STATIONS_TO_PLAN,
    RegistryAction.STATIONS_HANDED_OVER,
)
"""What is done to many stations at once: one line, with a part for each station."""
