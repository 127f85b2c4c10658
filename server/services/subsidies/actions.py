"""The lines that the history has of subsidies."""

from server.services.common.history import Action


class SubsidyAction(Action):
    """What a line tells of."""

    RATE_SET = "subsidy-rate-set", "补贴标准"
    BUDGET_ADDED = "subsidy-budget-added", "下达补贴资金"
    PROPOSED = "subsidy-proposed", "补贴报审"
    REVIEWED = "subsidy-reviewed", "补贴审核"
    APPROVED = "subsidy-approved", "补贴批准"
    HELD = "subsidy-held", "补贴暂缓"
    RELEASED = "subsidy-released", "解除暂缓"
    ENDED = "subsidy-ended", "补贴撤下或冲回"
    BATCH = "subsidy-batch", "补贴批次"
    PAID = "subsidy-paid", "补贴拨付"
    ACCOUNT = "subsidy-account", "收款账户"
    ORDERS = "subsidy-orders", "上行订单清单"
    REPORTED = "subsidy-reported", "补贴审核结果上报"
