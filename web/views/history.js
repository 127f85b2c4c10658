// 记录: what was sent day by day, what still waits, and what came back; the last month offline too.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingTime, dayInWords, readMoment } from '../core/dates.js';
import { subjectLabel, WORDS } from '../core/words.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { KEPT_WORDS, kindLabel, OPENINGS, whenInWords } from '../core/words/kept.js';
import { stationNamed } from '../day.js';
import { Button, html, Note, Screen } from '../parts.js';
import { Getting, Picture } from '../pieces.js';
import { Icon } from '../html.js';
import { LocalPicture, RescueButton } from '../keeping.js';
import { count, fetched, mine, stations, today } from '../state.js';

const MOST_SHOWN = 12; // a month offline is a long list; the newest are looked for most

function Mark({ icon, tone, children }) {
  return html`<p class=${'mark ' + tone}>
    <${Icon} name=${icon} size="1.2rem" />${children}</p>`;
}

/** A record that is still on this phone, with its pictures. */
function Waiting({ item }) {
  const { state, kind, payload } = item;
  const refused = item.photos.filter((photo) => photo.state === 'refused');
  const here = item.photos.filter((photo) => photo.state !== 'kept');
  const when = whenInWords(item, today.value);
  const words = { attention: KEPT_WORDS.inAttention, announced: '照片还在传' };
  const some = state === 'announced' && refused.length;
  return html`<li class="entry">
    <p><b>${kindLabel(item)}</b> ${when}</p>
    ${kind === 'answer' ? html`<p>${payload.text}</p>` : null}
    ${kind === 'opening' ? html`<p>${OPENINGS[payload.opening]}</p>` : null}
    ${kind === 'parcel_count' ? html`<p>${SHARED_WORDS.counted(payload)}</p>` : null}
    <${Mark} icon=${state === 'attention' ? 'bell' : 'cloud'} tone="wait">
      ${words[state] || '还没交'}<//>
    ${some ? html`<${Mark} icon="bell" tone="bad">
      ${KEPT_WORDS.photosRefused(refused.length, refused[0].why.message)}<//>` : null}
    <div class="photos">${here.map((photo) => html`
      <${LocalPicture} key=${photo.id} id=${photo.id} alt=${subjectLabel(photo.subject)} />`)}</div>
  </li>`;
}

/** How a photo that was sent stands: not counted, better taken again, not there yet; or fine. */
function PhotoState({ photo, faults }) {
  const [tone, icon, words] = photo.reused
    ? ['none', 'minus', '这次不算']
    : faults.length ? ['bad', 'cross', '最好重拍']
    : photo.state === 'announced' ? ['wait', 'cloud', '还没传到'] : [];
  if (!tone) return null;
  return html`<span class=${'mark ' + tone}>
    <${Icon} name=${icon} size="1.2rem" />${words}</span>`;
}

function PhotoSent({ photo }) {
  const label = photo.subject_label || subjectLabel(photo.subject);
  const faults = photo.reused ? [] : photo.complaints || [];
  const path = '/keeper/photos/' + photo.id + '/thumb';
  return html`<figure class="shot">
    ${photo.has_thumb ? html`<${Picture} path=${path} alt=${label} />` : null}
    <figcaption>${label} <${PhotoState} photo=${photo} faults=${faults} />
      ${faults.map((fault) => html`<span key=${fault} class="complaint">${fault}</span>`)}
    </figcaption></figure>`;
}

/** What was sent of one day, as the server has it. */
function Day({ day }) {
  const place = stations.value.length > 1 && stationNamed(day.station_id);
  const checked = day.check_ins[0];
  const counted = day.count;
  const photos = day.photos || [];
  const unverified = checked && checked.time_verified === false ? KEPT_WORDS.unverified : '';
  const sum = counted && SHARED_WORDS.counted(counted) + KEPT_WORDS.countedTimes(counted.version);
  return html`<section class="card pad day"><h2>${dayInWords(day.day_on)}</h2>
    ${place ? html`<p>${place.code} ${place.name}</p>` : null}
    ${day.opening ? html`<${Mark} icon="home" tone="none">${day.opening.label}<//>` : null}
    <${Mark} icon=${checked ? 'check' : 'minus'} tone=${checked ? 'ok' : 'none'}>
      ${checked ? KEPT_WORDS.checkedIn(beijingTime(readMoment(checked.at))) : '没有签到'}
      ${unverified}<//>
    <${Mark} icon=${counted ? 'check' : 'minus'} tone=${counted ? 'ok' : 'none'}>
      ${sum || '没有报件数'}<//>
    ${photos.length ? html`<div class="photos">
      ${photos.map((photo) => html`<${PhotoSent} key=${photo.id} photo=${photo} />`)}</div>` : null}
    ${photos.filter((photo) => photo.reused).map((photo) => html`
      <${Note} key=${photo.id} kind="warm" icon="camera">${photo.reused}<//>`)}</section>`;
}

/** What is still on this phone, the newest first, and the way out for it when there is no net. */
function StillHere({ items }) {
  const [most, setMost] = useState(MOST_SHOWN);
  return html`<section class="card pad"><h2>还在手机里的</h2>
    <ul class="plain-list">
      ${items.slice(0, most).map((item) => html`<${Waiting} key=${item.id} item=${item} />`)}</ul>
    ${items.length > most ? html`
      <${Button} kind="plain" onClick=${() => setMost(most + 4 * MOST_SHOWN)}>
        ${KEPT_WORDS.more(items.length - most)}<//>` : null}
    <${RescueButton} /><p class="quiet">${KEPT_WORDS.whenNoNet}</p></section>`;
}

export function History() {
  const [pages, setPages] = useState(null);
  const [next, setNext] = useState(null);
  const [problem, setProblem] = useState('');
  const waiting = mine.value;
  const left = count.value;
  const load = async (before) => {
    const said = await fetched('/keeper/history' + (before ? '?before=' + before : ''));
    if (!said.body) {
      setProblem(said.problem === WORDS.offline ? '' : said.problem);
      setPages(pages || []);
      return;
    }
    setProblem(said.fresh ? '' : KEPT_WORDS.seenBefore);
    setPages((before ? pages : []).concat(said.body.days));
    setNext(said.body.next);
  };
  useEffect(() => {
    load(null);
  }, [left && left.waiting === 0]);
  const nothing = pages && !pages.length && !waiting.length;
  const allSent = left && !left.waiting && !left.attention;
  return html`<${Screen} title="记录" tabs>
    ${waiting.length ? html`<${StillHere} items=${waiting} />` : null}
    ${allSent ? html`<${Note} kind="good" icon="check">${KEPT_WORDS.nothingElse}<//>` : null}
    ${problem ? html`<${Note} kind="calm" icon="nonet">${problem}<//>` : null}
    ${pages === null
      ? html`<${Getting}>正在取记录…<//>`
      : pages.map((day) => html`<${Day} key=${day.day_on + day.station_id} day=${day} />`)}
    ${nothing ? html`<p class="quiet centre">${KEPT_WORDS.historyComes}</p>` : null}
    ${next ? html`<${Button} kind="plain" onClick=${() => load(next)}>看更早的<//>` : null}<//>`;
}
