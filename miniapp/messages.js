// 微信提醒: whether a tap may ask for leave to send messages, and what came of asking.

import { MESSAGE_WORDS } from './core/words/messages.js';
import { askForMessages } from './platform/wx.js';
import { state } from './store.js';

const PATH = '/wechat/templates';
let ids = null; // null: not heard in this run
let said = '';

const askable = (body) =>
  ((body && body.templates) || []).filter((one) => one.ask).map((one) => one.template);

/** Hear once in a run what may be asked: at the tap itself WeChat lets nobody wait for a net. */
export async function learnMessages(redraw) {
  if (ids) return;
  ids = [];
  const { body, fresh } = await state.fetched(PATH);
  if (fresh) ids = askable(body);
  else ids = null;
  if (fresh) redraw();
}

/** What a page says of messages: {text, word}; null while there is nothing to say. */
export function messagesNow() {
  if (said) return { text: said, word: '' };
  return ids && ids.length ? { text: MESSAGE_WORDS.offer, word: MESSAGE_WORDS.yes } : null;
}

/** What to say of an answer; the house hears of those that WeChat gave. */
async function answered({ answers, off }) {
  if (off) return MESSAGE_WORDS.off;
  if (!answers || !answers.length) return MESSAGE_WORDS.notAsked;
  const told = await state.tell('/wechat/subscriptions', { answers });
  const yes = answers.some((one) => one.answer.indexOf('accept') === 0);
  return told.problem || (yes ? MESSAGE_WORDS.noted : MESSAGE_WORDS.no);
}

/** Ask for leave, and tell the house what was answered. */
export async function askMessages() {
  said = await answered(await askForMessages(ids || []));
  ids = [];
  state.tick.value += 1; // pages are drawn anew
}
