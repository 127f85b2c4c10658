"""What a form may say of a person: read, checked against the county, refused all at once."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import Division, DivisionLevel, Operator
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.policy.entries import amiss_in_name, telephone

LABELS = {
    "name": "姓名",
    "phone": "电话",
    "login": "账号",
    "township_code": "所属乡镇",
    "operator_id": "所属企业",
    "organisation_id": "所属单位",
    "until_on": "最后一天",
}
"""The fields of a person that a form may name, as people call them."""


def read_person(
    session: Session, county: str, given: Mapping[str, Any], person_id: int | None = None
) -> dict[str, Any]:
    """Check and tidy a person's fields; all wrong ones are named at once.

    `until_on` comes as a day. Raises Invalid person-invalid, Conflict login-taken.
    """
    values = {
        key: (value.strip() or None) if isinstance(value, str) else value
        for key, value in given.items()
        if key in LABELS
    }
    wrong: dict[str, str] = {}
    name, phone, login = values.get("name"), values.get("phone"), values.get("login")
    if "name" in values and (not name or len(name) > 40):
        wrong["name"] = "请填写姓名，不超过40个字。"
    elif name and (amiss := amiss_in_name(name)):
        wrong["name"] = f"姓名{amiss}，请改正。"
    if phone:
        try:
            values["phone"] = telephone(phone)
        except ValueError as odd:
            wrong["phone"] = f"{odd}，请改正。"
    if login and not re.fullmatch(r"[a-z][a-z0-9._-]{2,39}", login):
        wrong["login"] = "账号用小写字母开头，3至40个字母、数字，请改正。"
    wrong |= _wrong_places(session, county, values)
    if wrong:
        raise Invalid("person-invalid", "".join(wrong.values()), fields=wrong)
    if login:
        holder = session.scalar(select(Person.id).where(Person.login == login))
        if holder is not None and holder != person_id:
            raise Conflict(
                "login-taken",
                f"账号“{login}”已有人使用。请换一个。",
                fields={"login": "已有人使用"},
            )
    return values


def _wrong_places(session: Session, county: str, values: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if code := values.get("township_code"):
        township = session.get(Division, code)
        if (
            township is None
            or township.county != county
            or township.level != DivisionLevel.TOWNSHIP
        ):
            wrong["township_code"] = "请从本县的乡镇名单里选择。"
    if operator_id := values.get("operator_id"):
        operator = session.get(Operator, operator_id)
        if operator is None or operator.county != county:
            wrong["operator_id"] = "请从本县的运营企业名单里选择。"
    if organisation_id := values.get("organisation_id"):
        # Its end is entered under the same lock: nobody joins a body that ends at this moment.
        body = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        if body is None or body.county != county or body.until_on is not None:
            wrong["organisation_id"] = "请从本县现有的成员单位里选择。"
    return wrong


def refuse_without_place(person: Person, *, waits: bool = False) -> None:
    """Raise Invalid person-invalid where a role lacks what cuts its sight or its time.

    `waits`: a bureau's person who has no body yet may stay without one.
    """
    wanting = _wanting(person, waits=waits)
    if wanting is not None:
        field, message = wanting
        raise Invalid("person-invalid", message, fields={field: "请填写"})


def _wanting(person: Person, *, waits: bool) -> tuple[str, str] | None:
    """The field that this role needs and has not, and the sentence that asks for it."""
    match person.role:
        case Role.TOWNSHIP_OFFICER if not person.township_code:
            return "township_code", "乡镇专干要写明所属乡镇。请从名单里选择。"
        case Role.OPERATOR if not person.operator_id:
            return "operator_id", "运营企业的账号要写明所属企业。请从名单里选择。"
        case Role.BUREAU if not person.organisation_id and not waits:
            return "organisation_id", "成员单位的账号要写明是哪个单位。请从名单里选择。"
        case Role.AUDITOR if person.until_on is None:
            return "until_on", "审计账号只开一段时间。请写明最后一天。"
    return None
