"""Who answers for what by a plan: its tasks in its own words, each with its units and duties."""

from dataclasses import dataclass
from pathlib import Path

from server.policy.document import Part, read_document
from server.policy.plan.duties import Duty, OrganisationType

PROGRAMME, RESPONSIBILITIES = "-programme.yaml", "-responsibilities.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body the plan names; a regulator and a postal enterprise are never the same."""

    name: str
    short: str
    type: OrganisationType
    roles: tuple[Duty, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """One unit (by its short name in the plan's file) of a task.

    `duty` None: the plan names it in one place (`named_in`) and contradicts itself in another.
    """

    unit: str
    duty: Duty | None
    named_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be done, in the plan's words; no `units` where the plan names nobody."""

    key: str
    title: str
    clause: str
    text: str
    units: tuple[Assigned, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinction:
    """Two bodies that are easily taken for one, in our words, and where the plan names them."""

    title: str
    text: str
    clause: str


def read_responsibilities(
    programme: Path, organisations: tuple[Organisation, ...], *, folder: Path | None = None
) -> tuple[tuple[Task, ...], tuple[Distinction, ...]]:
    """The tasks that stand in the file beside a plan's; none where there is no such file.

    Raises StandardError with file, line and reason, also for a unit that the plan does not name.
    """
    path = programme.with_name(programme.name.removesuffix(PROGRAMME) + RESPONSIBILITIES)
    if not path.exists():
        return (), ()
    root, _ = read_document(path, folder=folder)
    fields = root.fields(needed=("programme", "tasks"), known=("distinctions",))
    known = {one.short: one for one in organisations}
    return (
        tuple(_task(part, known) for part in fields["tasks"].items()),
        fields.get("distinctions", lambda part: tuple(map(_distinction, part.items())), ()),
    )


def _task(part: Part, known: dict[str, Organisation]) -> Task:
    fields = part.fields(needed=("key", "title", "clause", "text", "units"), known=("note",))
    return Task(
        key=fields["key"].text(),
        title=fields["title"].text(),
        clause=fields["clause"].text(),
        text=fields["text"].text(),
        units=tuple(_assigned(one, known) for one in fields["units"].items()),
        note=fields.get("note", Part.text, ""),
    )


def _assigned(part: Part, known: dict[str, Organisation]) -> Assigned:
    fields = part.fields(needed=("unit",), known=("duty", "named_in"))
    unit = fields["unit"].one_of(tuple(known))
    return Assigned(
        unit=unit,
        duty=fields.get("duty", lambda duty: Duty(duty.one_of(tuple(Duty))), None),
        named_in=fields.get("named_in", Part.text, ""),
    )


def _distinction(part: Part) -> Distinction:
    fields = part.fields(needed=("title", "text", "clause"))
    return Distinction(
        title=fields["title"].text(), text=fields["text"].text(), clause=fields["clause"].text()
    )


def duties_by_plan(organisation: Organisation, tasks: tuple[Task, ...]) -> tuple[Duty, ...]:
    """What a body answers for by the plan's list of bodies and by its tasks, in order of `Duty`."""
    given = {
        one.duty for task in tasks for one in task.units if one.unit == organisation.short
    } | set(organisation.roles)
    return tuple(duty for duty in Duty if duty in given)


def clauses_of(organisation: Organisation, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Where the plan speaks of a body, each clause once, in the order of the tasks."""
    return tuple(
        dict.fromkeys(
            task.clause
            for task in tasks
            if any(one.unit == organisation.short for one in task.units)
        )
    )
