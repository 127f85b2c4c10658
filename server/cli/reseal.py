"""`python -m server reseal`: seal all anew by the newest key, so that an older one can go."""

import argparse
from typing import TYPE_CHECKING

from server.settings import settings_from

if TYPE_CHECKING:
    from server.services.upkeep.resealing import Resealed

BEFORE = (
    "换钥匙以前的备份、只抄数据库得到的副本、升级和搬家留下的旧库，仍要用旧钥匙才打得开："
    "备份里带着当时的钥匙，别的副本没有。请把旧钥匙另存进保险柜，等这些都过期、删掉了再销毁。"
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "reseal", help="换了加密钥匙以后：把用旧钥匙封着的内容全部改用最新的一把，旧的才能拿掉"
    )
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Do it and say what came of it; 1 where an older key is still needed, or a seal broken."""
    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine
    from server.services.upkeep.resealing import reseal

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        done = reseal(engine)
    for sentence in told(done):
        print(sentence)
    return 1 if done.left or done.broken else 0


def told(done: "Resealed") -> list[str]:
    """What is said of it, a sentence or two each."""
    by_table = "，".join(f"{name} {many}行" for name, many in sorted(done.rows.items()))
    said = [
        f"改封了{done.rows.total()}行：{by_table}。" if by_table else "没有要改封的。",
        f"现在用最新的钥匙（{done.newest}）封着{done.uses[done.newest]}处。",
    ]
    if done.broken:
        places = "，".join(f"{name} {many}处" for name, many in sorted(done.broken.items()))
        said.append(
            f"有些内容在数据库里被改动过，哪把钥匙都解不开，照原样留着：{places}。"
            "请查明原因，再重新登记。"
        )
    if done.lost:
        lost = "，".join(f"{name} {many}处" for name, many in done.lost.items())
        said.append(
            f"还有内容用不在这里的钥匙封着：{lost}。请从备份里找回，放在最新的后面，再运行一次；"
            "找不回来的，python -m server check 说怎么办。"
        )
    if done.left:
        left = "，".join(f"{name} 还有{many}处" for name, many in done.left.items())
        said.append(
            f"旧钥匙还不能拿掉：{left}。请确认每台机器的网页和后台进程都把新钥匙放在最前面、"
            "重新启动过，再运行一次。"
        )
    gone = [name for name in done.older if name not in done.left]
    if gone:
        said.append(
            f"数据库里没有一处再用旧钥匙 {'、'.join(gone)}。每台机器都重新启动过、把新钥匙放在"
            "最前面以后，就可以把它从 CZT_TEXT_KEYS（或 secrets/text-keys）里拿掉，再运行 "
            f"python -m server check。{BEFORE}"
        )
    if not done.older:
        said.append("这里只有一把钥匙。要换，请照 docs/runbook.md 的 Change a key 一步一步做。")
    return said
