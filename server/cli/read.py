"""`python -m server read FILE…`: what a machine reads in photos of signs and hours boards."""

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.errors import Invalid

# Loaded by who reads: the command line has many commands, and starts sooner without.
if TYPE_CHECKING:
    from server.media.reading.reading import Reading, Subject
    from server.policy.signs.hours_board import BoardHours
    from server.policy.signs.photo_match import Registered
    from server.policy.signs.sureness import Kind


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "read",
        help="识读照片：招牌上的名称和编号、营业时间牌、照片质量（不需要数据库）",
        epilog="退出码：0全部读了；1有照片读不了（每个文件各有一句原因，其余照常）；2参数不对。JSON各项见docs/accuracy.md。",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="照片文件")
    parser.add_argument("--json", action="store_true", help="输出JSON，供程序使用")
    parser.add_argument(
        "--subject",
        choices=("signboard", "hours_board", "any"),
        default="any",
        help="照片拍的是什么：signboard招牌，hours_board营业时间牌，any不知道（默认）",
    )
    parser.add_argument("--name", help="登记的站点全称，如“西会村快递便民服务点”，用来核对")
    parser.add_argument(
        "--alias", action="append", default=[], metavar="NAME", help="站点的别名，可以写多次"
    )
    parser.add_argument("--number", help="登记的标识牌编号，如 C0007，用来核对")
    parser.add_argument("--hours", help="登记的营业时间，如“周一至周五 8:30-18:00”，用来核对")
    parser.add_argument(
        "--register", type=Path, metavar="FILE", help="全县站点名称，一行一个，用来排除相近的名称"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Read every file; 1 when one could not be read at all."""
    from server.media.reading.reading import shared_reader

    station, answers = _registered(args), []
    try:
        for path in args.files:
            answers.append(_read(path, args.subject, station))
            if not args.json:
                print(_words(answers[-1]))
    finally:
        shared_reader().close()
    if args.json:
        print(json.dumps(answers, ensure_ascii=False, indent=1))
    return 1 if any("error" in answer for answer in answers) else 0


def shown(path: Path) -> str:
    """A file's name for any screen; a byte that is no UTF-8 becomes a question mark."""
    return os.fsencode(path).decode("utf-8", "replace")


def no_file(error: OSError) -> str:
    """Why a file could not be opened, and what to do."""
    if isinstance(error, FileNotFoundError):
        return "没有这个文件。请核对文件名。"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹，不是照片。请写出里面的照片，如“文件夹/*.jpg”。"
    if isinstance(error, PermissionError):
        return "没有权限打开这个文件。请检查文件权限。"
    return f"文件打不开（{error.strerror}）。请检查磁盘和文件。"


def photo_bytes(path: Path) -> bytes:
    """A file's bytes, but hardly more than a photo may have: a film would fill the memory.

    Raises OSError, and Invalid photo-too-large.
    """
    from server.media.pictures.admission import MAX_BYTES

    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid(
            "photo-too-large", f"文件超过{MAX_BYTES // 1024**2} MB，没有读。请给手机拍的照片。"
        )
    return content


def _names(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").split()
    except OSError as error:
        raise Invalid("file-missing", f"{shown(path)}：{no_file(error)}") from None
    except UnicodeDecodeError:
        raise Invalid(
            "file-not-text", f"{shown(path)}不是UTF-8文本。请另存为UTF-8，一行一个站点名称。"
        ) from None


def _read(path: Path, subject: "Subject", station: "Registered") -> dict[str, Any]:
    """One file's answer; a photo that cannot be read is an answer too."""
    from server.media.apart.pictures import look_at_photo
    from server.media.reading.reading import ReaderBroken, SetAside, reading_json, shared_reader
    from server.policy.signs.close_by import close_by
    from server.policy.signs.held import held
    from server.policy.signs.hours_board import board_hours

    try:
        content = photo_bytes(path)
        picture = look_at_photo(content)
    except OSError as error:
        return _unread(path, "file-missing", no_file(error))
    except Invalid as problem:
        return _unread(path, problem.code, problem.message)
    try:
        reading = shared_reader().read(content, subject)
    except Invalid as problem:
        return _unread(path, problem.code, problem.message)
    except SetAside as aside:
        return _unread(path, f"reading-{aside.code}", aside.reason)
    except ReaderBroken as broken:
        return _unread(path, "reading-down", str(broken))
    hours = board_hours(reading.lines)
    answer = {
        "file": shown(path),
        **reading_json(reading),
        "held": held(reading.lines).value,
        "sign": _sign(reading),
        "hours": _hours(reading, hours) if hours else None,
        "hours_words": hours.words,
        "hours_aside": list(hours.aside),
        "hours_near": list(close_by(reading.lines)),
        "quality": {
            "width": picture.width, "height": picture.height, "sharpness": picture.sharpness,
            "brightness": picture.brightness, "contrast": picture.contrast, "dark": picture.dark,
            "overexposed": picture.overexposed, "blurred": picture.blurred,
            "too_small": picture.too_small, "screenshot": picture.screenshot,
            "screen_photo": picture.screen_photo,
            "complaints": list(picture.complaints),
        },
    }  # fmt: skip
    comparison = _comparison(reading, station)
    return {**answer, "comparison": comparison} if comparison else answer


def _sign(reading: "Reading") -> dict[str, Any]:
    from server.policy.signs.parts import WORDINGS, sign_parts

    parts = sign_parts(reading.lines)
    number = reading.number or parts.number
    return {
        "name": parts.name or None,
        "place": parts.place or None,
        "level": parts.level and parts.level.value,
        "wording": parts.level and WORDINGS[parts.level],
        "confidence": _sure("name", parts.name_sure),
        "name_quads": parts.name_quads,
        "number": number and number.text,
        "number_sure": _sure("number", number and number.sure),
        "number_quad": number and number.quad,
    }


def _registered(args: argparse.Namespace) -> "Registered":
    """What was said of the station on the command line, as the register would say it."""
    from server.policy.hours import parse_hours
    from server.policy.signs.number import normal_number
    from server.policy.signs.photo_match import Registered

    return Registered(
        names=(args.name, *args.alias) if args.name else (),
        number=normal_number(args.number) if args.number else None,
        hours=parse_hours(args.hours) if args.hours else [],
        others=_names(args.register) if args.register else (),
    )


def _comparison(reading: "Reading", station: "Registered") -> dict[str, Any]:
    """What was asked for, held against what was read; {} when nothing was asked for."""
    from server.policy.signs.photo_match import ANY, match_photo, parts_json

    match = match_photo(ANY, reading.lines, station, number_read=reading.number)
    if match.outcome is None:
        return {}
    parts = {part.pop("what"): part for part in parts_json(match)}
    return {"outcome": match.outcome.value, "why": match.why, **parts}


def _hours(reading: "Reading", hours: "BoardHours") -> dict[str, Any]:
    from server.policy.signs.hours_board import board_text, hours_sure

    return {
        "rules": hours.as_json(),
        "text": board_text(hours),
        "confidence": _sure("hours", hours_sure(reading.lines)),
    }


def _sure(kind: "Kind", own: float | None) -> float | None:
    from server.policy.signs.sureness import said

    return None if own is None else round(said(kind, own), 4)


def _unread(path: Path, code: str, message: str) -> dict[str, Any]:
    return {"file": shown(path), "error": {"code": code, "message": message}}


def _words(answer: dict[str, Any]) -> str:
    """An answer for people."""
    if "error" in answer:
        return f"{answer['file']}：{answer['error']['message']}"
    sign, hours, said = answer["sign"], answer["hours"], answer.get("comparison")
    lines = [f"{answer['file']}（{answer['width']}×{answer['height']}）"]
    lines += [f"  文字：{'｜'.join(line['text'] for line in answer['lines']) or '没有读到文字'}"]
    if sign["name"] or sign["number"]:
        lines.append(f"  招牌：{sign['name'] or '名称未读到'}，编号{sign['number'] or '未读到'}")
    if hours:
        lines.append(f"  营业时间：{hours['text']}")
    elif answer["hours_words"]:
        lines.append(f"  营业时间：“{answer['hours_words']}”看不懂，没有认")
    if hours or answer["hours_words"]:
        lines += [f"  牌上还有“{row}”，当作与时间无关" for row in answer["hours_aside"]]
        lines += [f"  紧挨着还有“{row}”，当作不是这块牌上的" for row in answer["hours_near"]]
    lines += [f"  {sentence}" for sentence in answer["quality"]["complaints"]]
    if said:
        from server.policy.signs.placed import Outcome

        lines.append(f"  核对：{Outcome(said['outcome']).label}。{said['why']}")
    return "\n".join(lines)
