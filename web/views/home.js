// 今天: what a keeper has to do today, in one glance, and the one button for the next thing.

import { doneToday, photosToTake, toMend } from '../day.js';
import { beijingHour, beijingTime, dayInWords, readMoment } from '../core/dates.js';
import { happenedAt } from '../core/queue.js';
import { greeting, subjectLabel, unsentInWords } from '../core/words.js';
import { Button, html, Note, Row, Screen } from '../parts.js';
import { Icon } from '../icons.js';
import { chooseStation, connected, count, home, nowMs, send, sending, session, station, stations, today, trouble } from '../state.js';

function checkInLine(done) {
  if (!done) return '还没签到';
  const at = done.item ? happenedAt(done.item) : readMoment(done.at);
  return beijingTime(at) + ' 签到' + (done.waiting ? '，已存在手机里' : '好了');
}

function countLine(done) {
  if (!done) return '还没报';
  return '收 ' + done.received + ' 件，寄 ' + done.sent + ' 件' + (done.waiting ? '，已存在手机里' : '');
}

/** The day's things: [{key, icon, title, line, href, done}]. */
function things(here) {
  const done = doneToday(here);
  const photos = photosToTake(here);
  const mend = toMend(here);
  const names = photos.slice(0, 3).map((task) => subjectLabel(task.subject)).join('、');
  const list = [
    { key: 'check_in', icon: 'scan', title: '签到', line: checkInLine(done.checkIn), href: '#/check-in', done: Boolean(done.checkIn), button: '扫牌子签到' },
    { key: 'photos', icon: 'camera', title: '拍照片', line: photos.length ? '要拍 ' + photos.length + ' 样：' + names + (photos.length > 3 ? '等' : '') : '都拍过了，想拍还可以拍', href: '#/photo', done: !photos.length, button: '去拍照片' },
    { key: 'count', icon: 'box', title: '报件数', line: countLine(done.count), href: '#/count', done: Boolean(done.count), button: '报今天的件数' },
  ];
  if (mend.length) list.push({ key: 'mend', icon: 'wrench', title: '要整改 ' + mend.length + ' 处', line: mend[0].title + (mend.length > 1 ? ' 等' : ''), href: '#/station', done: false, aside: true });
  return list;
}

function Hello({ here }) {
  return html`<header class="hello">
    <${Hills} />
    <p class="date">${dayInWords(today.value)}${home.value && home.value.county.demo ? html` <span class="demo">演示数据</span>` : null}</p>
    <h1>${greeting(beijingHour(nowMs()))}，${session.value.person.name}</h1>
    <a class="place" href="#/station">${here.name} <b class="number">${here.code}</b></a>
  </header>`;
}

/** A sun over hills: the picture belongs to the greeting and says nothing by itself. */
function Hills() {
  return html`<svg class="hills" viewBox="0 0 360 140" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">
    <circle cx="306" cy="46" r="22" fill="#f3c34b" opacity=".85" />
    <path d="M0 120c50-34 96-34 150-8s110 6 210-34v62H0z" fill="#04552a" opacity=".55" />
    <path d="M120 140c60-46 130-50 240-30v30z" fill="#03481f" opacity=".7" />
    <path d="M300 104l15-11 15 11v16h-30z" fill="#f6f4ef" opacity=".9" /><path d="M296 105l19-14 19 14" fill="none" stroke="#d9913a" stroke-width="4" stroke-linejoin="round" />
    <path d="M311 110h8v10h-8z" fill="#0a6b38" />
  </svg>`;
}

/** What still lies on this phone; says nothing until it has been counted. */
function Unsent() {
  const left = count.value;
  if (!left || !left.waiting) return null;
  return html`<section class="card unsent">
    <p><${Icon} name="cloud" /> <b>手机里还有 ${unsentInWords(left)}没交</b></p>
    <p class="quiet">${sending.value ? '正在交，请稍等…' : trouble.value === 'busy' || trouble.value === 'later' ? '那边正忙，过一会儿自动再交。' : connected.value ? '有网就自动交，也可以现在交。' : '都存好了，有网自动交。'}</p>
    <${Button} kind="plain" disabled=${sending.value} onClick=${() => send(true)}>${sending.value ? '正在交…' : '现在上传'}<//>
  </section>`;
}

export function Home() {
  const here = station.value;
  if (!here) {
    return html`<${Screen} title="今天" tabs top=${html`<header class="hello"><${Hills} /><h1>${session.value.person.name}，您好</h1></header>`}>
      <${Note} kind="warm" icon="home">您名下现在没有站点。请打电话给乡镇快递专干，让他把站点交给您管。<//><//>`;
  }
  const list = things(here);
  const open = list.filter((one) => !one.done && !one.aside);
  const next = open[0];
  const late = count.value && count.value.attention;
  const title = open.length ? html`今天还有 <b class="count">${open.length}</b> 件事` : '今天的事都做完了';
  const foot = next ? html`<${Button} icon=${next.icon} href=${next.href}>${next.button}<//>` : null;
  return html`<${Screen} title="今天" tabs top=${html`<${Hello} here=${here} />`} foot=${foot}>
    ${late ? html`<${Note} kind="bad" icon="bell">有 ${late} 条没收下，要您看一看。<a href="#/attention">去看看</a><//>` : null}
    <section class="card today">
      <h2 class=${open.length ? '' : 'all-done'}>${open.length ? null : html`<${Icon} name="check" />`}${title}</h2>
      ${list.map((one) => html`<${Row} key=${one.key} href=${one.href} icon=${one.done ? 'check' : one.icon} tone=${one.done ? 'ok' : one.aside ? 'mend' : 'todo'} title=${one.title}>${one.line}<//>`)}
    </section>
    <${Unsent} />
    ${stations.value.length > 1 ? html`<section class="card pad"><label for="which">换一个站</label>
      <select id="which" class="big-input" value=${here.id} onChange=${(e) => chooseStation(+e.target.value)}>
      ${stations.value.map((one) => html`<option key=${one.id} value=${one.id}>${one.code} ${one.name}</option>`)}</select></section>` : null}
  <//>`;
}
