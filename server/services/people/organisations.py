"""成员单位: the bodies of a county's plan, what each answers for, and who speaks for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.policy.plan.duties import Duty, OrganisationType, cannot_have
from server.services.common import history
from server.services.common.seals import Shown, changes, refuse_if_changed
from server.services.common.written import longest, reason_given, written
from server.services.people.actions import PeopleAction
from server.services.people.scope import SPEAKS_FOR_A_BODY

LABELS = {
    "name": "单位全称",
    "short": "简称",
    "type": "性质",
    "duties": "职责",
    "liaison_id": "联络员",
    "source": "依据",
}
"""What a form may say of a body, as people call it."""


def organisations_of(session: Session, *, county: str, ended: bool = False) -> list[Organisation]:
    """A county's bodies in the order of their entering: those at work, or with `ended` all."""
    query = sa.select(Organisation).where(Organisation.county == county).order_by(Organisation.id)
    if not ended:
        query = query.where(Organisation.until_on.is_(None))
    return list(session.scalars(query))


def task_force_of(session: Session, *, county: str) -> list[Organisation]:
    """The members of the 专班 (成员单位) at work, in the order of their entering."""
    return [one for one in organisations_of(session, county=county) if one.in_task_force]


def organisation_of(session: Session, *, county: str, organisation_id: int) -> Organisation:
    """One of the county's bodies. Raises NotFound organisation-unknown."""
    found = session.get(Organisation, organisation_id)
    if found is None or found.county != county:
        raise NotFound("organisation-unknown", "没有找到这个单位。请从成员单位名单里重新选择。")
    return found


def organisation_named(session: Session, *, county: str, name: str) -> Organisation:
    """A body at work by its full or short name.

    Raises NotFound organisation-unknown, Conflict organisation-ambiguous.
    """
    wanted = name.strip()
    found = [
        one for one in organisations_of(session, county=county) if wanted in (one.name, one.short)
    ]
    if not found:
        raise NotFound("organisation-unknown", f"本县没有登记“{wanted}”。请核对单位名称。")
    if len(found) > 1:
        raise Conflict("organisation-ambiguous", f"有几个单位都叫“{wanted}”。请写全称。")
    return found[0]


def speakers_of(session: Session, *, county: str) -> list[Person]:
    """Who may be a 联络员: the county's people at a desk who act for a body, by name."""
    return list(
        session.scalars(
            sa.select(Person)
            .where(Person.county == county, Person.role.in_(SPEAKS_FOR_A_BODY), Person.active)
            .order_by(Person.name, Person.id)
        )
    )


def people_by_organisation(session: Session, *, county: str) -> dict[int | None, list[Person]]:
    """The people of bureaus who are let in, by their body's id; None: to be assigned."""
    found: dict[int | None, list[Person]] = {}
    for person in session.scalars(
        sa.select(Person)
        .where(
            Person.county == county,
            Person.active,
            (Person.role == Role.BUREAU) | Person.organisation_id.is_not(None),
        )
        .order_by(Person.name, Person.id)
    ):
        found.setdefault(person.organisation_id, []).append(person)
    return found


def organisation_shown(session: Session, organisation: Organisation) -> list[Shown]:
    """What the form of a body shows, as its seal tells it."""
    liaison = session.get(Person, organisation.liaison_id) if organisation.liaison_id else None
    texts = {
        "name": organisation.name,
        "short": organisation.short,
        "type": organisation.type.label,
        "duties": "、".join(duty.label for duty in organisation.held_duties),
        "liaison_id": liaison.name if liaison else "",
        "source": organisation.source,
    }
    return [Shown(field, LABELS[field], text) for field, text in texts.items()]


def add_organisation(
    session: Session, *, county: County, given: Mapping[str, Any], by: Person | None, now: datetime
) -> Organisation:
    """Enter a body, at work from today (Beijing).

    Raises Invalid organisation-invalid, text-too-long; Conflict organisation-known.
    """
    values = _read(session, county.code, given, None)
    found = Organisation(
        county=county.code, from_on=beijing_day(now), created_at=now, demo=False, **values
    )
    session.add(found)
    session.flush()
    history.write(
        session, of=found, by=by, at=now, action=PeopleAction.ORGANISATION_ADDED,
        summary=f"登记单位：{found.name}（{found.type.label}）",
        reason=found.source,
    )  # fmt: skip
    return found


def edit_organisation(
    session: Session,
    *,
    organisation: Organisation,
    given: Mapping[str, Any],
    by: Person | None,
    now: datetime,
    seal: str | None = None,
) -> list[history.Change]:
    """Change what is registered of a body, all or none; gives what really changed.

    `seal` is that of `organisation_shown` when the form was filled in. Raises Invalid
    organisation-invalid, text-too-long; Conflict organisation-changed-meanwhile,
    organisation-known, organisation-ended.
    """
    session.refresh(organisation, with_for_update=True)
    held = organisation_shown(session, organisation)
    what = f"{organisation.name}的资料"
    refuse_if_changed(seal, held, code="organisation-changed-meanwhile", what=what)
    if organisation.until_on is not None:
        raise Conflict("organisation-ended", f"{organisation.name}已经停用。请先恢复，再修改。")
    for field, value in _read(session, organisation.county, given, organisation).items():
        setattr(organisation, field, value)
    session.flush()
    made = changes(held, organisation_shown(session, organisation))
    if made:
        history.write(
            session, of=organisation, by=by, at=now, action=PeopleAction.ORGANISATION_EDITED,
            summary=f"修改{organisation.name}的{'、'.join(one['label'] for one in made)}",
            changes=made,
        )  # fmt: skip
    return made


