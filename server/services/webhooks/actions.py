"""The lines that the history has of 数据推送."""

from server.services.common.history import Action


class WebhookAction(Action):
    """What a line tells of."""

    WEBHOOK_ADDED = "webhook-added", "新增数据推送"
    WEBHOOK_CHANGED = "webhook-changed", "数据推送改动"
    WEBHOOK_ROTATED = "webhook-rotated", "数据推送换密钥"
    WEBHOOK_PAUSED = "webhook-paused", "数据推送暂停"
    WEBHOOK_RESUMED = "webhook-resumed", "数据推送恢复"
    WEBHOOK_GONE = "webhook-gone", "数据推送被对方停收"
    WEBHOOK_ENDED = "webhook-ended", "取消数据推送"
    WEBHOOK_REPLAYED = "webhook-replayed", "重发没送到的数据"
    WEBHOOK_DROPPED = "webhook-dropped", "没送到的数据不再发"
