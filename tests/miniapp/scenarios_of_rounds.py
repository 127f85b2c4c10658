"""What happens to inspectors, told once for both clients: a form, signatures, no net, a kill."""

import json
from typing import Any

from tests.api.rounds import visit_of
from tests.miniapp.contract import DAY, SECOND, Phone, Setting
from tests.miniapp.playing import ONE, scenario

# A name of four strokes, in the box of 600 by 200.
NAME = [
    [[60, 40], [200, 44]], [[70, 90], [190, 92]], [[130, 40], [132, 160]], [[40, 165], [220, 168]],
]  # fmt: skip
HELP = """
    const found = () => V.visitNamed(ID);
    const begin = async (more) => {
      await V.readVisits();
      const pack = await V.packed(found().campaign, found().visit);
      if (!pack) return null;
      const how = { pack, method: 'typed', text: found().visit.code, remark: '', position: null };
      return V.begin(Object.assign(how, found(), more));
    };
    const answer = (failing) => V.changeDraft(V.draftOf(ID).id, (draft) =>
      D.doubted(draft.rows.reduce((now, row) => {
        const fails = failing.indexOf(row.code) >= 0;
        const done = A.tapped(now, row, fails ? 'fail' : 'pass');
        const said = fails ? A.withAnswer(done, row.code, { note: '现场没有' }) : done;
        return A.asksOf(said, row).filter((ask) => ask.kind !== 'flag').reduce((next, ask) =>
          A.withValue(next, row.code, ask.fact, ask.kind === 'amount' ? '12' : draft.station.name),
        said);
      }, draft)));
    const set = (change) => V.changeDraft(V.draftOf(ID).id, (now) => Object.assign({}, now, change));
    const sign = async (outcome) => {
      await set({ outcome });
      const text = await V.documentOf(V.draftOf(ID));
      const names = outcome === 'signed' ? ['keeper', 'inspector'] : ['inspector'];
      for (const whose of names) {
        await V.changeDraft(V.draftOf(ID).id, (now) => G.withSignature(now, whose, NAME, text));
      }
      return V.handIn(V.draftOf(ID), text);
    };
"""


class Inspector:
    """王督导's phone, and the visit to a station of his round."""

    def __init__(self, phone: Phone, setting: Setting) -> None:
        self.phone, self.setting = phone, setting
        visit = visit_of(setting.session, setting.campaign, setting.cast.xz1)
        setting.session.commit()
        self.help = HELP.replace("ID", str(visit.id)).replace("NAME", json.dumps(NAME))
        phone.open()
        assert phone.bind(setting.code(setting.cast.wang)) == {}

    def do(self, script: str, **how: Any) -> Any:
        return self.phone.run(self.help + script.replace("ID", self.visit_id), **how)

    @property
    def visit_id(self) -> str:
        return str(visit_of(self.setting.session, self.setting.campaign, self.setting.cast.xz1).id)

    def take_along(self) -> None:
        assert self.phone.run("return V.takeAlong(V.round.value)") == ""

    def is_handed_in(self, said: Any) -> None:
        assert "item" in said, said
        self.phone.send()
        assert self.phone.unsent() == []


@scenario
def an_inspection_signed_by_both(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    wang.do("await begin(); await answer([])")
    phone.wait(600 * SECOND)
    wang.is_handed_in(wang.do("return sign('signed')"))


@scenario
def an_inspection_without_a_net_from_the_pocket(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    wang.take_along()
    phone.net(off=True)
    wang.do("await begin(); await answer(['A3-42b'])")
    phone.wait(900 * SECOND)
    assert "item" in wang.do("return sign('signed')")
    phone.kill()
    phone.wait(DAY)
    phone.open()
    assert phone.unsent() == ["waiting"]
    phone.net(off=False)
    phone.send()
    assert phone.unsent() == []


@scenario
def an_inspection_interrupted_by_a_kill(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    wang.take_along()
    phone.net(off=True)
    wang.do("await begin(); await answer([])")
    phone.kill()
    phone.wait(3600 * SECOND)
    phone.open()
    wang.do("await V.readVisits(); if (A.openRows(V.draftOf(ID)).length) throw new Error('lost')")
    phone.net(off=False)
    wang.is_handed_in(wang.do("return sign('to_confirm')"))


@scenario
def an_inspection_that_the_keeper_refuses(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    wang.do("await begin(); await answer(['A3-42b']); await set({ refusal: '说不是他弄的' })")
    phone.wait(600 * SECOND)
    wang.is_handed_in(wang.do("return sign('refused')"))


@scenario
def an_inspection_with_a_photo_whose_answer_is_lost(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    shot = (
        f"{{ bytes: bytesOfHex('{ONE.hex()}'), size: {len(ONE)}, taken_ms: world.wall(),"
        " width: 80, height: 60, complaints: {}, exif: {} }"
    )
    wang.do(f"await begin(); await answer([]); await V.addPhoto(V.draftOf(ID).id, {shot}, 'A3-1a')")
    phone.wait(600 * SECOND)
    phone.net("answer-lost", None, "answer-lost")
    said = wang.do("return sign('signed')")
    phone.net()
    phone.send()
    wang.is_handed_in(said)


@scenario
def a_signature_taken_back_by_a_change(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    wang.do("await begin(); await answer([])")
    phone.wait(600 * SECOND)
    wang.do(
        "await set({ outcome: 'signed' }); const text = await V.documentOf(V.draftOf(ID));"
        "await V.changeDraft(V.draftOf(ID).id, (n) => G.withSignature(n, 'inspector', [[[1, 2]]], text));"
        "await answer(['A3-42b']); if (G.isSignedBy(V.draftOf(ID))) throw new Error('still signed')"
    )
    wang.is_handed_in(wang.do("return sign('signed')"))


@scenario
def a_form_on_a_full_phone(phone: Phone, setting: Setting) -> None:
    wang = Inspector(phone, setting)
    wang.take_along()
    phone.full()
    wang.do("await begin(); if (!V.problem.value) throw new Error('it said nothing')")
    phone.full(is_so=False)
    wang.do("await begin(); await answer([])")
    phone.wait(600 * SECOND)
    wang.is_handed_in(wang.do("return sign('signed')"))
