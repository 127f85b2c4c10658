"""Runs miniapp/core in quickjs-ng, with a phone and a server made of plain JavaScript."""

import json
import re
from pathlib import Path
from posixpath import normpath
from typing import Any

import quickjs

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "miniapp" / "core"
IMPORT = re.compile(
    r"^import (?:\{([^}]*)\} from |\* as (\w+) from |)'(\.[^']+?)(\.m?js)?';$", re.MULTILINE
)
EXPORT = re.compile(r"^export ((?:async )?function|const|let) (\w+)", re.MULTILINE)
EXPORT_LIST = re.compile(r"^export \{([^}]*)\}(?: from '(\.[^']+?)(\.m?js)?')?;$", re.MULTILINE)
LATER = re.compile(r"\bimport\('(\.[^']+?)(\.m?js)?'\)")


def sources() -> dict[str, str]:
    """Every module of the core by its path there, without its ending: "queue", "words/day"."""
    return {
        path.relative_to(CORE).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(CORE.rglob("*.js"))
    }


def as_function(name: str, source: str, given: str = "") -> str:
    """One ES module as a function of `need(name)` that returns its exports.

    `name` and what is asked of `need` are paths without their ending. `given` names what stands for
    globals in it; the function takes them in an object, after `need`.
    """

    def from_(target: str) -> str:
        return f"need('{normpath(f'{name}/../{target}')}')"

    def needed(match: re.Match[str]) -> str:
        if match[2]:
            return f"const {match[2]} = {from_(match[3])};"
        names = (match[1] or "").replace(" as ", ": ")
        return f"const {{{names}}} = {from_(match[3])};" if names else f"{from_(match[3])};"

    names = [f"get {exported}() {{ return {exported}; }}" for _, exported in EXPORT.findall(source)]

    def listed(match: re.Match[str]) -> str:
        place = f"{from_(match[2])}." if match[2] else ""
        for one in filter(None, (each.strip() for each in match[1].split(","))):
            inner, _, outer = one.partition(" as ")
            names.append(f"get {outer or inner}() {{ return {place}{inner}; }}")
        return ""

    body = IMPORT.sub(needed, source)
    body = EXPORT_LIST.sub(listed, body)
    body = EXPORT.sub(r"\1 \2", body)
    body = LATER.sub(lambda match: f"Promise.resolve({from_(match[1])})", body)
    wrong = re.search(r"^(?:import|export)\b.*", body, re.MULTILINE)
    assert not wrong, f"{name}: unknown import/export form: {wrong and wrong[0]}"
    told = f"const {{{given}}} = given;" if given else ""
    return (
        f"(function (need, given) {{ 'use strict'; {told} {body}\n"
        f"return {{ {', '.join(names)} }}; }})"
    )


class Core:
    """The core's modules in one JavaScript context; `run` awaits a script and returns its value.

    `makers` are files beside this one that make what a test's scripts speak of.
    """

    def __init__(self, *makers: str) -> None:
        self.context = quickjs.Context()
        self.context.set_time_limit(20)
        functions = ",".join(
            f"{json.dumps(name)}: {as_function(name, source)}" for name, source in sources().items()
        )
        self.context.eval(
            f"const makers = {{{functions}}}; const made = {{}};"
            "function need(n) { return made[n] || (made[n] = makers[n](need)); }"
            "for (const n of Object.keys(makers)) Object.assign(globalThis, need(n));"
        )
        for name in ("fake_phone.js", *makers):
            self.context.eval(Path(__file__).with_name(name).read_text(encoding="utf-8"))

    def run(self, script: str) -> Any:
        """What an async function with this body returns, as Python data."""
        self.context.eval(
            "globalThis.answer = undefined; globalThis.failure = undefined;"
            f"(async () => {{ {script} }})().then("
            "v => { answer = JSON.stringify(v === undefined ? null : v); },"
            "e => { failure = String(e) + '\\n' + (e && e.stack); });"
        )
        while self.context.execute_pending_job():
            pass
        failure = self.context.get("failure")
        assert failure is None, failure
        answer = self.context.get("answer")
        assert answer is not None, "the script never came to an end"
        return json.loads(answer)
