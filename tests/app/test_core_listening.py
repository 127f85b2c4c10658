"""听一听 in the shared logic: which sentences a screen says, and when there is a button at all."""

import pytest

from tests.app.quick import Core
from tools.voice import sentences


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


def test_whatever_a_screen_may_say_is_written_down_and_read_by_the_tool(core: Core) -> None:
    kinds = [
        "confirm", "check_in", "photos", "count", "asked_photo", "better_photo", "question",
        "mends", "failings",
    ]  # fmt: skip
    spoken = core.run("return SPOKEN;")
    assert spoken == sentences()
    said = core.run(
        f"const said = {kinds}.map((kind) => homeSays([{{ kind }}], {{}}));"
        "const paths = ['check-in/typed', 'photo/safety', 'count', 'history', 'attention', 'ask/hours', 'money', 'me'];"
        "return said.concat(paths.map(saysAt), [homeSays([], {}), doneSays('waiting'), doneSays('arrived'),"
        " homeSays([], { refused: true, late: true }), homeSays([], { news: true, offline: true })]);"
    )
    assert all(said)
    assert {key for keys in said for key in keys} == set(spoken)
    assert core.run("return [saysAt(''), saysAt('station'), doneSays('refused')];") == [[], [], []]
    assert core.run(
        "return homeSays([{ kind: 'count' }], { refused: true, late: true, news: true, offline: true });"
    ) == ["refused", "late", "count"]


def test_a_missing_sentence_or_recording_gives_nothing_to_press(core: Core) -> None:
    voice = "{ sentences: { count: [1, 2], news: [4, 1.5] } }"
    seen = core.run(
        f"return [recordedAt({voice}, ['news', 'count']), recordedAt({voice}, ['news', 'late']),"
        f" recordedAt({voice}, []), recordedAt(null, ['news'])];"
    )
    assert seen == [[[4, 1.5], [1, 2]], None, None, None]
