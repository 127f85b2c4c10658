"""Who may touch what on the phone."""

import re
from collections.abc import Iterator

from server.settings import ROOT
from tests.house.trees import faults, script, scripts


def test_only_the_platform_folder_touches_the_browser() -> None:
    reach = re.compile(r"\bfetch\s*\(|\bindexedDB\b|getUserMedia|\bgeolocation\b|vendor/idb")

    def touching() -> Iterator[str]:
        for name in scripts("web/"):
            # A service worker stands between browser and network: fetch is what it is for.
            if name.startswith("web/platform/") or name == "web/sw.js":
                continue
            for match in reach.finditer(script(name)):
                yield f"{name}: {match[0]}"

    assert not faults(touching())


def imports_of(name: str) -> list[str]:
    return re.findall(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""", script(name))


def test_views_never_import_each_other() -> None:
    def importing() -> Iterator[str]:
        for name in scripts("web/views/"):
            for target in imports_of(name):
                path = ((ROOT / name).parent / target).resolve()
                if target.startswith(".") and path.is_relative_to(ROOT / "web" / "views"):
                    yield f"{name} imports {target}"

    assert not faults(importing())


def test_the_shared_phone_logic_knows_neither_browser_nor_wechat() -> None:
    platform = re.compile(
        r"(?<![\w.'\"-])(?:wx|window|document|navigator|localStorage|indexedDB|fetch|uni)\s*[.(\[]"
    )

    def knowing() -> Iterator[str]:
        for name in scripts("miniapp/core/"):
            for match in platform.finditer(script(name)):
                yield f"{name}: {match[0]}"
            for target in imports_of(name):
                path = ((ROOT / name).parent / target).resolve()
                if not target.startswith(".") or not path.is_relative_to(ROOT / "miniapp" / "core"):
                    yield f"{name} imports {target}"

    assert not faults(knowing())
