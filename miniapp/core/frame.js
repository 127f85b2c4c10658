// What stands around every screen: the note on net and storage, tabs, whom to call.

import { dialled } from './dialling.js';
import { beijingDay, dayInFull } from './dates.js';
import { WORDS } from './words.js';
import { TELEPHONE_WORDS } from './words/telephones.js';

/**
 * What every screen says about net and storage, only when there is something to say: {kind, icon,
 * text, signIn}; else null. `state` is that of core/state.js.
 */
export function noticeOf(state) {
  const { keepsThings, trouble, session, doubtful, connected, count, nowMs } = state;
  if (!keepsThings.value) return { kind: 'bad', icon: 'ask', text: WORDS.noStore };
  if (trouble.value === 'sign-in' && session.value) {
    return { kind: 'warm', icon: 'me', text: WORDS.signIn, signIn: true };
  }
  if (doubtful.value) {
    const text = WORDS.doubtedDate(dayInFull(beijingDay(nowMs())));
    return { kind: 'warm', icon: 'bell', text };
  }
  if (trouble.value === 'portal') return { kind: 'warm', icon: 'nonet', text: WORDS.portal };
  if (!connected.value && session.value) {
    const left = count.value && count.value.waiting;
    return { kind: 'calm', icon: 'nonet', text: left ? WORDS.offlineWith(left) : WORDS.offline };
  }
  return null;
}

const TODO = ['attention', 'bell', '要处理'];
const ME = ['me', 'me', '我的'];
const KEEPERS_TABS = [['', 'home', '今天'], ['history', 'list', '记录'], TODO, ME];
const INSPECTORS_TABS = [['', 'check', '督导'], ['stations', 'home', '站点'], TODO, ME];
const OTHERS_TABS = [['', 'home', '站点'], ME];

/** The bar at the bottom: [{path, icon, word, number, unit}]; `unit` is read out, never shown. */
export function tabsOf({ session, inRound, count, daysLate }) {
  const keeper = session.value && session.value.person.role === 'keeper';
  const tabs = keeper ? KEEPERS_TABS : inRound.value ? INSPECTORS_TABS : OTHERS_TABS;
  const left = count.value || { attention: 0, waiting: 0 };
  return tabs.map(([path, icon, word]) => {
    const late = daysLate.value >= 3 && path === 'me';
    const number = path === 'attention' ? left.attention : late ? left.waiting : 0;
    return { path, icon, word, number, unit: late ? '条没交' : '件' };
  });
}

/**
 * Whom to call: the township's helper, else the county's number: {digits, number, whom, text}; null
 * where none is known.
 */
export function helpOf({ session, jottedHere }) {
  const { hotline } = (session.value || {}).county || jottedHere('county') || {};
  const help = jottedHere('help') || { number: hotline, of: hotline && TELEPHONE_WORDS.county };
  const digits = dialled(help.number);
  if (!digits) return null;
  const { number, of } = help;
  return { digits, number, whom: WORDS.callWhom(of), text: WORDS.call(number, of) };
}
