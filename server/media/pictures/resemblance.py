"""What two photos may be to each other, for those who only read of it: nothing heavy is loaded."""

from server.labelled import Labelled


class Resemblance(Labelled):
    """What two photos are to each other."""

    IDENTICAL = "identical", "同一个文件", "", "两个文件一模一样"  # byte for byte
    # One picture, sent again after saving, cropping, mirroring, brightening.
    SAME = "same", "同一张照片改过", "", "机器觉得画面是同一张"
    # Taken anew from the same spot: honest, as every month's photo is.
    SAME_PLACE = "same_place", "同一地点另拍"
    DIFFERENT = "different", "不同的照片"

    @property
    def is_double(self) -> bool:
        """Whether a person should be asked."""
        return self in (Resemblance.IDENTICAL, Resemblance.SAME)
