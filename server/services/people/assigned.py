"""What an account without township, enterprise or duties can do, and who would give it some."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.county import County
from server.models.person import Person, Role
from server.services.people.scope import deeds_open_to

NAMED = 3  # of the office: enough to find one of them


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Why nothing waits for somebody, what they can do all the same, and whom to ask."""

    why: str
    can: str
    ask: str


def unassigned(session: Session, person: Person) -> Unassigned | None:
    """Said to somebody for whom no queue can ever count anything; None for all others."""
    match person.role:
        case Role.TOWNSHIP_OFFICER if not person.township_code:
            why = "您的账号还没有写上乡镇，所以看不到站点，也没有要办的事。"
            can = "现在能做的：改密码，看使用帮助和全县的方案。"
        case Role.OPERATOR if person.operator_id is None:
            why = "您的账号还没有写上运营企业，所以看不到站点，也没有要办的事。"
            can = "现在能做的：改密码，看使用帮助。"
        case Role.BUREAU if person.organisation_id is None:
            why = "您的账号还没有写上成员单位，所以没有要办的事，也不能报送。"
            can = "现在能做的：查看全县的站点、进度、督导结果和问题。"
        case Role.BUREAU if not deeds_open_to(session, person):
            why = "您的单位在这里还没有登记职责，所以没有要办的事；有问题转来，这里就会列出来。"
            can = "现在能做的：查看全县的站点、进度、督导结果和问题。"
        case Role.AUDITOR:
            until = f"，到{full_day_text(person.until_on)}为止" if person.until_on else ""
            why = f"审计账号只能查看和下载{until}，没有要办的事。"
            can = "全县的登记、变更记录和文件都能看，下载会留下记录。"
        case _:
            return None
    return Unassigned(why, can, _whom(session, person.county))


def _whom(session: Session, county: str) -> str:
    names = session.scalars(
        sa.select(Person.name)
        .where(Person.county == county, Person.role == Role.COUNTY_OFFICE, Person.active)
        .order_by(Person.id)
        .limit(NAMED)
    ).all()
    hotline = session.get_one(County, county).hotline
    who = f"县专班办公室（{'、'.join(names)}）" if names else "县专班办公室"
    return f"账号和职责由{who}分派" + (f"，电话 {hotline}。" if hotline else "。")
