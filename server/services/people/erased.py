"""A person whose data were erased: what stands for them, and that nothing of theirs opens again."""

from server.errors import Conflict
from server.models.person import Person


def marked(person: Person) -> str:
    """What stands for an erased person wherever the name stood."""
    return f"已删除的人员 P-{person.id}"


def refuse_erased(person: Person) -> None:
    """Raise Conflict person-erased where a person's data are gone."""
    if person.erased_at is not None:
        raise Conflict(
            "person-erased",
            f"{marked(person)}的个人信息已经按本人要求删除，这个编号不能再用。"
            "这个人回来工作，请当新的人登记。",
        )
