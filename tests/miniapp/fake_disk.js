// A phone's disk for the shelf alone: it stops at a chosen write, in the middle of it, or is full.

function makeDisk() {
  const disk = { storage: {}, files: {}, room: Infinity, stopAt: Infinity, writes: 0 };
  const sizeOf = (body) => (typeof body === 'string' ? body.length : body.byteLength);
  const all = () => Object.values(disk.storage).concat(Object.values(disk.files));
  const used = () => all().reduce((sum, body) => sum + sizeOf(body), 0);
  /** Put it there, whole; where the phone stops, half of it; without room, not at all. */
  function put(place, name, body) {
    const before = place[name] === undefined ? 0 : sizeOf(place[name]);
    if (used() - before + sizeOf(body) > disk.room) {
      throw Object.assign(new Error('full'), { kind: 'full' });
    }
    disk.writes += 1;
    if (disk.writes >= disk.stopAt) {
      if (disk.writes === disk.stopAt) place[name] = body.slice(0, sizeOf(body) >> 1);
      throw new Error('stopped');
    }
    place[name] = body;
  }
  const drop = (place, name) => {
    disk.writes += 1;
    if (disk.writes >= disk.stopAt) throw new Error('stopped');
    delete place[name];
  };
  disk.api = {
    get: (key) => disk.storage[key] || '',
    set: (key, text) => put(disk.storage, key, text),
    drop: (key) => drop(disk.storage, key),
    write: (name, body) => put(disk.files, name, body),
    readText: (name) => (typeof disk.files[name] === 'string' ? disk.files[name] : ''),
    readBytes: (name) => disk.files[name] || null,
    remove: (name) => drop(disk.files, name),
    names: () => Object.keys(disk.files),
  };
  return disk;
}

const item = (id, state) => ({ id, state, photos: [{ id: 'p-' + id, state: 'waiting' }] });
const bytes = (size) => new Uint8Array(size).fill(7).buffer;

/** What a phone started on this disk finds. */
async function found(disk) {
  const shelf = makeShelf(disk.api);
  const { meta, items } = await shelf.read();
  const photos = items.map((one) => 'p-' + one.id).filter((id) => shelf.photoFile(id));
  const whole = await Promise.all(photos.map((id) => shelf.photo(id)));
  return {
    seq: meta.seq || 0,
    items: items.map((one) => one.id + ' ' + one.state).sort(),
    photos: photos.sort(),
    torn: whole.filter((one) => !one || one.byteLength !== 100).length,
    files: Object.keys(disk.files).length,
  };
}
