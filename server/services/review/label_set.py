"""A county's judged photos as a labelled set, on which the reader is measured.

The set is a folder: photos without what their files told, faces and telephone numbers hidden;
LABELS.json; a page with all of them to look over; 说明.txt; 清单.json with the SHA-256 of each
file.
"""

import hashlib
import html
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.errors import Conflict, Invalid, NotFound
from server.media.blobs import BlobStore
from server.media.reading.hiding import Hider, NotHidden, hidden_copy
from server.media.reading.measured import Label, outcomes, subject_of
from server.media.reading.reading import Reader, SetAside
from server.policy.hours import hours_text
from server.services.review.judged import Judged

LABELS, MANIFEST, PAGE, README = "LABELS.json", "清单.json", "看一遍.html", "说明.txt"


@dataclass(slots=True)
class Made:
    """What came of making a set; `left_out` are the reasons why photos are not in it."""

    labels: list[dict[str, Any]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    faces: int = 0
    telephones: int = 0
    searched: bool = True


def make_set(
    folder: Path,
    judged: Sequence[Judged],
    *,
    county: str,
    brands: Sequence[str],
    blobs: BlobStore,
    reader: Reader,
    hider: Hider,
    told: Callable[[int], None] = lambda _: None,
) -> Made:
    """Write the set into a folder that is empty or not there; `told` hears of every photo.

    Half a set is none: whatever ends this early, nothing that was written stays. Raises Conflict
    (label-set-not-empty, label-set-nothing), ReaderBroken, OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(
            "label-set-not-empty",
            f"{folder} 里已经有东西，没有写。请给一个新的文件夹；只想再量一次的，加上 --measure。",
        )
    folder.mkdir(parents=True, exist_ok=True)
    made = Made()
    try:
        for n, one in enumerate(judged, start=1):
            told(n)
            _add(made, folder / f"{n:04}.jpg", one, blobs=blobs, reader=reader, hider=hider)
        _refuse_nothing(made)
        for label in made.labels:
            label["county"] = county
            if label["kind"] == "sign" and brands:
                label["brands"] = list(brands)
        _write(folder / LABELS, json.dumps(made.labels, ensure_ascii=False, indent=1))
        _write(folder / PAGE, _page(made.labels))
        _write(folder / README, _readme(made))
        files = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
        _write(
            folder / MANIFEST,
            json.dumps({path.name: _sha256(path) for path in files}, ensure_ascii=False, indent=1),
        )
    except BaseException:
        for path in folder.iterdir():
            path.unlink()
        raise
    return made


def _add(
    made: Made, path: Path, one: Judged, *, blobs: BlobStore, reader: Reader, hider: Hider
) -> None:
    """Write the copy of one photo, or count why there is none."""
    try:
        with blobs.open(one.photo.sha256) as file:
            content = file.read()
        copy = hidden_copy(content, one.subject, reader=reader, hider=hider)
    except NotFound:
        made.left_out["照片库里没有这张照片"] += 1
        return
    except SetAside as aside:
        made.left_out[aside.reason] += 1
        return
    except NotHidden as reason:
        made.left_out[str(reason)] += 1
        return
    path.write_bytes(copy.content)
    made.faces += copy.faces
    made.telephones += copy.telephones
    made.searched = made.searched and copy.searched
    kind = "sign" if one.subject == "signboard" else "hours"
    made.labels.append({"file": path.name, "kind": kind, **one.said, "judged": one.by})


def _refuse_nothing(made: Made) -> None:
    if not made.labels:
        why = "；".join(f"{reason}，{count}张" for reason, count in made.left_out.items())
        raise Conflict("label-set-nothing", f"一张也没有放进去：{why}。没有做样本。")


def measured_set(
    folder: Path, *, county: str, reader: Reader, told: Callable[[int], None] = lambda _: None
) -> tuple[list[dict[str, str]], list[str]]:
    """What the reader makes of each photo of a set, and which photos were taken out of it.

    Raises NotFound label-set-missing, Conflict (label-set-changed, label-set-nothing,
    label-set-of-others), ReaderBroken.
    """
    try:
        labels: list[Label] = json.loads((folder / LABELS).read_text("utf-8"))
        manifest: Mapping[str, str] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        raise NotFound(
            "label-set-missing", f"{folder} 里没有样本（{LABELS} 和 {MANIFEST}）。请核对文件夹。"
        ) from None
    if others := {str(label.get("county", "")) for label in labels} - {county}:
        raise Conflict(
            "label-set-of-others",
            f"{folder} 里的样本是{'、'.join(sorted(others)) or '别处'}的，不是{county}的，没有量。",
        )
    _refuse_changed(folder, [LABELS, *(str(label["file"]) for label in labels)], manifest)
    found, gone = [], []
    for n, label in enumerate(labels, start=1):
        told(n)
        path = folder / str(label["file"])
        if not path.is_file():
            gone.append(path.name)
            continue
        try:
            reading = reader.read(path.read_bytes(), subject_of(label))
            found.append(outcomes(reading.lines, reading.number, label))
        except (SetAside, Invalid):
            found.append(outcomes((), None, label))
    if not found:
        raise Conflict("label-set-nothing", f"{folder} 里一张照片也没有了，没有量。")
    return found, gone


def _refuse_changed(folder: Path, names: Iterable[str], manifest: Mapping[str, str]) -> None:
    changed = [
        name
        for name in names
        if (folder / name).is_file() and _sha256(folder / name) != manifest.get(name)
    ]
    if changed:
        raise Conflict(
            "label-set-changed",
            f"{'、'.join(changed[:5])} 和清单对不上，没有量。不要的照片请整张删掉，"
            "改过的请从原来的文件夹重新拷贝，或重新做一份样本。",
        )


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", "utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _words(label: Label) -> str:
    """A label as people read it."""
    said = []
    if "name" in label:
        said.append(f"名称：{label['name']}")
    if "number" in label:
        said.append(f"编号：{label['number'] or '牌上没有'}")
    if "hours" in label:
        said.append(f"营业时间：{hours_text(label['hours'])}")
    return "；".join(said)


def _page(labels: Sequence[Label]) -> str:
    """All photos with their labels on one page, for whoever has to look them over."""
    shown = "\n".join(
        f'<figure><a href="{label["file"]}"><img src="{label["file"]}" loading="lazy" alt=""></a>'
        f"<figcaption>{label['file']}<br>{html.escape(_words(label))}<br>"
        f"<small>{html.escape(str(label['judged']))}</small></figcaption></figure>"
        for label in labels
    )
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<title>识读样本：拿出去之前请看一遍</title><style>"
        "body{font-family:sans-serif;margin:16px;line-height:1.5}"
        "main{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(280px,1fr))}"
        "figure{margin:0}img{width:100%;height:auto}small{color:#555}</style>"
        f"<h1>识读样本，共{len(labels)}张</h1>"
        "<p>拿出去之前，请一张一张看过：还看得见人脸、电话、车牌、面单的，请把那张照片文件删掉；"
        "标得不对的，也删掉。删了的不再量，别的不用改。</p>"
        f"<main>\n{shown}\n</main></html>"
    )


def _readme(made: Made) -> str:
    left = "".join(f"\n  {reason}：{count}张" for reason, count in made.left_out.items())
    faces = (
        f"机器找到并遮住了{made.faces}处像人脸的地方"
        if made.searched
        else "这台机器没有找人脸的程序，人脸一处也没有遮"
    )
    return (
        f"识读样本，{len(made.labels)}张照片。\n\n"
        "这些是有人判过的招牌和营业时间牌照片。每张牌上写着什么，是核查的人或督导员说的，"
        "不是机器读的（LABELS.json 的 judged 写着是谁、怎么判的）。\n"
        f"照片里的拍摄信息（时间、位置、手机）已去掉。{faces}，"
        f"遮住了{made.telephones}处像电话号码的数字。站点名称和编号留着，要拿它们来量。\n"
        "机器会漏：侧脸、背光的脸、很小的脸、手写的号码、车牌和快递面单都可能没有遮住。"
        f"拿出这台机器之前，请打开 {PAGE}，一张一张看过，不合适的整张删掉。\n"
        f"没有放进来的照片：{left or '没有。'}\n\n"
        "再量一次：python -m server label-set --measure --county 县代码 这个文件夹\n"
        "开发的人用：python -m bench.accuracy reading LABELS.json"
    )
