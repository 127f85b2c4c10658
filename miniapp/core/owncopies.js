// A keeper's own copies of signed records on this phone: kept by themselves, compared when read.

import { beijingDay, dayInWords } from './dates.js';
import { differs, isFinal, kept, ownPage } from './ownrecord.js';
import { COPY_WORDS } from './words/copy.js';

const AT_ONCE = 6; // records fetched for keeping when the list is opened

const dayOf = (own) => dayInWords(beijingDay(own.at_ms));

/**
 * {ownRecord, keepOwn, keepAll} over core/state.js and the phone's pages, `storage` {recall,
 * remember}.
 */
export function makeOwnCopies({ session, nowMs, fetched }, storage) {
  const pageOf = (id) => ownPage(session.value.person.id, id);
  const isKeeper = () => session.value.person.role === 'keeper';

  /** What this phone has kept of a record, or null. */
  async function ownRecord(id) {
    return isKeeper() ? (await storage.recall(pageOf(id))) || null : null;
  }

  /**
   * Keep a record as it is now, once for all; resolves to what is kept of it, or null. `answered`
   * is whether its keeper has just answered it on this phone.
   */
  async function keepOwn(copy, answered) {
    const before = await ownRecord(copy.id);
    if (before || !isKeeper() || !isFinal(copy)) return before;
    const own = kept(copy, nowMs(), answered);
    await storage.remember(pageOf(copy.id), own);
    return own;
  }

  /** Keep those of a list that are not here yet; what cannot be fetched now waits for a day. */
  async function keepAll(list) {
    let left = AT_ONCE;
    for (const one of list) {
      if (left && !one.waits_for_you && !(await ownRecord(one.id))) {
        left -= 1;
        const said = await fetched('/keeper/inspections/' + one.id);
        if (said.fresh) await keepOwn(said.body);
      }
    }
  }

  return { ownRecord, keepOwn, keepAll };
}

/** 和您签的一样, or not: {same, text} of the server's copy beside what this phone has kept. */
export function comparedInWords(own, copy) {
  const said = differs(own, copy);
  if (said) return { same: false, text: COPY_WORDS.notAsKept[said] };
  return { same: true, text: COPY_WORDS.sameAsKept(own, dayOf(own)) };
}

/** What is said above the phone's own copy when it is shown in place of the server's. */
export function keptHereInWords(own, gone) {
  return gone ? COPY_WORDS.goneAtServer : COPY_WORDS.keptHere(dayOf(own));
}
