// 签字: what will be signed, in one look; then both names, or how the keeper says yes or no.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { answerTo, openRows, signaturePath, tally, whatIsMissing } from '../core/rounds.js';
import { inBox, isSigned } from '../core/strokes.js';
import { SignaturePad } from '../pad.js';
import { Button, Done, Field, html, Note, Screen, Verdict } from '../parts.js';
import { Icon } from '../html.js';
import { go, session } from '../state.js';
import { changeDraft, draftOf, drafts, handIn, problem, readVisits } from '../visits.js';

const WAYS = [['signed', '当场签名', '站长在这部手机上签'], ['to_confirm', '站长用自己手机确认', '站长回去看了再点同意'], ['refused', '站长不肯签', '要写一句原因']];

function useDraft(id) {
  useEffect(() => {
    readVisits();
  }, []);
  return drafts.value && draftOf(id);
}

/** The result as the keeper reads it before signing. */
function Result({ draft }) {
  const count = tally(draft);
  const failed = draft.rows.filter((row) => answerTo(draft, row.code).verdict === 'fail');
  return html`<section class="card pad"><p class="big-word">${draft.station.name}</p>
    <p class="tally"><${Verdict} verdict="pass">符合 ${count.pass}<//> <${Verdict} verdict="fail">不符合 ${count.fail}<//> <${Verdict} verdict="unknown">没看清 ${count.unknown}<//></p>
    ${failed.length ? html`<ul class="plain-list">${failed.map((row) => html`<li key=${row.code}><b>${row.title}</b>（${row.clause}）${row.level === 'shall' ? '' : html` <span class="chip">建议</span>`}
      ${answerTo(draft, row.code).note ? html`<span class="line">${answerTo(draft, row.code).note}</span>` : null}${row.level === 'shall' && row.mend ? html`<span class="line quiet">${row.mend}</span>` : null}</li>`)}</ul>` : html`<p>没有不符合的。</p>`}</section>`;
}

function Signature({ draft, whose, title }) {
  const signature = draft.signatures[whose];
  const path = '#/sign/' + draft.visit_id + '/' + whose;
  if (!signature) return html`<${Button} kind="plain sign-here" icon="pen" href=${path}>${title}：点这里签名<//>`;
  return html`<figure class="signed"><figcaption><${Icon} name="check" size="1.2rem" /> ${title}签好了 <a href=${path}>重签</a></figcaption>
    <svg viewBox="0 0 600 200" role="img" aria-label=${title + '的签名'}><path d=${signaturePath(signature)} fill="none" stroke="#14202e" stroke-width="6" stroke-linecap="round" stroke-linejoin="round" /></svg></figure>`;
}

