"""What docs/webhooks.md tells receivers works as it stands there."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from server.models.webhook import WebhookKind
from server.policy.webhooks import MOST_TRIES, headers, new_secret
from server.settings import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
OLD, NEW = new_secret(b"o" * 32), new_secret(b"n" * 32)
AT = datetime(2026, 11, 30, 10, tzinfo=UTC)
AT_S = int(AT.timestamp())
BODY = '{"type":"webhook.test","data":{"名":"马家沟"}}'


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.fixture
def received() -> Callable[..., Any]:
    held: dict[str, Any] = {}
    exec(compile(block("python"), "docs/webhooks.md", "exec"), held)
    found: Callable[..., Any] = held["received"]
    return found


def test_the_page_s_receiver_takes_ours_and_the_library_s_and_nothing_else(
    received: Callable[..., Any],
) -> None:
    body = BODY.encode()
    ours = headers([NEW, OLD], uid="evt_1", at_s=AT_S, body=body)
    librarys = ours | {"webhook-signature": Webhook(NEW).sign("evt_1", AT, BODY)}
    for sent, secret in ((ours, NEW), (ours, OLD), (librarys, NEW)):
        assert received(sent, body, secret, now=AT_S) == json.loads(BODY)
    for sent, given, secret, now in (
        (librarys, body, OLD, AT_S),
        (ours, body + b" ", NEW, AT_S),
        (ours | {"webhook-id": "evt_2"}, body, NEW, AT_S),
        (ours | {"webhook-timestamp": str(AT_S + 1)}, body, NEW, AT_S),
        (ours, body, NEW, AT_S + 301),
        (ours | {"webhook-signature": "v1, v1a,x 名"}, body, NEW, AT_S),
    ):
        with pytest.raises(ValueError, match=r"signed|clock"):
            received(sent, given, secret, now=now)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_the_page_s_commands_print_the_signature(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(BODY.encode())
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block("sh")],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "SECRET": NEW, "ID": "evt_1", "TIMESTAMP": str(AT_S)},
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    ours = headers([NEW], uid="evt_1", at_s=AT_S, body=BODY.encode())
    assert done.stdout.strip() == ours["webhook-signature"]


def test_the_page_lists_every_kind_and_counts_the_tries() -> None:
    listed = re.findall(r"^\| `([a-z_.]+)` \|", PAGE, re.MULTILINE)
    assert listed == [one.value for one in WebhookKind]
    assert f"({MOST_TRIES} tries" in PAGE
