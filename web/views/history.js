// 记录: what was sent day by day, what still waits, and what came back; the last month offline too.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { requestInWords } from '../core/asking.js';
import { recordedDays } from '../core/recorded.js';
import { beijingTime, dayInWords, readMoment, shortDay } from '../core/dates.js';
import { subjectLabel } from '../core/words.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import {
  KEPT_WORDS, kindLabel, lookedInWords, OPENINGS, whenInWords,
} from '../core/words/kept.js';
import { stationNamed } from '../day.js';
import { Button, html, Note, Screen } from '../parts.js';
import { Getting, Picture } from '../pieces.js';
import { Icon } from '../html.js';
import { LocalPicture, NotFresh, RescueButton } from '../keeping.js';
import {
  chooseStation, count, fetched, home, mine, stations, today,
} from '../state.js';

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
    ${kind === 'request' ? html`<p>${requestInWords(payload)}</p>` : null}
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
  const label = subjectLabel(photo.subject, photo.subject_label);
  const faults = photo.reused ? [] : photo.complaints || [];
  const path = '/keeper/photos/' + photo.id + '/thumb';
  return html`<figure class="shot">
    ${photo.has_thumb ? html`<${Picture} path=${path} alt=${label} />` : null}
    <figcaption>${label} <${PhotoState} photo=${photo} faults=${faults} />
      ${photo.looked ? html`<span class="read">${lookedInWords(photo.looked)}</span>` : null}
      ${faults.map((fault) => html`<span key=${fault} class="complaint">${fault}</span>`)}
    </figcaption></figure>`;
}

const placeOf = (id) => stations.value.length > 1 && stationNamed(id);

/** What was told of a day's opening; 今天 is said of today only. */
function openingOf({ day_on, opening }) {
  const closed = opening.opening === 'closed' && day_on !== today.value;
  return closed ? KEPT_WORDS.toldClosed : opening.label;
}

/** The count of a day: reported, on this phone still, or neither, and then 补报 while it may be. */
function Counted({ day, late, waiting }) {
  const { count: counted, day_on, station_id } = day;
  if (waiting) {
    return html`<${Mark} icon="cloud" tone="wait">
      ${KEPT_WORDS.countWaits(SHARED_WORDS.counted(waiting))}<//>`;
  }
  if (counted) {
    return html`<${Mark} icon="check" tone="ok">
      ${SHARED_WORDS.counted(counted)}${KEPT_WORDS.countedTimes(counted.version)}<//>`;
  }
  return html`<${Mark} icon="minus" tone="none">${KEPT_WORDS.noCount}<//>
    ${late ? html`<a class="button plain" href=${'#/count/' + day_on}
      onClick=${() => chooseStation(station_id)}>${KEPT_WORDS.reportLateOf(shortDay(day_on))}</a>`
    : null}`;
}

/** What was sent of one day, as the server has it. */
function Day({ day, late, waiting }) {
  const place = placeOf(day.station_id);
  const checked = day.check_ins[0];
  const photos = day.photos || [];
  const unverified = checked && checked.time_verified === false ? KEPT_WORDS.unverified : '';
  return html`<section class="card pad day"><h2>${dayInWords(day.day_on)}</h2>
    ${place ? html`<p>${place.code} ${place.name}</p>` : null}
    ${day.opening ? html`<${Mark} icon="home" tone="none">${openingOf(day)}<//>` : null}
    <${Mark} icon=${checked ? 'check' : 'minus'} tone=${checked ? 'ok' : 'none'}>
      ${checked ? KEPT_WORDS.checkedIn(beijingTime(readMoment(checked.at))) : '没有签到'}
      ${unverified}<//>
    <${Counted} day=${day} late=${late} waiting=${waiting} />
    ${photos.length ? html`<div class="photos">
      ${photos.map((photo) => html`<${PhotoSent} key=${photo.id} photo=${photo} />`)}</div>` : null}
    ${photos.filter((photo) => photo.reused).map((photo) => html`
      <${Note} key=${photo.id} kind="warm" icon="camera">${photo.reused}<//>`)}</section>`;
}

/** Days in a row of which nothing arrived; whoever counted and forgot to report does it here. */
function Gaps({ gaps }) {
  const row = ({ day_on, station_id, line, late }) => {
    const place = placeOf(station_id);
    const said = (place ? place.name + ' ' : '') + line;
    const key = day_on + station_id;
    return late
      ? html`<a key=${key} class="row" href=${'#/count/' + day_on}
          onClick=${() => chooseStation(station_id)}>
          <span class="words"><b>${dayInWords(day_on)}</b><span>${said}</span></span>
          <span class="state">${KEPT_WORDS.reportLate}</span><${Icon} name="next" /></a>`
      : html`<p key=${key} class="quiet missed">${dayInWords(day_on)} ${said}</p>`;
  };
  return html`<section class="card gaps">${gaps.map(row)}</section>`;
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
  const [answer, setAnswer] = useState(null);
  const [fresh, setFresh] = useState(false);
  const waiting = mine.value;
  const left = count.value;
  const load = async (before) => {
    const said = await fetched('/keeper/history' + (before ? '?before=' + before : ''));
    setAnswer(said);
    if (!said.body) {
      setPages(pages || []);
      return;
    }
    if (!said.fresh) setFresh(false);
    else if (!before) setFresh(true);
    setPages((before ? pages : []).concat(said.body.days));
    setNext(said.body.next);
  };
  useEffect(() => {
    load(null);
  }, [left && left.waiting === 0]);
  const phone = {
    stations: stations.value, home: home.value, mine: waiting, today: today.value, fresh,
  };
  const shown = pages && recordedDays(pages, next, phone);
  const nothing = fresh && pages && !pages.length && !waiting.length;
  const allSent = left && !left.waiting && !left.attention;
  return html`<${Screen} title="记录" tabs>
    ${waiting.length ? html`<${StillHere} items=${waiting} />` : null}
    ${allSent ? html`<${Note} kind="good" icon="check">${KEPT_WORDS.nothingElse}<//>` : null}
    <${NotFresh} said=${answer} />
    ${pages === null
      ? html`<${Getting}>正在取记录…<//>`
      : shown.map((one) => one.day
        ? html`<${Day} key=${one.day.day_on + one.day.station_id} ...${one} />`
        : html`<${Gaps} key=${'gaps' + one.gaps[0].day_on + one.gaps[0].station_id} ...${one} />`)}
    ${nothing ? html`<p class="quiet centre">${KEPT_WORDS.historyComes}</p>` : null}
    ${next ? html`<${Button} kind="plain" onClick=${() => load(next)}>看更早的<//>` : null}<//>`;
}
