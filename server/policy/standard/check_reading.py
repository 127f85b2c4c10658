"""The register of checks, and how a standard's file is read into them, line by line."""

import inspect
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from server.policy.document import Part
from server.policy.standard.facts import JUDGED, Fact, Level, nearest
from server.policy.standard.verdicts import Judge
from server.policy.standard.working_days import WorkingDays


class Scope(NamedTuple):
    """What a rule tells its check while it is being read."""

    levels: tuple[Level, ...]
    calendar: WorkingDays = WorkingDays()


Reader = Callable[[Part, Scope], Any]
Maker = Callable[..., Judge]


class Check(NamedTuple):
    """A named check: how to read each argument, and what makes a judge of them."""

    make: Maker
    readers: Mapping[str, Reader]
    needed: tuple[str, ...]


CHECKS: dict[str, Check] = {}


def check(**readers: Reader) -> Callable[[Maker], Maker]:
    """Register a check under its own name, with one reader for each of its arguments."""

    def register(make: Maker) -> Maker:
        parameters = inspect.signature(make).parameters
        if parameters.keys() != readers.keys():
            raise TypeError(f"{make.__name__}: readers do not match its arguments")
        needed = tuple(name for name, one in parameters.items() if one.default is one.empty)
        CHECKS[make.__name__] = Check(make, readers, needed)
        return make

    return register


def read_check(part: Part, scope: Scope) -> Judge:
    """Read `{name: {argument: value}}`; refuses an unknown check, fact or argument by line."""
    if not part.is_mapping:
        part.refuse("“check”应写成“检查名: {参数: 值}”")
    named = list(part.fields())
    if len(named) != 1:
        part.refuse("“check”里要写一个检查，而且只写一个")
    [(name, arguments)] = named
    found = CHECKS.get(name)
    if found is None:
        arguments.refuse(f"没有“{name}”这种检查，只能是：{'、'.join(CHECKS)}")
    optional = [one for one in found.readers if one not in found.needed]
    fields = arguments.fields(needed=found.needed, known=optional)
    return found.make(**{name: found.readers[name](value, scope) for name, value in fields})


# Readers of arguments.


def fact_of(kind: str) -> Reader:
    """A reader of a judged fact's name, of one kind."""

    def read(part: Part, scope: Scope) -> Fact:
        del scope
        name = part.text()
        fact = JUDGED.get(name)
        if fact is None:
            part.refuse(f"没有“{name}”这个核查项{nearest(name, JUDGED)}")
        if fact.kind != kind:
            part.refuse(f"核查项“{name}”的类型是 {fact.kind}，这种检查要用 {kind}")
        return fact

    return read


def registered(*names: str) -> Reader:
    """A reader of one of these register values' names."""

    def read(part: Part, scope: Scope) -> str:
        del scope
        return part.one_of(names)

    return read


def texts_by_level(part: Part, scope: Scope) -> dict[Level, tuple[str, ...]]:
    """Several texts for each level the rule can apply to."""
    fields = part.fields(needed=[level.value for level in scope.levels])
    return {Level(level): tuple(text.text() for text in texts.items()) for level, texts in fields}


def text_by_level(part: Part, scope: Scope) -> dict[Level, str]:
    """One text for each level the rule can apply to."""
    fields = part.fields(needed=[level.value for level in scope.levels])
    return {Level(level): text.text() for level, text in fields}


def amount(part: Part, scope: Scope) -> Decimal:
    """A number, kept as written."""
    del scope
    return part.amount()


def whole(part: Part, scope: Scope) -> int:
    """A whole number."""
    del scope
    return part.whole()


def flag(part: Part, scope: Scope) -> bool:
    """True or false."""
    del scope
    return part.flag()


def text(part: Part, scope: Scope) -> str:
    """Words."""
    del scope
    return part.text()


def choice(*allowed: str) -> Reader:
    """A reader of one word of a closed list."""

    def read(part: Part, scope: Scope) -> str:
        del scope
        return part.one_of(allowed)

    return read


def judges(part: Part, scope: Scope) -> tuple[Judge, ...]:
    """At least two checks."""
    judges = tuple(read_check(one, scope) for one in part.items())
    if len(judges) < 2:
        part.refuse("“all_of”里至少要有两个检查")
    return judges
