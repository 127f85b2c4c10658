"""`python -m server plaques`: the printable plaques of a county, a township, as one PDF."""

import argparse
from pathlib import Path

from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "plaques",
        help="把全县或一个乡镇的标识牌做成 PDF，先给还没有的站点发编号和牌",
    )
    parser.add_argument("--county", required=True, metavar="代码", help="6位县级区划代码")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.pdf", help="写到哪个文件")
    parser.add_argument("--township", metavar="乡镇", help="只打印一个乡镇，写名称或代码")
    parser.add_argument(
        "--kind", choices=("a4", "sticker"), default="a4", help="A4牌或门贴，默认 a4"
    )
    parser.add_argument("--hotline", help="县里的服务热线，牌上“咨询、投诉”用；已经填过的不用写")
    parser.add_argument(
        "--issued-only",
        action="store_true",
        help="不发新编号和新牌；有站点缺牌时停下来并说明",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Number and plate what has none (unless told not to), then write the PDF.

    Raises NotFound county-unknown, division-unknown, plaques-no-station; Conflict
    plaques-without-sign, plaques-without-hotline; Invalid out-unwritable.
    """
    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine, writing
    from server.errors import Invalid
    from server.http import clock
    from server.media.paper.plaques import plaques_pdf
    from server.models.county import DivisionLevel
    from server.policy.standard.standards import standards_in
    from server.services.county.counties import county_of, find_division
    from server.services.county.settings import edit_county
    from server.services.people.scope import EVERYBODY
    from server.services.plates.numbers import issue_missing_codes
    from server.services.plates.orders import refuse_without_hotline, sheets_for
    from server.services.plates.signs import issue_missing_signs

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        now = clock.now()
        with writing(engine) as session:
            county = county_of(session, args.county)
            township = None
            if args.township:
                place = find_division(
                    session, county.code, args.township, level=DivisionLevel.TOWNSHIP
                )
                township = place.code
            numbered = signs = 0
            if not args.issued_only:
                numbered = len(
                    issue_missing_codes(
                        session,
                        county=county,
                        by=None,
                        now=now,
                        seen_by=EVERYBODY,
                        township_code=township,
                    )
                )
                signs = len(
                    issue_missing_signs(
                        session,
                        county=county,
                        by=None,
                        now=now,
                        seen_by=EVERYBODY,
                        township_code=township,
                    )
                )
            if args.hotline:
                edit_county(
                    session,
                    county=county,
                    changes={"hotline": args.hotline},
                    by=None,
                    now=now,
                    reason="印标识牌时在命令行填写",
                    standards=standards_in(settings.standards),
                )
            if args.kind == "a4":
                refuse_without_hotline(county)
            sheets = sheets_for(
                session,
                county=county,
                ring=settings.plaque_keys,
                base_url=settings.base_url,
                seen_by=EVERYBODY,
                township_code=township,
            )
            pdf = plaques_pdf(sheets, kind=args.kind, font_dir=settings.font_dir)
            try:
                args.out.write_bytes(pdf)
            except OSError as error:
                raise Invalid(
                    "out-unwritable", f"写不进文件 {args.out}（{error.strerror}）。请换一个位置。"
                ) from error
    if numbered or signs:
        print(f"先发放了{numbered}个编号、{signs}块标识牌。")
    print(f"{county.name}标识牌{len(sheets)}张已写到 {args.out}，每个二维码都已重新识读核对。")
    if settings.base_url.startswith(("http://127.", "http://localhost")):
        print(
            f"注意：码里的网址是 {settings.base_url}，只有本机能打开。正式印制前请设 CZT_BASE_URL。"
        )
    return 0
