// Which page shows what: the addresses of the web app ("photo/signboard") as pages of this one.

const PAGES = {
  'check-in': 'checkin',
  photo: 'photo',
  count: 'count',
  history: 'history',
  attention: 'attention',
  mend: 'mend',
  question: 'question',
  inspections: 'inspections',
  inspection: 'copy',
  station: 'station',
  ask: 'ask',
  money: 'money',
  consent: 'consent',
  telephones: 'telephones',
  me: 'me',
  bind: 'bind',
  arrive: 'arrive',
  visit: 'visit',
  sign: 'sign',
  pad: 'pad',
};

/** The pages of the bar at the bottom: opening one leaves nothing behind it to go back to. */
const ROOTS = ['', 'history', 'attention', 'me', 'bind'];

/** The first page of a person with this role. */
export const homeOf = (role) => (role === 'inspector' ? 'rounds' : 'today');

/** Is there a page for this address here? The web app has some more. */
export const hasPage = (path) => !path || path.split('/')[0] in PAGES;

/** The first word of a page's address in the web app, by its route here; '' where it has none. */
export function addressOf(route) {
  const name = route.split('/')[1];
  return Object.keys(PAGES).filter((first) => PAGES[first] === name)[0] || '';
}

/** The page of an address, and whether it stands alone: {url, root}. */
export function pageOf(path, role) {
  const [first, about, next] = path.split('/');
  const name = PAGES[first] || homeOf(role);
  const words = [about && 'about=' + about, next && 'next=' + next].filter(Boolean);
  const url = '/pages/' + name + '/' + name + (words.length ? '?' + words.join('&') : '');
  return { url, root: !about && ROOTS.indexOf(first) >= 0 };
}