export function Signing({ id }) {
  const draft = useDraft(id);
  const [said, setSaid] = useState([]);
  const [anyway, setAnyway] = useState(false);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(null);
  if (saved) return html`<${Done} title="督导记录存好了" item=${saved.item} back="回到名单"><p>${saved.name}</p>${saved.asks ? html`<p>请站长打开自己手机，在“今天”里点“确认督导结果”。</p>` : null}<//>`;
  if (drafts.value === null) return html`<${Screen} title="签字" back=""><p role="status" class="quiet centre">正在打开…</p><//>`;
  if (!draft) return html`<${Screen} title="签字" back=""><${Note} kind="calm" icon="ask">这个站没有查了一半的记录。<a href="#/">回名单</a><//><//>`;
  const set = (change) => changeDraft(draft.id, (now) => Object.assign({}, now, change));
  const open = openRows(draft);
  const finish = async () => {
    const missing = whatIsMissing(draft);
    setSaid(missing);
    if (missing.length || busy) return;
    setBusy(true);
    const kept = await handIn(draft);
    setBusy(false);
    if (kept.problem) setSaid([kept.problem]);
    else setSaved({ item: kept.item, name: draft.station.name, asks: draft.outcome === 'to_confirm' });
  };
  if (open.length && !anyway) {
    return html`<${Screen} title="还没查完" back=${'visit/' + id} foot=${html`<${Button} href=${'#/visit/' + id}>回去接着查<//>`}>
      <${Note} kind="warm" icon="ask" live>还有 ${open.length} 条没看。<//>
      <section class="card pad"><ul class="plain-list">${open.map((row) => html`<li key=${row.code}>${row.title}（${row.clause}）</li>`)}</ul></section>
      <${Button} kind="plain" onClick=${() => setAnyway(true)}>就查这些，剩下的写“没看”<//><//>`;
  }
  const foot = html`<${Button} icon="check" disabled=${busy} onClick=${finish}>交上去<//>`;
  return html`<${Screen} title="签字" back=${'visit/' + id} foot=${foot}>
    ${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    <${Result} draft=${draft} />
    ${draft.amends_id ? html`<section class="card pad"><${Field} label="为什么更正" id="because"><textarea id="because" class="big-input" rows="2" maxlength="300" value=${draft.amended_because} onInput=${(e) => set({ amended_because: e.target.value })}></textarea><//></section>` : null}
    <section class="card pad"><fieldset class="ways"><legend>站长怎么确认</legend>${WAYS.map(([way, word, hint]) => html`<label key=${way} class="way"><input type="radio" name="way" checked=${draft.outcome === way} onChange=${() => set({ outcome: way })} /><span><b>${word}</b><span class="hint">${hint}</span></span></label>`)}</fieldset></section>
    ${draft.outcome ? html`<section class="card pad">
      ${draft.outcome === 'refused' ? html`<${Field} label="站长为什么不签" id="refusal"><textarea id="refusal" class="big-input" rows="2" maxlength="300" value=${draft.refusal} onInput=${(e) => set({ refusal: e.target.value })}></textarea><//>` : null}
      ${draft.outcome === 'signed' ? html`<${Field} label="签名的站长" id="keeper"><input id="keeper" class="big-input" maxlength="40" value=${draft.keeper_name} onInput=${(e) => set({ keeper_name: e.target.value })} /><//><${Signature} draft=${draft} whose="keeper" title="站长" />` : null}
      <${Signature} draft=${draft} whose="inspector" title=${'督导员 ' + session.value.person.name} /></section>` : null}
    ${said.length ? html`<${Note} kind="bad" icon="ask" live>${said.join(' ')}<//>` : null}<//>`;
}

/** One signature, with as much glass as the phone has, held either way. */
export function Pad({ id, whose }) {
  const draft = useDraft(id);
  const strokes = useRef([]);
  const [said, setSaid] = useState('');
  const [, redraw] = useState(0);
  if (!draft) return html`<main class="opening"><p role="status">正在打开…</p></main>`;
  const name = whose === 'keeper' ? '站长 ' + draft.keeper_name : '督导员 ' + session.value.person.name;
  const clear = () => {
    strokes.current = [];
    setSaid('');
    redraw((n) => n + 1);
  };
  const keep = async () => {
    if (!isSigned(strokes.current)) {
      setSaid('还没签上，请用手指在白的地方写名字。');
      return;
    }
    const signatures = (now) => Object.assign({}, now.signatures, { [whose]: inBox(strokes.current) });
    if (await changeDraft(draft.id, (now) => Object.assign({}, now, { signatures: signatures(now) }))) go('sign/' + id);
    else setSaid(problem.value);
  };
  return html`<main class="pad-screen" id="main"><h1>${name}，请签名</h1><p class="quiet" role="status">${said || '用手指写名字，横着竖着拿都行'}</p>
    <${SignaturePad} strokes=${strokes} label=${name + '的签名处'} onChange=${() => redraw((n) => n + 1)} />
    <div class="pad-keys"><a class="button plain" href=${'#/sign/' + id}><span>不签了</span></a><${Button} kind="plain" onClick=${clear}>清掉重写<//><${Button} onClick=${keep}>签好了<//></div></main>`;
}
