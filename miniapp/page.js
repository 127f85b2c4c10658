// How a page is made: drawn from the state whenever it changes, with the same frame around each.

import { helpOf, noticeOf, tabsOf } from './core/frame.js';
import {
  arrivalInWords, STATUS_VERDICTS, unsentOf, VERDICT_ICONS, whereabouts,
} from './core/marks.js';
import { ICONS } from './core/icons.js';
import { doneSays, saysAt } from './core/listening.js';
import { BOX } from './core/strokes.js';
import { SIZE_WORDS, TEXT_SIZES, WORDS } from './core/words.js';
import { KEPT_WORDS } from './core/words/kept.js';
import { listen, listeningOf } from './listen.js';
import { addressOf, hasPage, pageOf } from './pages.js';
import { askAgain } from './pictures.js';
import {
  backPage, call, fontScale, openPage, pageTitle, phone, replacePage, restart, storage, toTop,
  tooOld,
} from './platform/wx.js';
import { hush } from './platform/sound.js';
import { onChangedHands, ready, state, watch } from './store.js';

const SECOND_TAP = 600; // the second tap of two, and the shake of a hand, come sooner than this
const LARGEST = 30; // px; a person's choice and WeChat's own together
const HUGE = 26; // px; from here on what is beside the words becomes smaller (app.wxss)

const masks = {};
Object.keys(ICONS).forEach((name) => {
  const drawn =
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' " +
    "stroke-width='2' stroke-linecap='round' stroke-linejoin='round'><path d='" + ICONS[name] +
    "'/></svg>";
  const url = 'url("data:image/svg+xml,' + encodeURIComponent(drawn) + '")';
  masks[name] = '-webkit-mask-image:' + url + ';mask-image:' + url;
});

/** The size of the letters: the person's choice here, times what WeChat was told. */
function letters() {
  const chosen = TEXT_SIZES.filter(({ key }) => key === state.textSize.value)[0] || TEXT_SIZES[0];
  const px = Math.round(chosen.px * Math.max(1, fontScale()));
  return Math.min(LARGEST, px);
}

/** A drawing (SVG on a box) as the style of what shows it, as wide as the screen lets it be. */
export function drawingOf(box, svg) {
  const [, , width, height] = box.split(' ').map(Number);
  const drawn = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='" + box + "'>" + svg + '</svg>';
  return (
    'padding-top:' + Math.round((1000 * height) / width) / 10 + '%;background:url("data:image/svg' +
    '+xml,' + encodeURIComponent(drawn) + '") center/contain no-repeat'
  );
}

/** A signature as it was written, and whose it is. */
export function inkOf(path, title) {
  const pen = '<path d="' + path + '" fill="none" stroke="#1d1b18" stroke-width="4" ' +
    'stroke-linecap="round" stroke-linejoin="round"/>';
  return { title, style: drawingOf('0 0 ' + BOX.width + ' ' + BOX.height, pen) };
}

/** The whole-screen ✓ for a record just kept; `more` is what template `done` knows besides. */
export function doneOf(title, item, more) {
  const { queue, sending } = state;
  const where = whereabouts(queue.value, item);
  const line = arrivalInWords(queue.value, item, sending.value);
  const said = { title, line, waits: where === 'waiting', says: doneSays(where) };
  return Object.assign(said, { back: WORDS.backToToday }, more);
}

/** A verdict of a rule or the state of a station: its colour, its sign, its word. */
export function verdictOf(code, label) {
  const verdict = STATUS_VERDICTS[code] || code;
  return { verdict, icon: VERDICT_ICONS[verdict] || 'ask', label };
}

/** That an answer is old or did not come; that there is no net, the page says at its top. */
export function notFresh(said) {
  if (!said || said.fresh) return null;
  if (said.body) return { kind: 'calm', icon: 'list', text: KEPT_WORDS.seenBefore };
  const text = said.problem === WORDS.offline ? KEPT_WORDS.notSeenYet : said.problem;
  return { kind: 'calm', icon: 'nonet', text };
}

/** What 字的大小 shows: each choice, and which holds. */
export function sizesOf(hint) {
  const chosen = state.textSize.value;
  const list = TEXT_SIZES.map((one) => Object.assign({ chosen: one.key === chosen }, one));
  return { legend: SIZE_WORDS.legend, hint: hint || '', list };
}

const roleOf = () => (state.session.value ? state.session.value.person.role : '');

/** Show an address of the app, as the web app spells it: 'photo/signboard', '' for the first. */
export function go(path) {
  const { url, root } = pageOf(path, roleOf());
  return root ? restart(url) : openPage(url);
}

/** The same, in place of the page that is shown. */
export const turnTo = (path) => replacePage(pageOf(path, roleOf()).url);

onChangedHands(() => go('bind')); // by name first, whose phone this is now

