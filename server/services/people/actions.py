"""The lines that the history has of people, keepers and phones."""

from server.services.common.history import Action


class PeopleAction(Action):
    """What a line tells of."""

    PERSON_ADDED = "person-added", "新增人员"
    PERSON_EDITED = "person-edited", "修改人员"
    PERSON_SWITCHED = "person-switched", "停用或启用人员"
    KEEPER_APPOINTED = "keeper-appointed", "指定站长"
    KEEPER_DISMISSED = "keeper-dismissed", "站长离任"
    BIND_CODE_MADE = "bind-code-made", "发绑定码"
    PHONE_BOUND = "phone-bound", "绑定手机"
    WECHAT_BOUND = "wechat-bound", "绑定微信"
    PHONES_REVOKED = "phones-revoked", "停用手机"
    KEEPERS_ENTERED = "keepers-entered", "按名单录入站长"
    KEEPERS_TAKEN_BACK = "keepers-taken-back", "撤回站长名单"
    FILE_TAKEN = "file-taken", "审计下载文件"
    FILE_EXPORTED = "file-exported", "导出文件"
    SIGNED_IN = "signed-in", "登录"
    SIGN_IN_FAILED = "sign-in-failed", "登录失败"
    PASSWORD_SET = "password-set", "重设密码"
    PASSWORD_CHANGED = "password-changed", "改密码"
    SECOND_FACTOR_ON = "second-factor-on", "开启动态码"
    SECOND_FACTOR_OFF = "second-factor-off", "停用动态码"
    SECOND_FACTOR_RESET = "second-factor-reset", "重设动态码"
    RECOVERY_CODE_USED = "recovery-code-used", "用恢复码登录"
    RECOVERY_CODES_MADE = "recovery-codes-made", "换恢复码"
    BIND_SLIPS_MADE = "bind-slips-made", "印绑定纸条"
    ORGANISATION_ADDED = "organisation-added", "登记成员单位"
    ORGANISATION_EDITED = "organisation-edited", "修改成员单位"
    ORGANISATION_ENDED = "organisation-ended", "停用或恢复成员单位"


# Comings and goings: in the chain like all else, told apart from what was changed.
COMINGS = frozenset(
    {PeopleAction.SIGNED_IN, PeopleAction.SIGN_IN_FAILED, PeopleAction.FILE_EXPORTED}
)
