// 今天: what a keeper has to do today, in one glance, and the one button for the next thing.

import { askedToday, betterPhotos, doneToday, mends, mendState, photosToTake, questions, toConfirm, toMend } from '../day.js';
import { beijingHour, beijingTime, daysBetween, dayInWords, readMoment } from '../core/dates.js';
import { happenedAt } from '../core/queue.js';
import { greeting, subjectLabel } from '../core/words.js';
import { Button, Hills, html, Note, Row, Screen, Unsent } from '../parts.js';
import { Icon } from '../html.js';
import { chooseStation, count, daysLate, home, nowMs, session, station, stations, today } from '../state.js';

function checkInLine(done) {
  if (!done) return '还没签到';
  const at = done.item ? happenedAt(done.item) : readMoment(done.at);
  return beijingTime(at) + (done.waiting ? ' 签到（等网交）' : ' 签到好了');
}

function countLine(done) {
  if (!done) return '还没报';
  return '收 ' + done.received + '，寄 ' + done.sent + (done.waiting ? '（等网交）' : ' 件');
}

/** What an inspection left to mend: the most pressing in a line. */
function mendRow(here) {
  const open = mends(here).filter((task) => ['open', 'returned', 'attention'].indexOf(mendState(here, task)) >= 0);
  if (!mends(here).length) return null;
  const first = open[0];
  const left = first && daysBetween(today.value, first.due_on);
  const line = !first ? '照片都交了，等县里看' : first.returned_because ? '有退回来的，要重拍' : left > 0 ? '最急的还有 ' + left + ' 天' : left === 0 ? '今天到期' : '已经过期 ' + -left + ' 天';
  const href = open.length === 1 ? '#/mend/' + first.rectification_id : '#/mend';
  return { key: 'mends', icon: 'wrench', title: open.length ? '督导要求整改 ' + open.length + ' 处' : '督导要求整改的', line, href, done: !open.length, button: '去整改' };
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
  toConfirm(here).forEach((task) => list.unshift({ key: task.key, icon: 'pen', title: '确认督导结果', line: '看一看，点同意或不同意', href: '#/inspection/' + task.inspection_id, done: false, button: '看督导结果' }));
  askedToday(here).forEach((task) => list.push({ key: task.key, icon: 'camera', title: '今天请拍：' + subjectLabel(task.subject), line: '抽到您了，今天拍一张就行', href: '#/photo/' + task.subject, done: false, button: '去拍' + subjectLabel(task.subject) }));
  betterPhotos(here).forEach((task) => list.push({ key: task.key, icon: 'camera', title: task.title, line: '上次那张没看清', href: '#/photo/' + task.subject, done: false, button: '重拍一张' }));
  questions(here).forEach((task) => list.push({ key: task.key, icon: 'ask', title: task.title, line: '只是问一下，写一句就行', href: '#/question/' + task.signal_id, done: false, aside: true }));
  const asked = mendRow(here);
  if (asked) list.push(asked);
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
    ${daysLate.value >= 3 ? html`<${Unsent} />` : null}
    <section class="card today">
      <h2 class=${open.length ? '' : 'all-done'}>${open.length ? null : html`<${Icon} name="check" />`}${title}</h2>
      ${list.map((one) => html`<${Row} key=${one.key} href=${one.href} icon=${one.done ? 'check' : one.icon} tone=${one.done ? 'ok' : one.aside ? 'mend' : 'todo'} title=${one.title}>${one.line}<//>`)}
    </section>
    ${daysLate.value >= 3 ? null : html`<${Unsent} />`}
    ${stations.value.length > 1 ? html`<section class="card pad"><label for="which">换一个站</label>
      <select id="which" class="big-input" value=${here.id} onChange=${(e) => chooseStation(+e.target.value)}>
      ${stations.value.map((one) => html`<option key=${one.id} value=${one.id}>${one.code} ${one.name}</option>`)}</select></section>` : null}
  <//>`;
}
