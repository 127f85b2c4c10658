// What stands around every screen: the note on net and storage, what is unsent, tabs, whom to call.

import { dialled } from './dialling.js';
import { beijingDay, dayInFull } from './dates.js';
import { lateInWords, WORDS } from './words.js';
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

/** What becomes of what is unsent, in a sentence. */
export function sendingInWords({ sending, connected, trouble, troubleSaid }) {
  if (sending.value) return WORDS.sendingNow;
  if (!connected.value) return WORDS.keptForNet;
  return trouble.value === 'busy' ? troubleSaid.value || WORDS.busy : WORDS.sendsItself;
}

/** What still lies on this phone: {title, late, line, sending}; null while nothing does. */
export function unsentOf(state) {
  const left = state.count.value;
  if (!left || !left.waiting) return null;
  return {
    title: WORDS.stillHere(left),
    late: lateInWords(left, state.daysLate.value),
    line: sendingInWords(state),
    sending: state.sending.value,
  };
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

/** What a record just kept has come to: 'refused', 'waiting' or 'arrived'. */
export function whereabouts(queue, item) {
  const here = (queue || []).filter((one) => one.id === item.id)[0];
  if (here && here.state === 'attention') return 'refused';
  return queue === null || here ? 'waiting' : 'arrived';
}

/** The line below the ✓: it says 交好了 only once the record has left the queue. */
export function arrivalInWords(queue, item, sending) {
  const where = whereabouts(queue, item);
  if (where === 'refused') return WORDS.notTaken;
  if (where === 'arrived') return WORDS.arrived;
  return WORDS.saved + (sending ? WORDS.sendingToo : '');
}

/** The sign beside a verdict's word. */
export const VERDICT_ICONS = {
  pass: 'check', fail: 'cross', unknown: 'ask', not_applicable: 'minus',
};

/** The verdict as which a station's state by the standard is drawn. */
export const STATUS_VERDICTS = {
  meets: 'pass',
  meets_open: 'unknown',
  fails: 'fail',
  to_verify: 'unknown',
  not_assessed: 'not_applicable',
};
