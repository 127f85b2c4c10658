"""`python -m server lookalike FILE FILE…`: which photos are the same picture."""

import argparse
import itertools
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from server.cli.read import no_file, photo_bytes, shown
from server.errors import Invalid

EVERY_PAIR_UP_TO = 40
"""More files than these are first sifted by their fingerprints."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "lookalike",
        help="比对照片：找出重复使用、裁剪、翻转、调亮过的同一张照片（不需要数据库）",
        epilog="退出码：0全部比了；1有文件不是照片（其余照常比对）；2参数不对。JSON各项见docs/accuracy.md。",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="两张或更多照片")
    parser.add_argument("--json", action="store_true", help="输出JSON，供程序使用")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Compare all pairs; 1 when a file is no photo."""
    from server.media.pictures.lookalike import Compared, compare
    from server.media.pictures.prints import NEAR, print_distance, prints_of
    from server.media.pictures.resemblance import Resemblance

    if len(args.files) < 2:
        raise Invalid("two-photos-needed", "比对至少要两张照片，请再给一个文件。")
    photos = []  # a file named twice is two of them, and identical
    errors: dict[str, str] = {}
    for path in args.files:
        try:
            content = photo_bytes(path)
            photos.append((path, content, prints_of(content)))
        except OSError as error:
            errors[shown(path)] = no_file(error)
        except Invalid as problem:
            errors[shown(path)] = problem.message
    pairs: list[dict[str, Any]] = []
    for (one, mine, prints), (other, theirs, signs) in itertools.combinations(photos, 2):
        distance, mirrored = print_distance(prints, signs)
        if len(photos) > EVERY_PAIR_UP_TO and distance > NEAR:
            found = Compared(Resemblance.DIFFERENT, distance, mirrored)
        else:
            found = compare(mine, theirs)
        pairs.append(_pair(one, other, found))
    if args.json:
        print(json.dumps({"pairs": pairs, "errors": errors}, ensure_ascii=False, indent=1))
    else:
        for pair in pairs:
            print(f"{pair['label']}  {pair['files'][0]}  {pair['files'][1]}")
        for file, message in errors.items():
            print(f"{file}：{message}")
    return 1 if errors else 0


def _pair(one: Path, other: Path, found: Any) -> dict[str, Any]:
    return {
        "files": [shown(one), shown(other)],
        "verdict": found.resemblance.value,
        "label": found.resemblance.label,
        "double": found.resemblance.is_double,
        "distance": found.distance,
        "mirrored": found.mirrored,
        "points": found.points,
        "likeness": found.likeness,
        "overlap": found.overlap,
        "turned": found.turned,
        "traces": found.traces and asdict(found.traces),
    }
