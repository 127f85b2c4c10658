// 签到: scan the plate at the door, photograph it, or type its number; kept before it says so.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { mayLocate } from '../core/asking.js';
import { checkInRecord, checkInSaid, plateRead } from '../core/checkin.js';
import { readStationDigits } from '../core/validate.js';
import { beijingTime } from '../core/dates.js';
import { happenedAt } from '../core/queue.js';
import { CHECK_IN_WORDS } from '../core/words/checkin.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { PHOTO_WORDS } from '../core/words/photo.js';
import { Finder, StillButton } from '../camera/finder.js';
import { Button, Field, html, Note, Screen } from '../parts.js';
import { Done } from '../pieces.js';
import { chooseStation, home, keepRecord, mine, queue, station, stations } from '../state.js';
import { findPosition } from '../platform/senses.js';

const WAIT_FOR_FIX = 2500;

/** Looks for the position from the moment the screen opens, where its keeper agreed to that. */
function usePosition() {
  const position = useRef(null);
  useEffect(() => {
    if (!mayLocate(home.value, mine.value)) return undefined;
    position.current = findPosition();
    return () => position.current.stop();
  }, []);
  return position;
}

export function CheckIn({ typed }) {
  const position = usePosition();
  const kept = useRef(false);
  const [saved, setSaved] = useState(null);
  const [problem, setProblem] = useState('');
  const [doubt, setDoubt] = useState(null);
  const save = async (method, text, here, isNew) => {
    if (kept.current) return;
    kept.current = true;
    const fix = position.current && (await position.current.within(WAIT_FOR_FIX));
    const said = await keepRecord(checkInRecord(method, text, here, fix, isNew));
    kept.current = Boolean(said.item);
    if (said.problem) setProblem(said.problem);
    else {
      chooseStation(here.id);
      setSaved(said.item);
    }
  };
  const read = (method) => (text) => {
    if (kept.current || doubt) return;
    const found = plateRead(text, stations.value);
    if (found.here) save(method, found.text, found.here);
    else if (found.doubt) setDoubt({ method, text });
    else setProblem(found.problem);
  };
  if (saved) {
    return html`<${Kept} item=${saved} />`;
  }
  if (doubt) {
    return html`<${Doubt} onBack=${() => setDoubt(null)}
      onKeep=${() => save(doubt.method, doubt.text, station.value, true)} />`;
  }
  if (typed) {
    const entered = (code, here) => save('typed', code, here);
    return html`<${Typed} problem=${problem} onCode=${entered} />`;
  }
  return html`<${Screen} title="扫牌子签到" back="">
    ${problem ? html`<${Note} kind="warm" icon="ask" live>${problem}<//>` : null}
    <${Finder} onText=${read('scan')} hint=${PHOTO_WORDS.aimAtDoor} />
    <div class="choices">
      <${StillButton} onText=${read('photo')}>拍张照片来认<//>
      <${Button} kind="plain" icon="pen" href="#/check-in/typed">输入编号<//>
    </div><//>`;
}

/** What was kept: a check-in, or a plate that the phone does not know and that waits to be seen. */
function Kept({ item }) {
  const { title, waits, lines } = checkInSaid(queue.value, item);
  return html`<${Done} title=${title} item=${item} sign=${waits ? 'ask' : ''}>
    <p class="done-big">${beijingTime(happenedAt(item))}</p>
    ${lines.map((line) => html`<p key=${line}>${line}</p>`)}<//>`;
}

function Typed({ onCode, problem }) {
  const prefix = station.value.level === 'township_station' ? 'XZ' : 'C';
  const [digits, setDigits] = useState('');
  const [error, setError] = useState('');
  const submit = (event) => {
    event.preventDefault();
    const said = readStationDigits(digits, prefix, stations.value);
    setError(said.error || '');
    if (said.code) onCode(said.code, stations.value.filter((one) => one.code === said.code)[0]);
  };
  return html`<${Screen} title="输入编号签到" back="check-in">
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    <form class="card pad" onSubmit=${submit}>
      <${Field} label="牌子上的编号" id="digits" error=${error}>
        <div class="prefixed"><span aria-hidden="true">${prefix}</span>
          <input id="digits" class="big-input" inputmode="numeric" maxlength="4" autocomplete="off"
            value=${digits} placeholder="0000" onInput=${(e) => setDigits(e.target.value)}
            aria-describedby=${error ? 'digits-error' : null}
            aria-invalid=${error ? 'true' : null} /></div>
      <//>
      <p class="quiet">${CHECK_IN_WORDS.numberIsAt(prefix)}</p>
      <button class="button main" type="submit"><span>签到</span></button>
    </form><//>`;
}

/** A plate of ours, but none that this phone knows: perhaps new, perhaps the neighbour's. */
function Doubt({ onKeep, onBack }) {
  const { name, code } = station.value;
  const ofIt = CHECK_IN_WORDS.notOf(code || SHARED_WORDS.noNumber);
  return html`<${Screen} title="这块牌子不认得" back="">
    <section class="card pad">
      <p>${CHECK_IN_WORDS.notLike}<b>${name}</b>${ofIt}</p>
      <p>${CHECK_IN_WORDS.perhapsNew}</p></section>
    <div class="choices"><${Button} icon="scan" onClick=${onBack}>重新扫<//>
      <${Button} kind="plain" onClick=${onKeep}>${CHECK_IN_WORDS.newPlate}<//></div><//>`;
}
