"""Where the rules of the whole country can be read in two ways, until a named person decides."""

from server.policy.plan.nouns import PlanConflict, Reading
from server.policy.standard.options import DAY_OFF_READINGS, POSTAL_READINGS

DAY_OFF = PlanConflict(
    key="deadline-day-off",
    title="备案期限最后一天是休息日，算到哪天",
    readings=(
        Reading(
            label=DAY_OFF_READINGS["moved"],
            value="到下一个工作日",
            clause="民法典第二百零三条",
            text="期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日",
        ),
        Reading(
            label=DAY_OFF_READINGS["kept"],
            value="就到那一天",
            clause="快递暂行条例（2019年文本）第十八条",
            text="自开办之日起20日内（没有写明休息日顺延）",
        ),
    ),
    affects="备案期限最后一天是休息日的站点算不算逾期；决定以前，落在中间几天的不下结论",
    derived=False,
)

POSTAL_FILING = PlanConflict(
    key="postal-filing",
    title="邮快合作的站点要不要办末端备案",
    readings=(
        Reading(
            label=POSTAL_READINGS["files"],
            value="和别的站点一样，开办后20天内备案",
            clause="快递暂行条例（2019年文本）第十八条",
            text="自开办之日起20日内（没有写明邮快合作的网点除外）",
        ),
        Reading(
            label=POSTAL_READINGS["exempt"],
            value="不办末端备案",
            clause="快递暂行条例（2019年文本）第十八条",
            text="备案的义务写给经营快递业务的企业（没有写明邮政企业开办的网点）",
        ),
    ),
    affects="邮快合作的站点开办20天后没有备案，算不算不符合；决定以前不下结论",
    derived=False,
)

READINGS = (DAY_OFF, POSTAL_FILING)
"""Asked of every county, with a plan or without one."""

_OPTIONS = {
    DAY_OFF.key: ("deadline_on_day_off", DAY_OFF_READINGS),
    POSTAL_FILING.key: ("postal_filing", POSTAL_READINGS),
}


def option_of(key: str, label: str) -> dict[str, str]:
    """The option of a county's policy that a decided reading sets; none for a plan's conflict."""
    if key not in _OPTIONS:
        return {}
    name, readings = _OPTIONS[key]
    return {name: next(k for k, one in readings.items() if one == label)}
