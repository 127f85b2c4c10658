// Sending what waits, one try at a time; each try arranges the next by itself.

import { sync } from './sync.js';

const TROUBLES = ['portal', 'busy', 'sign-in', 'not-allowed'];

/**
 * A function send(byHand) for the app's state, whose cells and ways are given; `later(work, ms)`
 * gives a function that calls it off. `byHand` skips our own waiting, never the server's.
 */
export function makeSender(state) {
  const { phone, session, sending, connected, trouble, troubleSaid } = state;
  let callOff = () => {};
  let askedMeanwhile = false;

  function say({ outcome, message }) {
    if (outcome === 'offline') connected.value = false;
    if (['done', 'portal', 'busy'].indexOf(outcome) >= 0) connected.value = true;
    const askedToSignIn = trouble.value === 'sign-in' && outcome === 'nothing';
    if (outcome === 'later' || outcome === 'elsewhere' || askedToSignIn) return;
    trouble.value = TROUBLES.indexOf(outcome) >= 0 ? outcome : '';
    troubleSaid.value = message || '';
  }

  async function send(byHand, again) {
    if (!session.value) return undefined;
    if (sending.value) {
      // The net may be back while a try of before is still failing: then another follows at once.
      askedMeanwhile = askedMeanwhile || byHand;
      return undefined;
    }
    sending.value = true;
    let said;
    try {
      said = await sync(phone, session.value.person.id, byHand);
    } finally {
      sending.value = false;
      await state.readQueue();
    }
    if (said.outcome === 'sign-in' && !again && (await state.returned())) return send(byHand, true);
    say(said);
    callOff();
    const anew = askedMeanwhile;
    askedMeanwhile = false;
    if (said.wait_ms && anew) return send(true);
    if (said.wait_ms) callOff = state.later(() => send(false), said.wait_ms + 50);
    if (said.outcome === 'done') await state.readNews();
    return undefined;
  }

  return send;
}
