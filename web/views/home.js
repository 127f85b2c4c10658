// 今天: what a keeper has to do today, in one glance, and the one button for the next thing.

import { doneToday, photosToTake, toMend } from '../day.js';
import { beijingHour, beijingTime, dayInWords, readMoment } from '../core/dates.js';
import { happenedAt } from '../core/queue.js';
import { greeting, unsentInWords } from '../core/words.js';
import { Button, Hills, html, Note, Row, Screen } from '../parts.js';
import { Icon } from '../icons.js';
import { chooseStation, connected, count, home, nowMs, send, sending, session, station, stations, today, trouble } from '../state.js';

function checkInLine(done) {
  if (!done) return '还没签到';
  const at = done.item ? happenedAt(done.item) : readMoment(done.at);
  return beijingTime(at) + (done.waiting ? ' 签到（等网交）' : ' 签到好了');
}

function countLine(done) {
  if (!done) return '还没报';
  return '收 ' + done.received + '，寄 ' + done.sent + (done.waiting ? '（等网交）' : ' 件');
}

/** The day's things: [{key, icon, title, line, href, done}]. */
function things(here) {
  const done = doneToday(here);
  const photos = photosToTake(here);
  const mend = toMend(here);
  const list = [
    { key: 'check_in', icon: 'scan', title: '签到', line: checkInLine(done.checkIn), href: '#/check-in', done: Boolean(done.checkIn), button: '扫牌子签到' },
    { key: 'photos', icon: 'camera', title: '拍照片', line: !home.value ? '连上网就知道要拍什么' : photos.length ? '还要拍 ' + photos.length + ' 样' : '都拍过了', href: '#/photo', done: Boolean(home.value) && !photos.length, button: '去拍照片' },
    { key: 'count', icon: 'box', title: '报件数', line: countLine(done.count), href: '#/count', done: Boolean(done.count), button: '报今天的件数' },
  ];
  if (mend.length) list.push({ key: 'mend', icon: 'wrench', title: '要整改 ' + mend.length + ' 处', line: mend[0].title + (mend.length > 1 ? ' 等' : ''), href: '#/station', done: false, aside: true });
  return list;
}

function Hello({ here }) {
  return html`<header class="hello">
    <${Hills} />
    <p class="date">${dayInWords(today.value).replace('星期', '周')} · <b class="number">${here.code || '还没编号'}</b>${home.value && home.value.county.demo ? html` <span class="demo">演示数据</span>` : null}</p>
    <h1>${greeting(beijingHour(nowMs()))}，${session.value.person.name}</h1>
    <a class="place" href="#/station"><span>${here.name}</span><${Icon} name="next" size="1.2rem" /></a>
  </header>`;
}

/** What still lies on this phone; says nothing until it has been counted. */
function Unsent() {
  const left = count.value;
  if (!left || !left.waiting) return null;
  return html`<section class="card unsent">
    <p><${Icon} name="cloud" /> <b>手机里还有 ${unsentInWords(left)}没交</b></p>
    <p class="quiet">${sending.value ? '正在交，请稍等…' : !connected.value ? '都存好了，有网自动交。' : trouble.value === 'busy' ? '那边正忙，过一会儿自动再交。' : '会自动交，也可以现在交。'}</p>
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
