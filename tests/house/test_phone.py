"""Who may touch what on the phone, and where what it says is written."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from server.settings import ROOT
from tests.house.spoken import HAN, SLOT, Said, spoken
from tests.house.trees import FILES, faults, script, scripts, text_of

WORDS = re.compile(r"^export const (\w*WORDS) = \{\n(.*?)^\};", re.DOTALL | re.MULTILINE)
# What a screen may say itself though it is no label, and why.
SPOKEN_HERE = {
    "web/old.js": "browsers that know no modules cannot ask core for its words",
}


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


TAKEN = re.compile(r"\b(?:import|export)\s*\{([^}]*)\}\s*from\s*'(\.[^']+)'")
GIVEN = re.compile(r"^export\s+(?:async\s+)?(?:function|const|let|class)\s+([\w$]+)", re.MULTILINE)
GIVEN_ON = re.compile(r"^export\s*\{([^}]*)\}", re.MULTILINE)


def names_in(braces: str, which: int) -> list[str]:
    """`a, b as c`: what is taken (0: a, b), or by which name it is known then (-1: a, c)."""
    return [one.split(" as ")[which].strip() for one in braces.split(",") if one.strip()]


def given_by(name: str) -> set[str]:
    on = (names_in(braces, -1) for braces in GIVEN_ON.findall(script(name)))
    return {*GIVEN.findall(script(name))}.union(*on)


def test_no_screen_asks_for_what_a_module_does_not_give() -> None:
    """One name too many in an import, and no screen that needs it comes up."""

    def missing() -> Iterator[str]:
        for name in scripts("web/") + scripts("miniapp/"):
            for braces, target in TAKEN.findall(script(name)):
                place = (ROOT / name).parent.joinpath(target).resolve().relative_to(ROOT)
                # The house serves miniapp/core beside the screens, as /app/core.
                other = re.sub(r"^web/core/", "miniapp/core/", place.as_posix())
                if "/vendor/" in other:
                    continue
                wanted = set(names_in(braces, 0))
                for one in wanted - (given_by(other) if other in FILES else set()):
                    yield f"{name}: {target} has no {one}"

    assert not faults(missing())


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


# Where what it says is written


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("go('存好了。');", ["存好了。"]),
        ("title = '还要拍 ' + left + ' 样';", ["还要拍 {}", "{} 样"]),
        ("html`<p class=${tone}>还差 ${open} 条</p>`;", ["还差 {} 条"]),
        ('html`<img alt="站长拍的照片" />`; // 不说的', ["站长拍的照片"]),
        ("html`<b>${some ? html`<i>交好了</i>` : '没交'}</b>`;", ["交好了", "没交"]),
        ("name.replace(/[（）'\"`]/g, ''); ok('好');", ["好"]),
    ],
)
def test_what_a_script_says_is_found_in_quotes_templates_and_labels(
    source: str, said: list[str]
) -> None:
    assert [one.shown for one in spoken(source)] == said


@pytest.mark.parametrize("text", ["现在上传", "站长怎么确认", "今天还有"])
def test_a_label_has_at_most_eight_characters_and_no_stop(text: str) -> None:
    assert not Said(1, text).sentence


@pytest.mark.parametrize(
    "text", ["存好了。", "没网也能用，有网自动交", "把没交的存成一个文件", f"还要拍 {SLOT}"]
)
def test_what_has_a_stop_a_value_or_more_characters_is_a_sentence(text: str) -> None:
    assert Said(1, text).sentence


def test_the_screens_say_labels_and_the_core_says_sentences() -> None:
    def speaking() -> Iterator[str]:
        screens = [name for name in scripts("miniapp/") if "/core/" not in name]
        for name in (*scripts("web/"), *screens):
            for said in spoken(text_of(name)):
                if said.sentence and name not in SPOKEN_HERE:
                    yield f"{name}:{said.line}: {said.shown} (put it into miniapp/core/words/)"

    assert not faults(speaking())
    for name in SPOKEN_HERE:
        assert any(said.sentence for said in spoken(text_of(name))), f"{name} needs no leave"


def test_a_sentence_stands_in_one_place() -> None:
    places: dict[str, list[str]] = {}
    for name in scripts("miniapp/core/"):
        for said in spoken(text_of(name)):
            if said.sentence and len(HAN.findall(said.text)) > 3:
                places.setdefault(said.shown, []).append(f"{name}:{said.line}")

    assert not {shown: found for shown, found in places.items() if len(found) > 1}


def test_days_are_counted_in_words_in_one_place() -> None:
    def counting() -> Iterator[str]:
        for name in (*scripts("web/"), *scripts("miniapp/")):
            for said in spoken(text_of(name)):
                if re.search(rf"{SLOT}\s*天", said.text) and name != "miniapp/core/dates.js":
                    yield f"{name}:{said.line}: {said.shown}"

    assert not faults(counting())


def test_every_word_of_the_core_is_said_somewhere() -> None:
    scripts_of_ours = {name: script(name) for name in (*scripts("web/"), *scripts("miniapp/"))}
    used = Counter(
        word for text in scripts_of_ours.values() for word in re.findall(r"\b(\w*WORDS\.\w+)", text)
    )
    words = {
        f"{found[1]}.{key}"
        for text in scripts_of_ours.values()
        for found in WORDS.finditer(text)
        for key in re.findall(r"^  (\w+):", found[2], flags=re.MULTILINE)
    }

    assert len(words) > 200
    assert not faults(words - used.keys())
    assert not faults(used.keys() - words)
