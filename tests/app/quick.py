"""Runs miniapp/core in quickjs-ng, with a phone and a server made of plain JavaScript."""

import json
import re
from pathlib import Path
from posixpath import normpath
from typing import Any

import quickjs

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "miniapp" / "core"
IMPORT = re.compile(r"^import \{([^}]*)\} from '(\.[a-z0-9/.]+)\.js';$", re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)


def sources() -> dict[str, str]:
    """Every module of the core by its path there, without its ending: "queue", "words/day"."""
    return {
        path.relative_to(CORE).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(CORE.rglob("*.js"))
    }


def as_function(name: str, source: str) -> str:
    """One ES module as a function body that takes `need(name)` and returns its exports."""

    def needed(match: re.Match[str]) -> str:
        target = normpath(f"{name}/../{match[2]}")
        return f"const {{{match[1]}}} = need('{target}');"

    names = [exported for _, exported in EXPORT.findall(source)]
    body = IMPORT.sub(needed, source)
    body = EXPORT.sub(r"\1 \2", body)
    assert not re.search(r"^(import|export)\b", body, re.MULTILINE), "unknown import/export form"
    return f"(function (need) {{ 'use strict'; {body}\nreturn {{ {', '.join(names)} }}; }})"


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
