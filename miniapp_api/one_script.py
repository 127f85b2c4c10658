"""Makes one classic script of a module and all that it imports, for what must work by itself."""

import json
import re
from posixpath import dirname, normpath

IMPORT = re.compile(r"""^import \{([^}]*)\} from ["']([^"']+)["'];$""", re.MULTILINE)
LATE = re.compile(r"""\bimport\(["'](\.[^"']+)["']\)""")
EXPORT = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
OTHER = re.compile(r"^\s*(?:import|export)\b(?!\()", re.MULTILINE)


def one_script(start: str, texts: dict[str, str]) -> str:
    """`start` and everything it imports, from `texts` by path, as one script without imports.

    Modules are written in the few forms of ours: named imports, exported functions and constants.
    Raises ValueError for any other form and KeyError for a file that is not there.
    """
    made: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in made:
            made[name], needed = _as_function(name, texts[name])
            waiting += needed
    functions = ",\n".join(f"{json.dumps(name)}: {text}" for name, text in sorted(made.items()))
    return (
        f"(function () {{\nvar makers = {{\n{functions}\n}};\nvar made = {{}};\n"
        "function need(name) { return made[name] || (made[name] = makers[name]()); }\n"
        f"need({json.dumps(start)});\n}})();\n"
    )


def _as_function(name: str, text: str) -> tuple[str, list[str]]:
    """A module as a function that gives its exports, and the files it needs."""
    needed: list[str] = []

    def path(link: str) -> str:
        needed.append(normpath(f"{dirname(name)}/{link}".lstrip("/")))
        return json.dumps(needed[-1])

    text = COMMENT.sub("", text)
    body = IMPORT.sub(
        lambda m: f"const {{{m[1].replace(' as ', ': ')}}} = need({path(m[2])});", text
    )
    body = LATE.sub(lambda m: f"Promise.resolve().then(() => need({path(m[1])}))", body)
    names = [exported for _, exported in EXPORT.findall(body)]
    body = EXPORT.sub(r"\1 \2", body)
    odd = OTHER.search(body)
    if odd:
        raise ValueError(f"{name}: {odd[0].strip()} in a form that cannot be put into one script")
    return f"function () {{ 'use strict';\n{body}\nreturn {{ {', '.join(names)} }};\n}}", needed
