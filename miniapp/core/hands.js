// Whose phone this is: what was heard for one person is nothing to the next, in any open page.

/**
 * {useSession, turn, rememberFor, seeWhose} over the cells of core/state.js. `turn()` goes up when
 * the phone is another's: an answer to what was asked before was for somebody else.
 */
export function makeHands({ session, home, rounds, stationId, trouble, welcome, net, storage }) {
  let turn = 0;
  const idOf = (who) => (who ? who.person.id : null);

  /** The phone is this one's from now on: name and token change at once. */
  function useSession(value) {
    if (idOf(value) !== idOf(session.value)) {
      turn += 1;
      home.value = null;
      rounds.value = null;
      stationId.value = null;
    }
    net.useToken(value ? value.token : '');
    session.value = value;
  }

  /** Remember what was heard in this turn, if the phone is still the same one's in every page. */
  async function rememberFor(whose, key, value) {
    const kept = idOf(await storage.recall('session'));
    if (kept === idOf(session.value) && turn === whose) await storage.remember(key, value);
  }

  /** Another page of this app may have made the phone another's, or signed its person in anew. */
  async function seeWhose(pages) {
    const kept = await storage.recall('session');
    const before = session.value;
    if (!kept || !before || kept.token === before.token) return;
    const same = idOf(before) === idOf(kept);
    if (same && trouble.value !== 'sign-in') return; // a full phone keeps the older one
    trouble.value = '';
    useSession(kept);
    if (same) return;
    welcome.value = kept.person;
    const whose = turn;
    const [day, open] = await storage.recallAll(pages);
    if (turn !== whose) return;
    home.value = home.value || day || null;
    rounds.value = rounds.value || open || null;
  }

  return { useSession, turn: () => turn, rememberFor, seeWhose };
}
