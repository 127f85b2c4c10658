// 救出没交的记录: saves what was not handed in when the app does not start; served as one script.

import { KEPT_WORDS } from './core/words/kept.js';
import { startAfresh } from './platform/mending.js';
import { read, recall } from './platform/storage.js';
import { rescue } from './rescue.js';

const place = document.getElementById('alone');

function put(tag, kind, words) {
  const made = Object.assign(document.createElement(tag), { className: kind, textContent: words });
  place.appendChild(made);
  return made;
}

/** A button, and below it a line that says what came of pressing it. */
function button(kind, words, work) {
  const made = put('button', 'button ' + kind, words);
  const said = put('p', 'quiet', '');
  said.setAttribute('role', 'status');
  made.onclick = async () => {
    made.disabled = true;
    said.textContent = KEPT_WORDS.working;
    said.textContent = await work();
    made.disabled = false;
  };
}

async function mend() {
  if (!(await startAfresh())) return KEPT_WORDS.noNetToMend;
  location.replace('/app/');
  return KEPT_WORDS.working;
}

async function show() {
  const [{ items }, session] = await Promise.all([read(), recall('session')]);
  place.removeChild(place.querySelector('[role=status]'));
  const people = items.map((item) => item.person_id);
  people.filter((id, i) => people.indexOf(id) === i).forEach((id) => {
    const own = items.filter((item) => item.person_id === id);
    const known = session && session.person.id === id;
    const person = known ? session.person : { id, name: '' };
    const county = session ? session.county : { code: '' };
    button('main', KEPT_WORDS.saveOf(person.name, own.length), () =>
      rescue(own, { person, county }).catch(() => KEPT_WORDS.notSaved));
  });
  put('p', '', items.length ? KEPT_WORDS.savedStays : KEPT_WORDS.nothingToSave);
  button('plain', KEPT_WORDS.mend, mend);
}

show().catch(() => {
  place.querySelector('[role=status]').textContent = KEPT_WORDS.cannotLook;
  button('plain', KEPT_WORDS.mend, mend);
});
