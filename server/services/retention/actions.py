"""The lines that the history has of consents, and of data whose time is over."""

from server.services.common.history import Action


class RetentionAction(Action):
    """What a line tells of."""

    CHECK_IN_PLACES_ERASED = "check-in-places-erased", "签到位置到期删除"
    CONSENT_GIVEN = "consent-given", "同意"
    CONSENT_DECLINED = "consent-declined", "不同意"
    PHOTOS_ERASED = "photos-erased", "照片到期删除"
