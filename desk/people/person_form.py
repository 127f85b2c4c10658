"""The form of a person: what it may name, what it holds, and both people's changes in it."""

from datetime import date
from typing import Any

from flask import request

from desk.frame.access import may
from desk.frame.merging import MergedForm, merged
from server.errors import Invalid
from server.http.database import row_id, session
from server.models.person import Person
from server.policy.typed_days import read_day
from server.services.county.counties import townships
from server.services.county.operators import operators_of
from server.services.people.organisations import organisations_of
from server.services.people.people import person_shown
from server.services.people.scope import OFFICE

PLACES = ("township_code", "operator_id", "organisation_id")
OFFICE_FIELDS = ("login", "township_code", "operator_id", "organisation_id", "until_on")
OWN_FIELDS = ("name", "phone")


def row_number(text: str) -> int | None:
    """A row's number from a form; -1, which no row has, for what is no number."""
    try:
        return row_id(text) if text else None
    except ValueError:
        return -1


def last_day(text: str) -> date | None:
    """The last day of an account as typed; raises Invalid person-invalid, naming the field."""
    if not text.strip():
        return None
    try:
        return read_day(text, "最后一天", latest=None)
    except Invalid as wrong:
        said = wrong.message
        raise Invalid("person-invalid", said, fields={"until_on": said}) from wrong


def fields_open() -> tuple[str, ...]:
    """What the person at the desk may change of a person."""
    return (*OWN_FIELDS, *OFFICE_FIELDS) if may(*OFFICE) else OWN_FIELDS


def held_fields(person: Person) -> dict[str, str]:
    """What the form of a person holds, field by field."""
    return {name: str(getattr(person, name) or "") for name in fields_open()}


def merged_person(person: Person) -> MergedForm:
    """The form that was sent, over what somebody else changed meanwhile."""
    labels = {one.field: one.label for one in person_shown(session(), person)}
    names = {one.code: one.name for one in townships(session(), person.county)} | {
        f"operator_id {one.id}": one.name for one in operators_of(session(), county=person.county)
    }
    names |= {
        f"organisation_id {one.id}": one.name
        for one in organisations_of(session(), county=person.county)
    }
    sent = {name: request.form[name].strip() for name in fields_open() if name in request.form}
    return merged(
        held_fields(person),
        sent,
        lambda field, value: (
            labels[field],
            names.get(str(value), names.get(f"{field} {value}", str(value)))
            if field in PLACES
            else str(value),
        ),
    )


def as_service_reads(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values, rows as numbers, the day as a day; raises Invalid person-invalid."""
    changes = dict(values)
    for name in ("operator_id", "organisation_id"):
        if name in changes:
            changes[name] = row_number(changes[name])
    if "until_on" in changes:
        changes["until_on"] = last_day(changes["until_on"])
    return changes
