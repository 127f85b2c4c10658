"""What every function of every service asks for, for tests that walk them all."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_args

import server.services
from server.models.person import Person


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of every service module, by module and name."""
    for module in pkgutil.walk_packages(server.services.__path__, "server.services."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(one) and one.__module__ == module.name:
                yield f"{module.name.removeprefix('server.services.')}.{name}", one


def taking(wanted: str) -> Iterator[tuple[str, inspect.Parameter, inspect.Signature]]:
    for name, one in services():
        signature = inspect.signature(one)
        for parameter in signature.parameters.values():
            kinds = get_args(parameter.annotation) or (parameter.annotation,)
            if wanted == parameter.name or (wanted == "a person" and Person in kinds):
                yield name, parameter, signature
