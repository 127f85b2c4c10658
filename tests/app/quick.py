"""Runs miniapp/core in quickjs-ng, with a phone and a server made of plain JavaScript."""

import json
import re
from pathlib import Path
from typing import Any

import quickjs

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "miniapp" / "core"
IMPORT = re.compile(r"^import \{([^}]*)\} from '\./([a-z0-9]+)\.js';$", re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)


def as_function(source: str) -> str:
    """One ES module as a function body that takes `need(name)` and returns its exports."""
    names = [name for _, name in EXPORT.findall(source)]
    body = IMPORT.sub(r"const {\1} = need('\2');", source)
    body = EXPORT.sub(r"\1 \2", body)
    assert not re.search(r"^(import|export)\b", body, re.MULTILINE), "unknown import/export form"
    return f"(function (need) {{ 'use strict'; {body}\nreturn {{ {', '.join(names)} }}; }})"


class Core:
    """The core's modules in one JavaScript context; `run` awaits a script and returns its value."""

    def __init__(self) -> None:
        self.context = quickjs.Context()
        self.context.set_time_limit(20)
        sources = {path.stem: path.read_text(encoding="utf-8") for path in CORE.glob("*.js")}
        functions = ",".join(f"{json.dumps(n)}: {as_function(s)}" for n, s in sources.items())
        self.context.eval(
            f"const makers = {{{functions}}}; const made = {{}};"
            "function need(n) { return made[n] || (made[n] = makers[n](need)); }"
            "for (const n of Object.keys(makers)) Object.assign(globalThis, need(n));"
        )
        fake = Path(__file__).with_name("fake_phone.js").read_text(encoding="utf-8")
        self.context.eval(fake)

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
