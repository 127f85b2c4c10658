"""What the mini program keeps is whole or not there, wherever the phone stops, and however full."""

from typing import Any

import pytest

from server.settings import ROOT
from tests.app.quick import Core, as_function
from tests.miniapp.weixin import HERE

KEPT = """
const disk = makeDisk(); const shelf = makeShelf(disk.api);
await shelf.change(() => ({ meta: { seq: 1 }, put: [item('a', 'waiting')], photos: { 'p-a': bytes(100) } }));
await shelf.remember('home', { day: 1 });
"""
CHANGE = """{ meta: { seq: 2 }, put: [item('b', 'waiting'), item('a', 'announced')],
  photos: { 'p-b': bytes(100) }, putPages: { 'shot/1': { value: 2 } } }"""
BEFORE = {"seq": 1, "items": ["a waiting"], "photos": ["p-a"], "torn": 0, "files": 4}
AFTER = {
    "seq": 2,
    "items": ["a announced", "b waiting"],
    "photos": ["p-a", "p-b"],
    "torn": 0,
    "files": 7,
}


@pytest.fixture(scope="module")
def core() -> Core:
    core = Core()
    source = (ROOT / "miniapp" / "platform" / "shelf.js").read_text(encoding="utf-8")
    core.context.eval(f"Object.assign(globalThis, {as_function('shelf', source)}(need));")
    core.context.eval((HERE / "fake_disk.js").read_text(encoding="utf-8"))
    return core


def test_wherever_the_phone_stops_there_is_all_of_a_change_or_nothing(core: Core) -> None:
    seen: list[Any] = core.run(
        f"""const seen = [];
        for (let cut = 1; cut < 40; cut += 1) {{
          {KEPT}
          disk.stopAt = disk.writes + cut;
          let ended = true;
          try {{ await shelf.change(() => ({CHANGE})); }} catch (error) {{ ended = false; }}
          disk.stopAt = Infinity;
          seen.push([ended, await found(disk)]);
        }}
        return seen;"""
    )

    assert all(after in (BEFORE, AFTER) for _, after in seen)
    assert [after for ended, after in seen if ended] == [AFTER] * len([1 for e, _ in seen if e])
    stopped = [after for ended, after in seen if not ended]
    assert BEFORE in stopped
    assert seen[-1] == [True, AFTER]


def test_a_full_phone_takes_nothing_new_and_still_lets_go_of_what_was_sent(core: Core) -> None:
    seen = core.run(
        KEPT
        + f"""disk.room = 0; const said = [];
        try {{ await shelf.change(() => ({CHANGE})); }} catch (error) {{ said.push(error.kind); }}
        said.push((await shelf.read()).items.map((one) => one.state));
        await shelf.change(() => ({{ put: [item('a', 'announced')] }}));
        said.push((await shelf.read()).items.map((one) => one.state));
        said.push((await found(disk)).items);
        disk.room = Infinity;
        await shelf.change(() => ({{ meta: {{ seq: 3 }} }}));
        said.push((await found(disk)).items);
        disk.room = 0;
        await shelf.change(() => ({{ drop: ['a'], dropPhotos: ['p-a'] }}));
        said.push((await shelf.read()).items.length);
        return said;"""
    )

    assert seen == ["full", ["waiting"], ["announced"], ["a waiting"], ["a announced"], 0]


def test_what_is_signed_and_what_is_not_kept_yet_outlive_a_signing_out(core: Core) -> None:
    seen = core.run(
        KEPT
        + """await shelf.remember('signed/7/x', 1); await shelf.remember('shot/7/mend-1', 2);
        await shelf.replacePages('pocket/1/', { form: 3 });
        await shelf.replacePages('pocket/1/', { other: 4 });
        const before = await shelf.recallAll(['home', 'pocket/1/form', 'pocket/1/other']);
        await shelf.forgetPages();
        const keys = ['home', 'pocket/1/other', 'signed/7/x', 'shot/7/mend-1'];
        const left = await makeShelf(disk.api).recallAll(keys);
        return [before, left, (await shelf.read()).items.length].map((one) => JSON.stringify(one));"""
    )

    assert seen == ['[{"day":1},null,4]', "[null,null,1,2]", "1"]


def test_a_storage_that_wechat_has_emptied_takes_nothing_with_it(core: Core) -> None:
    seen = core.run(
        KEPT
        + """disk.storage = {};
        const left = await found(disk);
        const again = makeShelf(disk.api);
        await again.change(() => ({ meta: { seq: 2 }, put: [item('b', 'waiting')] }));
        disk.storage = {}; delete disk.files['index.json'];
        const shut = Object.keys(disk.files);
        const bare = makeShelf(disk.api);
        await bare.change(() => ({ meta: { seq: 9 }, put: [item('c', 'waiting')] }));
        const kept = shut.filter((name) => name in disk.files).length === shut.length;
        return [left, (await bare.read()).items.map((one) => one.id), kept];"""
    )

    assert seen == [BEFORE, ["c"], True], "what nothing names any more is not written over"


def test_what_wechat_has_emptied_of_files_is_said_at_two_starts(core: Core) -> None:
    seen = core.run(
        KEPT
        + """disk.files = {};
        const said = [];
        for (let start = 0; start < 3; start += 1) {
          const shelf = makeShelf(disk.api);
          await shelf.change(() => ({ meta: { seq: start } }));
          said.push([(await shelf.read()).items.length, shelf.lost()]);
        }
        return said;"""
    )

    assert seen == [[0, 1], [0, 1], [0, 0]]