/** What is amiss above all: with this WeChat, with what it kept, with net and sign-in. */
function amiss() {
  if (tooOld()) return { kind: 'bad', icon: 'ask', text: WORDS.oldWeChat };
  const lost = storage.lost();
  if (lost) return { kind: 'bad', icon: 'ask', text: KEPT_WORDS.lost(lost) };
  return noticeOf(state);
}

function frameOf(tab) {
  const px = letters();
  return {
    letters: px + 'px',
    huge: px >= HUGE ? 'huge' : '',
    notice: amiss(),
    unsent: unsentOf(state),
    tabs: tab === null ? null : tabsOf(state).filter(({ path }) => hasPage(path)).map((one) =>
      Object.assign({ here: one.path === tab }, one)),
    help: helpOf(state),
  };
}

/** What a tap does, done once: until its promise has ended, further taps do nothing. */
export function once(work) {
  let busy = false;
  return async function tapped(event) {
    if (busy) return;
    busy = true;
    try {
      await work.call(this, event);
    } finally {
      busy = false;
    }
  };
}

/** The same for a button where another one stood: the second of two taps is not meant for it. */
export function late(work) {
  return once(async function settled(event) {
    if (phone.now() - (this.changedAt || 0) >= SECOND_TAP) await work.call(this, event);
  });
}

const COMMON = {
  onGo(event) {
    return go(event.currentTarget.dataset.path);
  },
  onBack() {
    return getCurrentPages().length > 1 ? backPage() : go('');
  },
  onHome() {
    return go('');
  },
  onSize(event) {
    state.setTextSize(event.currentTarget.dataset.size);
  },
  onSend: once(() => state.send(true)),
  async onListen() {
    const { says } = this;
    hush(); // somebody who taps again hears it from the beginning
    const notHeard = await listen(says);
    if (this.left || says !== this.says) return;
    this.notHeard = notHeard;
    this.draw();
  },
  onCall(event) {
    return call(event.currentTarget.dataset.number);
  },

  /** Draw what is known now; a page says with `show` what that is. */
  draw() {
    if (!this.opened || !(state.session.value || this.anybody)) return;
    if (this.ofStation && !state.station.value) return;
    const shown = this.show();
    if (shown.title && shown.title !== this.titled) {
      this.titled = shown.title;
      pageTitle(shown.title);
    }
    const frame = Object.assign(frameOf(this.tab), { listen: this.listening(shown) });
    this.sendOut(Object.assign({ icons: masks, frame }, shown));
  },

  /** 听一听 for what is shown now; another screen ends what the last one said. */
  listening({ done, says: own }) {
    const says = done ? done.says || [] : own || saysAt(addressOf(this.route));
    if (!this.says || says.join() !== this.says.join()) {
      if (this.says) hush();
      this.says = says;
      this.notHeard = '';
    }
    return listeningOf(says, this.notHeard);
  },

  /** Give the template what differs from what it has; it knows no undefined. */
  sendOut(data) {
    const news = {};
    Object.keys(data).forEach((key) => {
      const text = JSON.stringify(data[key] === undefined ? null : data[key]);
      if (text === this.sent[key]) return;
      this.sent[key] = text;
      news[key] = JSON.parse(text);
    });
    if (Object.keys(news).length) this.setData(news);
  },

  /** Another step of the same page: what is tapped at once was meant for the one before. */
  step(news) {
    Object.assign(this.own, news);
    this.changedAt = phone.now();
    this.draw();
    toTop();
  },

  /** Something on this step has changed. */
  set(news) {
    Object.assign(this.own, news);
    this.draw();
  },
};

/**
 * Register a page. `def` has `show()` → data for its template, from the state and `this.own`; and,
 * each optional: `open(query)` once what the phone remembers is read, `seen()` whenever the page is
 * shown, `tab` (which tab it is; the bar shows only there), `anybody` for pages that need nobody
 * signed in, `ofStation` for those that need a station to be about (today says so where there is
 * none), and its handlers. `this.own` holds what the page itself knows.
 */
export function screen(def) {
  Page(Object.assign({ tab: null }, COMMON, def, {
    data: { frame: null },
    async onLoad(query) {
      this.own = {};
      this.sent = {};
      askAgain();
      await ready;
      if (!state.session.value && !def.anybody) {
        go('bind');
        return;
      }
      if (def.ofStation && !state.station.value) {
        go('');
        return;
      }
      if (def.open) await def.open.call(this, query || {});
      if (this.left) return;
      this.opened = true;
      this.changedAt = phone.now();
      this.stop = watch(() => this.draw());
      this.draw();
      if (def.seen) def.seen.call(this);
    },
    onShow() {
      if (!this.opened) return;
      this.draw();
      if (def.seen) def.seen.call(this);
    },
    onHide: hush,
    onUnload() {
      hush();
      this.opened = false;
      this.left = true;
      if (this.stop) this.stop();
    },
  }));
}
