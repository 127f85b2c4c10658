// 听一听: which recorded sentences a screen says, and where they lie in the county's one file.

const AT = {
  'check-in': ['scan'],
  photo: ['photo'],
  count: ['counting'],
  history: ['history'],
  attention: ['attention'],
  ask: ['ask'],
  money: ['money'],
  me: ['me'],
};

/** What a screen other than today's says, by the first word of its address; none for most. */
export function saysAt(path) {
  return AT[path.split('/')[0]] || [];
}

/**
 * What today's screen says: `open` are the things still to do, the most pressing first; `told` says
 * whether there is news, something refused, something days late, or no net.
 */
export function homeSays(open, told) {
  const said = ['refused', 'late', 'news', 'offline'].filter((key) => told[key]);
  return said.slice(0, 2).concat(open.length ? [open[0].kind] : ['all_done']);
}

/** What a confirmation says of a record that waits on the phone, or has arrived; else nothing. */
export function doneSays(where) {
  return { waiting: ['saved'], arrived: ['arrived'] }[where] || [];
}

/**
 * Where these sentences lie in the recording, [[start, length]] in seconds, or null where one is
 * missing: then there is nothing to press. `voice` is the home's, null without a recording.
 */
export function recordedAt(voice, keys) {
  const kept = (voice && voice.sentences) || {};
  if (!keys.length || !keys.every((key) => Array.isArray(kept[key]))) return null;
  return keys.map((key) => kept[key]);
}
