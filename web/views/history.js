// 记录: what was sent day by day, what still waits, and what came back; the last month offline too.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingTime, dayFromToday, dayInWords, readMoment } from '../core/dates.js';
import { happenedAt } from '../core/queue.js';
import { kindLabel, subjectLabel, WORDS } from '../core/words.js';
import { stationNamed } from '../day.js';
import { Button, html, Note, Picture, Screen } from '../parts.js';
import { Icon } from '../html.js';
import { LocalPicture, RescueButton } from '../keeping.js';
import { count, fetched, mine, stations, today } from '../state.js';

const MOST_SHOWN = 12; // a month offline is a long list; the newest are looked for most

function Waiting({ item }) {
  const refused = item.photos.filter((p) => p.state === 'refused');
  return html`<li class="entry">
    <p><b>${kindLabel(item)}</b> ${dayFromToday(item.day_on, today.value)} ${beijingTime(happenedAt(item))}</p>
    ${item.kind === 'answer' ? html`<p>${item.payload.text}</p>` : null}
    ${item.kind === 'parcel_count' ? html`<p>收 ${item.payload.received} 件，寄 ${item.payload.sent} 件</p>` : null}
    <p class="mark wait"><${Icon} name=${item.state === 'attention' ? 'bell' : 'cloud'} size="1.2rem" />${item.state === 'attention' ? '没收下，在“要处理”里' : item.state === 'announced' ? '照片还在传' : '还没交'}</p>
    ${item.state === 'announced' && refused.length ? html`<p class="mark bad"><${Icon} name="bell" size="1.2rem" />${refused.length} 张照片没收下：${refused[0].why.message}</p>` : null}
    <div class="photos">${item.photos.filter((p) => p.state !== 'kept').map((p) => html`<${LocalPicture} key=${p.id} id=${p.id} alt=${subjectLabel(p.subject)} />`)}</div></li>`;
}

function PhotoSent({ photo }) {
  const label = photo.subject_label || subjectLabel(photo.subject);
  const lines = photo.reused ? [] : photo.complaints || [];
  const state = photo.reused ? html`<span class="mark none"><${Icon} name="minus" size="1.2rem" />这次不算</span>` : lines.length ? html`<span class="mark bad"><${Icon} name="cross" size="1.2rem" />最好重拍</span>` : photo.state === 'announced' ? html`<span class="mark wait"><${Icon} name="cloud" size="1.2rem" />还没传到</span>` : null;
  return html`<figure class="shot">${photo.has_thumb ? html`<${Picture} path=${'/keeper/photos/' + photo.id + '/thumb'} alt=${label} />` : null}<figcaption>${label} ${state}
    ${lines.map((line) => html`<span key=${line} class="complaint">${line}</span>`)}</figcaption></figure>`;
}

function Day({ day }) {
  const place = stations.value.length > 1 && stationNamed(day.station_id);
  const checked = day.check_ins[0];
  const photos = day.photos || [];
  return html`<section class="card pad day"><h2>${dayInWords(day.day_on)}</h2>${place ? html`<p>${place.code} ${place.name}</p>` : null}
    <p class=${'mark ' + (checked ? 'ok' : 'none')}><${Icon} name=${checked ? 'check' : 'minus'} size="1.2rem" />${checked ? beijingTime(readMoment(checked.at)) + ' 签到' : '没有签到'}${checked && checked.time_verified === false ? '（时间未核实）' : ''}</p>
    <p class=${'mark ' + (day.count ? 'ok' : 'none')}><${Icon} name=${day.count ? 'check' : 'minus'} size="1.2rem" />${day.count ? '收 ' + day.count.received + ' 件，寄 ' + day.count.sent + ' 件' + (day.count.version > 1 ? '（改过 ' + (day.count.version - 1) + ' 次）' : '') : '没有报件数'}</p>
    ${photos.length ? html`<div class="photos">${photos.map((photo) => html`<${PhotoSent} key=${photo.id} photo=${photo} />`)}</div>` : null}
    ${photos.filter((photo) => photo.reused).map((photo) => html`<${Note} key=${photo.id} kind="warm" icon="camera">${photo.reused}<//>`)}</section>`;
}

export function History() {
  const [pages, setPages] = useState(null);
  const [next, setNext] = useState(null);
  const [problem, setProblem] = useState('');
  const [most, setMost] = useState(MOST_SHOWN);
  const waiting = mine.value;
  const left = count.value;
  const load = async (before) => {
    const said = await fetched('/keeper/history' + (before ? '?before=' + before : ''));
    if (!said.body) {
      setProblem(said.problem === WORDS.offline ? '' : said.problem);
      setPages(pages || []);
      return;
    }
    setProblem(said.fresh ? '' : '下面是上次看到的。');
    setPages((before ? pages : []).concat(said.body.days));
    setNext(said.body.next);
  };
  useEffect(() => {
    load(null);
  }, [left && left.waiting === 0]);
  return html`<${Screen} title="记录" tabs>
    ${waiting.length ? html`<section class="card pad"><h2>还在手机里的</h2><ul class="plain-list">${waiting.slice(0, most).map((item) => html`<${Waiting} key=${item.id} item=${item} />`)}</ul>
      ${waiting.length > most ? html`<${Button} kind="plain" onClick=${() => setMost(most + 4 * MOST_SHOWN)}>还有 ${waiting.length - most} 条，接着看<//>` : null}
      <${RescueButton} /><p class="quiet">一直没信号时用：把文件用微信发给乡镇或县里，由他们收进去。</p></section>` : null}
    ${left && !left.waiting && !left.attention ? html`<${Note} kind="good" icon="check">手机里的都交完了。<//>` : null}
    ${problem ? html`<${Note} kind="calm" icon="nonet">${problem}<//>` : null}
    ${pages === null ? html`<p class="quiet centre" role="status">正在取记录…</p>` : pages.map((day) => html`<${Day} key=${day.day_on + day.station_id} day=${day} />`)}
    ${pages && !pages.length && !waiting.length ? html`<p class="quiet centre">这里会记下您每天的签到、照片和件数。</p>` : null}
    ${next ? html`<${Button} kind="plain" onClick=${() => load(next)}>看更早的<//>` : null}<//>`;
}
