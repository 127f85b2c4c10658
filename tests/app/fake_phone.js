// A phone in memory and a county's server as docs describe it, with a net that can fail on purpose.

function makeServer() {
  const server = {
    events: {}, photos: {}, posts: 0, puts: 0, withdrawn: [], mood: [], judge: () => null,
    now_ms: Date.UTC(2026, 6, 3, 0, 0, 0),
  };
  const content = ({ kind, station_id, payload, photos }) =>
    JSON.stringify([kind, station_id, payload, photos.map((photo) => photo.sha256)]);
  server.take = (item) => {
    const had = server.events[item.id];
    if (had) {
      if (had === content(item)) return { id: item.id, result: 'same' };
      const message = '这一条以前交过，内容不一样。';
      const why = { code: 'event-differs', message, fields: ['payload'] };
      return Object.assign({ id: item.id, result: 'conflict' }, why);
    }
    const no = server.judge(item);
    if (no) return Object.assign({ id: item.id }, no);
    server.events[item.id] = content(item);
    item.photos.forEach((p) => { server.photos[p.id] = { sha256: p.sha256, kept: false }; });
    return { id: item.id, result: 'ok' };
  };
  server.sync = (body) => {
    server.posts += 1;
    server.last = body;
    const results = body.items.map(server.take);
    const waited = (id) => !server.photos[id].kept && !server.photos[id].withdrawn;
    const need_photos = Object.keys(server.photos).filter(waited);
    const server_now = new Date(server.now_ms).toISOString();
    return { status: 200, body: { server_now, results, need_photos }, retry_after_s: null };
  };
  server.photo = (id, sha256) => {
    server.puts += 1;
    const photo = server.photos[id];
    if (!photo) return { status: 404, body: { code: 'photo-not-announced', detail: '没有登记过这张照片。' } };
    const status = photo.kept ? 200 : 201;
    photo.kept = true;
    return { status, body: { id, sha256, state: 'kept' } };
  };
  server.withdraw = (id, body) => {
    server.withdrawn.push([id, body.reason, body.code]);
    const photo = server.photos[id];
    if (!photo) return { status: 404, body: { code: 'photo-not-announced', detail: '没有登记过这张照片。' } };
    photo.withdrawn = !photo.kept;
    return { status: 200, body: { id, state: photo.kept ? 'kept' : 'withdrawn' } };
  };
  return server;
}

// Moods of the net, one for each request in turn: 'lost' (never arrives), 'answer-lost' (arrives,
// the answer does not), or an answer given instead of the server's.
function makePhone(server) {
  const disk = { meta: {}, items: {}, photos: {}, drafts: {} };
  const copy = (x) => JSON.parse(JSON.stringify(x));
  let names = 0;
  let busy = false;
  const phone = {
    disk, clock_ms: Date.UTC(2026, 6, 3, 0, 0, 0), steady_ms: 0, run: 'run-1', room: Infinity,
    changes: 0, reads: 0,
    now: () => phone.clock_ms,
    steady: () => phone.steady_ms,
    uuid: () => { names += 1; return 'id-' + ('000' + names).slice(-4); },
    random: () => 0.5,
    sha256: (bytes) => Promise.resolve(sha256Hex(bytes)),
    read: () => Promise.resolve({ meta: copy(disk.meta), items: copy(Object.values(disk.items)) }),
    photo: (id) => { phone.reads += 1; return Promise.resolve(disk.photos[id] || null); },
    change: (edit) => {
      const c = edit(copy(disk.meta), copy(Object.values(disk.items)));
      const size = Object.values(c.photos || {}).reduce((n, b) => n + b.byteLength, 0);
      const full = Object.assign(new Error('quota'), { kind: 'full' });
      if (size > phone.room) return Promise.reject(full);
      phone.changes += 1;
      if (c.meta) disk.meta = copy(c.meta);
      (c.drop || []).forEach((id) => { delete disk.items[id]; });
      (c.dropPhotos || []).forEach((id) => { delete disk.photos[id]; });
      (c.put || []).forEach((item) => { disk.items[item.id] = copy(item); });
      Object.assign(disk.photos, c.photos || {});
      (c.dropDrafts || []).forEach((id) => { delete disk.drafts[id]; });
      (c.putDrafts || []).forEach((draft) => { disk.drafts[draft.id] = copy(draft); });
      return Promise.resolve(c.result);
    },
    alone: (work) => {
      if (busy) return Promise.resolve(undefined);
      busy = true;
      return work().then((v) => { busy = false; return v; }, (e) => { busy = false; throw e; });
    },
    postJson: (path, body) => over(() => {
      const named = /^\/photos\/(.+)\/withdrawn$/.exec(path);
      return named ? server.withdraw(named[1], body) : server.sync(copy(body));
    }),
    putPhoto: (id, bytes, sha256) => over(() => server.photo(id, sha256)),
  };
  function over(arrive) {
    const mood = server.mood.shift();
    if (mood === 'lost') return Promise.reject(new Error('no net'));
    if (mood === 'answer-lost') { arrive(); return Promise.reject(new Error('cut')); }
    if (mood) return Promise.resolve(Object.assign({ retry_after_s: null }, mood));
    return Promise.resolve(arrive());
  }
  return phone;
}

const PORTAL = { status: 200, body: null };
const ANOTHER_MANS_JSON = { status: 200, body: { ok: true } };
const SIGNED_OUT = { status: 401, body: { code: 'sign-in-needed', detail: '请先认一下您是哪个站。' } };
const LAO_LI = 7;
const XIAO_ZHAO = 8;

function bytesOf(text) {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) out[i] = text.charCodeAt(i);
  return out.buffer;
}
function shot(text) {
  const bytes = bytesOf(text);
  return {
    subject: 'signboard', bytes, size: bytes.byteLength, taken_ms: Date.UTC(2026, 6, 3),
    camera: 'camera', notes: {},
  };
}
function checkIn(photos) {
  const payload = { method: 'typed', text: 'C0001', position: null };
  return { kind: 'check_in', station_id: 1, payload, photos: photos || [] };
}
function counted(received) {
  const others = { sent: 0, agri_sent: 0, on_hand: 0, by_brand: {}, reason: '' };
  const payload = Object.assign({ day_on: '2026-07-03', received }, others);
  return { kind: 'parcel_count', station_id: 1, payload };
}
function states(phone) { return Object.values(phone.disk.items).map((i) => i.state); }
