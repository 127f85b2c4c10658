"""The lines that the history has of open data."""

from server.services.common.history import Action


class OpenDataAction(Action):
    """What a line tells of."""

    EXPORT_MADE = "open-export-made", "做好导出文件"
    EXPORT_RESUMED = "open-export-resumed", "续传导出文件"
    TOKEN_ISSUED = "read-token-issued", "发读取令牌"
    TOKEN_REVOKED = "read-token-revoked", "停用读取令牌"
