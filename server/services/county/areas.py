"""A city or a province over its counties: a row beside theirs, whose people only look.

It has no townships and no stations; its code says which counties lie under it.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import AREA, County
from server.services.common import history
from server.services.county.actions import CountyAction


def area_here(session: Session, code: str, *, now: datetime) -> County:
    """The city (140900) or province (140000), made where it is not there yet.

    Raises Invalid area-code, NotFound area-empty, Conflict area-is-county.
    """
    if not (len(code) == 6 and code.isdecimal() and code.endswith("00")):
        raise Invalid(
            "area-code", "上级的代码应是6位、以00结尾：140900 是市，140000 是省。请核对。"
        )
    found = session.get(County, code)
    if found is not None:
        if not found.is_area:
            raise Conflict("area-is-county", f"{code} 在这里是一个县，不能再当上级。")
        return found
    below = counties_under(session, code)
    if not below:
        raise NotFound("area-empty", f"这里还没有{code}下面的县。请先建好县，再开上级账号。")
    first = below[0]
    province = code.endswith("0000")
    area = County(
        code=code, name=first.province if province else first.prefecture,
        province=first.province, prefecture="" if province else first.prefecture,
        divisions_source=AREA, options={}, demo=False, created_at=now,
    )  # fmt: skip
    session.add(area)
    session.flush()
    history.write(
        session, of=area, by=None, at=now, action=CountyAction.AREA_OPENED,
        summary=f"开了{area.name}的上级查看，看得到{len(below)}个县",
    )  # fmt: skip
    return area


def counties_under(session: Session, code: str) -> Sequence[County]:
    """The counties under a city or province, by code."""
    begins = code[:2] if code.endswith("0000") else code[:4]
    return session.scalars(
        sa.select(County)
        .where(County.code.startswith(begins), County.divisions_source != AREA)
        .order_by(County.code)
    ).all()
