"""The lines that the history has of county settings and names of places."""

from server.services.common.history import Action


class CountyAction(Action):
    """What a line tells of."""

    COUNTY_EDITED = "county-edited", "修改县设置"
    ALIAS_ADDED = "alias-added", "登记别名"
