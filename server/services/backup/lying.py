"""Whether the newest copy still lies where it was put, byte for byte: a disk may be gone since."""

from pathlib import Path

from server.calendar import moment_text
from server.errors import Conflict
from server.services.backup import manifest as manifests
from server.services.backup.place import place_of, state_of, there


def newest_gone(home: Path) -> list[str]:
    """What is wrong with the newest copy as it lies in the target; reads all of its own files.

    Nothing where no copy was ever made here. Photos are only counted: the drill opens them.
    """
    try:
        place = place_of(home)
        made_at = state_of(home).backup_at
        if place is None or made_at is None:
            return []
        there(place)
        copies = manifests.whole_copies(place.sets)
        made = {one: manifests.read(one) for one in copies}
        found = [one for one, said in made.items() if said.began_at == made_at]
        if not found:
            said = f"{moment_text(made_at)}做的那份备份不在 {place.sets} 里了，"
            return [f"{said}里面还有{len(copies)}份。请查是谁动过，再运行：python -m server backup"]
        [newest] = found
        for name in made[newest].files:
            manifests.proved(newest, made[newest], name)
        photos = manifests.photo_sizes(newest, made[newest])
    except Conflict as trouble:
        return [trouble.message]
    lie = {path.stem for path in (place.to / "photos").glob("??/*.age") if path.stat().st_size}
    if lost := len(photos.keys() - lie):
        said = f"备份 {newest.name} 的照片在 {place.to} 里少了{lost}张。"
        return [f"{said}照片库还好的话，再运行一次 python -m server backup 就会补上。"]
    return []
