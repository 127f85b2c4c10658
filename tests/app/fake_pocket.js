// A phone's pages and its net for the core's tests of what is taken along; needs fake_visits.js.

const now = () => START;
const OWN = '/rounds/9/package?township=101';

/** The server's package of one station, with one small picture of two. */
function packOfServer(visit, photo) {
  const station = {
    visit_id: visit.id, station_id: visit.station_id, name: visit.name, head_name: '',
    registered_name: visit.name, asked: ['A', 'B'], photos: [{ id: photo }, { id: 'no-thumb' }],
  };
  const thumbs = { [photo]: 'AAAA' };
  const taken = { taken_on: '2026-07-03', standards: [], options: { about_percent: 20 } };
  return { status: 200, body: Object.assign({ form: rows, stations: [station], thumbs }, taken) };
}

/** `answers` by path, anything else gets none; no `room` at all refuses every page. */
function shelf(answers, room) {
  const pages = {};
  const asked = [];
  return {
    pages, asked,
    recall: (key) => Promise.resolve(pages[key]),
    replacePages: (prefix, more) => {
      const full = Object.assign(new Error('full'), { kind: 'full' });
      if (room === 0) return Promise.reject(full);
      const old = Object.keys(pages).filter((key) => key.startsWith(prefix));
      old.forEach((key) => { delete pages[key]; });
      Object.keys(more).forEach((key) => { pages[prefix + key] = more[key]; });
      return Promise.resolve();
    },
    getLarge: (path) => {
      asked.push(path);
      return answers[path] ? Promise.resolve(answers[path]) : Promise.reject(new Error('no net'));
    },
  };
}
