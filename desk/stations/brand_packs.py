"""品牌共用资料包 of a station: one paper and the same photos for every courier brand."""

from typing import Any

from flask import Blueprint, request

from desk.frame.access import county_of_desk, me
from desk.frame.pages import page
from desk.frame.papers import zip_out
from server.calendar import file_day
from server.errors import NotFound
from server.http import clock
from server.http.database import blobs_of, session, settings_of
from server.http.downloads import tell_of_file
from server.http.guards import guard_desk
from server.http.rulebook import working_days_here
from server.media.zips import safe_name
from server.services.people.scope import HANDLING, station_for
from server.services.plates.signs import live_sign
from server.services.registry.filing_lists import FilingRow, filing_rows
from server.services.registry.hub import hub_brands
from server.services.review.accepted import accepted_photos

blueprint = Blueprint("desk_brand_packs", __name__, url_prefix="/desk")
guard_desk(blueprint, *HANDLING)  # it holds the station's telephone number


def _row(station_id: int) -> FilingRow:
    """A station as its filing has it. Raises NotFound (station-unknown, brand-pack-none)."""
    station = station_for(session(), me(), station_id)
    rows = filing_rows(
        session(),
        county=county_of_desk(),
        on=clock.today(),
        calendar=working_days_here(),
        seen_by=me(),
        station_ids=[station.id],
    )
    if not rows:
        raise NotFound("brand-pack-none", "县级中心和停业的站没有给品牌的资料包。")
    return rows[0]


@blueprint.get("/stations/<int:station_id>/brand-pack")
def brand_packs(station_id: int) -> Any:
    """For which brand, and what will be in it."""
    from server.papers.brand_pack import ALL_BRANDS, PHOTOS

    row = _row(station_id)
    brands = {one.line.brand for one in hub_brands(session(), county=me().county) if one.holds}
    return page(
        "brand_pack.html",
        station=row.station,
        brands=sorted(brands),
        all_brands=ALL_BRANDS,
        subjects=PHOTOS,
        photos=accepted_photos(session(), station=row.station, subjects=PHOTOS),
        plate=live_sign(session(), row.station.id),
    )


@blueprint.get("/stations/<int:station_id>/brand-pack.zip")
def brand_pack(station_id: int) -> Any:
    """The pack for the brand in the address, or for all of them."""
    from server.papers import brand_pack as packs

    row = _row(station_id)
    station = row.station
    settings, brand = settings_of(), packs.brand_named(request.args.get("brand", ""))
    entries = packs.brand_pack(
        session(),
        blobs_of(),
        row,
        brand=brand,
        county=county_of_desk(),
        by=me(),
        now=clock.now(),
        ring=settings.plaque_keys,
        base_url=settings.base_url,
        font_dir=settings.font_dir,
    )
    about = safe_name(f"{station.code or '未编号'} {station.name} {brand}")
    tell_of_file(f"给{brand}，{len(entries)}份文件")
    return zip_out(entries, f"资料包-{about}-{file_day(clock.today())}.zip")
