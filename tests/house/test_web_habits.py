"""What no script, template or module of the house does, for browsers and strangers could abuse it."""

import re
from pathlib import Path

import pytest

from server.settings import ROOT

OURS = [
    path
    for folder in ("web", "desk", "miniapp", "miniapp_api")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".js", ".html", ".wxml"} and not {"vendor", "node_modules"} & {*path.parts}
]
PYTHON = [
    path for folder in ("server", "desk", "miniapp_api") for path in (ROOT / folder).rglob("*.py")
]


def those_with(pattern: str, files: list[Path]) -> set[str]:
    """The files in which a pattern stands."""
    wanted = re.compile(pattern)
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if wanted.search(path.read_text("utf-8"))
    }


@pytest.mark.parametrize(
    ("pattern", "files", "may"),
    [
        # Text never becomes program.
        (r"\beval\(|new Function\(|setTimeout\(['\"]", OURS, set()),
        (r"(?<![.\w])(eval|exec)\(|os\.system\(|shell=True|yaml\.(unsafe_)?load\(", PYTHON, set()),
        (r"\bpickle\b|\bmarshal\b|\bshelve\b", PYTHON, {"server/supervisor.py"}),
        (r"render_template_string|from_string\(", PYTHON, set()),
        # The public page's own style sheet, from its file.
        (r"\|\s*safe\b|autoescape false", OURS, {"miniapp_api/templates/public/base.html"}),
        # Markup that is put in whole is the house's own: a page of the desk, a drawing, a last word.
        (
            r"(inner|outer)HTML =|dangerouslySetInnerHTML|insertAdjacentHTML|document\.write",
            OURS,
            {"desk/static/review.js", "web/examples.js", "web/old.js"},
        ),
        # Other sites are not listened to, and nothing is fetched from them.
        (r"window\.(addEventListener\('message'|onmessage)", OURS, set()),
        (r"new WebSocket\(|graphql|[?&]callback=", [*OURS, *PYTHON], set()),
        (r"(?i)access-control-allow", PYTHON, set()),
        (r"<(script|link|img|iframe)[^>]+(src|href)=\"(https?:)?//", OURS, set()),
        # Passwords are masked, pasted and filled in by whatever keeps them.
        (r"onpaste|name=\"(old|new|password)\"(?![^>]*type=\"password\")[^>]*>", OURS, set()),
        (r"type=\"password\"(?![^>]*autocomplete=\"(current|new)-password\")", OURS, set()),
    ],
)  # fmt: skip
def test_nothing_of_ours_does_this(pattern: str, files: list[Path], may: set[str]) -> None:
    assert those_with(pattern, files) == may


def test_only_what_others_protocols_ask_for_uses_an_old_hash() -> None:
    # WeChat signs by SHA-1, S3 may ask for a sum of MD5; neither keeps a secret of ours.
    assert those_with(r"hashlib\.(md5|sha1)|hashes\.(MD5|SHA1)|\bMODE_ECB|modes\.ECB", PYTHON) == {
        "server/channels/wechat/js_sdk.py",
        "server/channels/wechat/pushes.py",
        "server/media/s3_store.py",
    }
    assert (
        "digest_method = staticmethod(hashlib.sha256)" in (ROOT / "desk/frame/pages.py").read_text()
    )
