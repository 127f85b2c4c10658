"""Who may touch what inside web/: the platform in one folder, views apart, and syntax old phones know."""

import gzip
import re

from miniapp_api.app_files import WEB

PLATFORM_FILES = ("mending", "net", "phone", "senses", "storage")
OURS = [path for path in WEB.rglob("*.js") if "vendor" not in path.parts]
PLATFORM = r"\bfetch\(|indexedDB|openDB|getUserMedia|geolocation|navigator\.|BroadcastChannel"


def code(text: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", text, flags=re.DOTALL | re.MULTILINE)


def test_only_the_platform_touches_network_storage_camera_and_position():
    touching = {
        path.relative_to(WEB).as_posix()
        for path in OURS
        if re.search(PLATFORM, code(path.read_text(encoding="utf-8")))
    }
    platform = {f"platform/{name}.js" for name in PLATFORM_FILES}
    assert touching == platform | {"sw.js", "old.js"}


def test_views_never_import_each_other():
    for path in (WEB / "views").glob("*.js"):
        imports = re.findall(r"from '([^']+)'", path.read_text(encoding="utf-8"))
        assert not [name for name in imports if name.startswith("./")], path.name


def test_every_module_opens_with_one_sentence_and_stays_short():
    for path in OURS:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("// "), path.name
        assert len(lines) <= 400, path.name


def test_old_phones_can_read_the_syntax():
    for path in OURS:
        text = code(path.read_text(encoding="utf-8"))
        assert not re.search(r"\?\.(?![\d])|\?\?|catch \{", text), path.name


def test_our_style_sheet_is_small():
    assert len(gzip.compress((WEB / "app.css").read_bytes(), 9)) <= 8 * 1024
