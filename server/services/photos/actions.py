"""The lines that the history has of photos."""

from server.services.common.history import Action


class PhotosAction(Action):
    """What a line tells of."""

    PHOTO_WITHDRAWN = "photo-withdrawn", "照片不会来了"
    PHOTOS_ASKED = "photos-asked", "抽查拍照"
    MEND_UNSHOWN = "mend-unshown", "整改照片看不到"
