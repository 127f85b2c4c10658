"""What a decision between two readings of a plan changes in this system, said as it is."""

from server.policy.plan.coverage import POPULATION_BASIS, RESIDENT_MEANING
from server.policy.plan.nouns import PlanConflict
from server.policy.plan.subsidies import HANDLED, PAYEE, YEAR

TOTALS = (
    "看板、计划与进度、时间节点都改按选定的数计算；另一个数仍列在旁边，注明未采用。"
    "没有决定以前两个数都列出，按两个数都没有完成的才提示落后"
)
STEPS = (
    "进度和逾期改按选定的一条判断；另一条仍列在旁边，注明未采用。"
    "没有决定以前两条都列出，两条都没有达到的才提示落后"
)
ON_RECORD = "只记下决定，写在这里和历史记录里；"
DECLARED = {
    "inspection-body": ON_RECORD + "谁去督导、结果报给谁，开轮和报送时照实填写",
    "operator-names": ON_RECORD + "登记站点时填的运营企业照附件2，改换企业在“运营企业”页上办理",
    "market-order-body": ON_RECORD + "系统里线索只能记录和移交，企业不能结案，这一点不因决定而变",
    "street-offices": "选“责任单位”，分乡镇的进度里列出街道；集散中心的目标数仍照方案写的16个",
    "supply-cooperative": ON_RECORD + "专班成员名单以“成员单位”页上登记的为准",
    "deadline-day-off": "从决定起，站点的备案期限按选定的一种计算",
    "village-total": f"村庄覆盖率的分母、{TOTALS}",
    POPULATION_BASIS: "“村庄覆盖”页上驻村设点率按选定的人口判断；另一种仍列出，注明未采用",
    RESIDENT_MEANING: "“村庄覆盖”页上驻村设点率按选定的算法判断；另一种仍列出，注明未采用",
    PAYEE: "从决定起，新算的补贴都付给选定的一方；没有决定以前一笔也不算",
    YEAR: "县级中心和乡镇中心的一次性补贴按选定的“年”算件数；没有决定以前一笔也不算",
    HANDLED: "县级中心和乡镇中心的一次性补贴按选定的算法算件数；没有决定以前一笔也不算",
    "postal-filing": "从决定起，邮快合作的站点按选定的一种评定备案这一条",
}
"""By contradiction; those found by the program follow from what their readings are about."""


def effect_of(conflict: PlanConflict) -> str:
    """One sentence for the page; a contradiction we know nothing of is only kept on record."""
    if conflict.key in DECLARED:
        return DECLARED[conflict.key]
    if conflict.of_totals:
        return TOTALS
    if not conflict.derived:
        return f"{ON_RECORD}不改变系统里的数"
    if any(one.step is None for one in conflict.readings):
        return "选“印发日期”，这个节点不再列进时间节点；选节点本身，就照方案列出，仍不催办"
    return STEPS
