"""The lines that the history has of what arrives from phones."""

from server.services.common.history import Action


class IntakeAction(Action):
    """What a line tells of."""

    PLATE_DOUBTED = "plate-doubted", "扫的牌子没对上"
    UNSENT_IMPORTED = "unsent-imported", "导入手机存出的文件"
    INSPECTION_RECEIVED = "inspection-received", "督导检查"
    INSPECTION_AMENDED = "inspection-amended", "更正督导记录"
    DOUBLE_DECIDED = "double-decided", "两份督导记录以哪份为准"