def end_organisation(
    session: Session, *, organisation: Organisation, reason: str, by: Person | None, now: datetime
) -> None:
    """End a body today.

    Raises Invalid reason-needed; Conflict organisation-ended, and organisation-has-people while
    somebody let in acts for it: their sight and deeds would end unseen.
    """
    session.refresh(organisation, with_for_update=True)
    reason = reason_given(reason, "请写明为什么停用，例如机构改革后并入哪个单位。")
    if organisation.until_on is not None:
        raise _settled(organisation, "停用")
    people = people_by_organisation(session, county=organisation.county).get(organisation.id, [])
    if people:
        names = "、".join(one.name for one in people)
        raise Conflict(
            "organisation-has-people",
            f"{organisation.name}还有账号在用：{names}。请先把他们改到别的单位，或停用账号。",
        )
    organisation.until_on = beijing_day(now)
    session.flush()
    summary = f"停用单位：{organisation.name}"
    _tell_of_end(session, organisation, summary, reason=reason, by=by, now=now)


def resume_organisation(
    session: Session, *, organisation: Organisation, reason: str, by: Person | None, now: datetime
) -> None:
    """Let a body that has ended work again.

    Raises Invalid reason-needed, Conflict organisation-open.
    """
    session.refresh(organisation, with_for_update=True)
    reason = reason_given(reason, "请写明为什么恢复。")
    if organisation.until_on is None:
        raise _settled(organisation, "恢复")
    organisation.until_on = None
    session.flush()
    summary = f"恢复单位：{organisation.name}"
    _tell_of_end(session, organisation, summary, reason=reason, by=by, now=now)


def _settled(organisation: Organisation, what: str) -> Conflict:
    """A colleague was first: the second reason is not dropped unsaid."""
    return Conflict(
        "organisation-ended" if organisation.until_on else "organisation-open",
        f"{organisation.name}已经由别人{what}了，您写的原因没有记下。",
    )


def _tell_of_end(
    session: Session,
    organisation: Organisation,
    summary: str,
    *,
    reason: str,
    by: Person | None,
    now: datetime,
) -> None:
    history.write(
        session, of=organisation, by=by, at=now, action=PeopleAction.ORGANISATION_ENDED,
        summary=summary, reason=reason,
    )  # fmt: skip


def _read(
    session: Session, county: str, given: Mapping[str, Any], own: Organisation | None
) -> dict[str, Any]:
    """The fields of a form, checked; all wrong ones are named at once."""
    wrong: dict[str, str] = {}
    name = written(given.get("name", ""), "单位全称", field="name", into=Organisation.name)
    short = written(given.get("short", ""), "简称", field="short", into=Organisation.short)
    source = written(given.get("source", ""), "依据", field="source", into=Organisation.source)
    if not name:
        wrong["name"] = "请填写单位全称。"
    if not source:
        wrong["source"] = "请写明依据，例如方案的哪一条，或哪次会议。"
    kind = next((one for one in OrganisationType if one == given.get("type")), None)
    if kind is None:
        wrong["type"] = "请选择单位的性质。"
    asked = set(given.get("duties", ()))
    duties = [duty for duty in Duty if duty in asked]
    if asked - set(Duty):
        wrong["duties"] = "请从列出的职责里勾选。"
    elif kind is not None and (
        no := next(filter(None, (cannot_have(kind, x) for x in duties)), "")
    ):
        wrong["duties"] = no
    liaison_id = given.get("liaison_id") or None
    if liaison_id is not None and liaison_id not in {
        one.id for one in speakers_of(session, county=county)
    }:
        wrong["liaison_id"] = "请从名单里选择联络员。"
    if wrong:
        raise Invalid("organisation-invalid", "".join(wrong.values()), fields=wrong)
    _refuse_known(session, county, name, own)
    return {
        "name": name,
        "short": short or name[: longest(Organisation.short)],
        "type": kind,
        "in_task_force": Duty.TASK_FORCE in duties,
        "duties": [duty.value for duty in duties],
        "liaison_id": liaison_id,
        "source": source,
    }


def _refuse_known(session: Session, county: str, name: str, own: Organisation | None) -> None:
    holder = session.scalar(
        sa.select(Organisation.id).where(Organisation.county == county, Organisation.name == name)
    )
    if holder is not None and (own is None or holder != own.id):
        raise Conflict(
            "organisation-known",
            f"“{name}”已经登记过了。停用的也算，可以打开它恢复。",
            fields={"name": "已经登记过"},
        )
