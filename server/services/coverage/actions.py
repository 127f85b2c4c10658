"""The lines that the history has of populations of villages and of agreements."""

from server.services.common.history import Action


class CoverageAction(Action):
    """What a line tells of."""

    POPULATION_RECORDED = "population-recorded", "登记村人口"
    POPULATION_WITHDRAWN = "population-withdrawn", "撤回村人口"
    POPULATIONS_ENTERED = "populations-entered", "按名单登记村人口"
    POPULATIONS_WITHDRAWN = "populations-withdrawn", "撤回人口名单"
    AGREEMENT_RECORDED = "agreement-recorded", "登记合作协议"
    AGREEMENT_FILE = "agreement-file", "补传协议文件"
    AGREEMENT_ENDED = "agreement-ended", "协议终止"
