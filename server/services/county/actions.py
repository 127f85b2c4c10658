"""The lines that the history has of county settings, names of places and operators."""

from server.services.common.history import Action


class CountyAction(Action):
    """What a line tells of."""

    AREA_OPENED = "area-opened", "开上级查看"
    COUNTY_EDITED = "county-edited", "修改县设置"
    ALIAS_ADDED = "alias-added", "登记别名"
    OPERATOR_ADDED = "operator-added", "登记运营企业"
    OPERATOR_EDITED = "operator-edited", "修改运营企业"
    OPERATOR_STATUS = "operator-status", "企业动态管理"
    OUTLINE_RECORDED = "outline-recorded", "上传县域轮廓"
    OUTLINE_REMOVED = "outline-removed", "撤下县域轮廓"
    OPERATORS_ENTERED = "operators-entered", "按名单录入企业"
    OPERATORS_TAKEN_BACK = "operators-taken-back", "撤回企业名单"
    OPERATOR_TERM = "operator-term", "乡镇由哪家企业服务"
    ORGANISATIONS_BROUGHT = "organisations-brought", "按方案录入单位"
