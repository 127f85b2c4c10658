// A phone whose storage is plain memory and whose net is real: `http` is Python's.

// Photo bytes stay with Python; here they are {byteLength, sha256, handle}.
function makeRealPhone() {
  const disk = { meta: {}, items: {}, photos: {} };
  const copy = (x) => JSON.parse(JSON.stringify(x));
  const over = (method, path, body, sha256) => {
    const said = http(method, path, body, sha256);
    return said === '' ? Promise.reject(new Error('no answer')) : Promise.resolve(JSON.parse(said));
  };
  let busy = false;
  return {
    disk,
    run: 'drill',
    now: () => wall_ms(),
    steady: () => steady_ms(),
    uuid: () => new_uuid(),
    random: () => Math.random(),
    sha256: (bytes) => Promise.resolve(bytes.sha256),
    read: () => Promise.resolve({ meta: copy(disk.meta), items: copy(Object.values(disk.items)) }),
    photo: (id) => Promise.resolve(disk.photos[id] || null),
    change: (edit) => {
      const c = edit(copy(disk.meta), copy(Object.values(disk.items)));
      if (c.meta) disk.meta = copy(c.meta);
      (c.drop || []).forEach((id) => { delete disk.items[id]; });
      (c.dropPhotos || []).forEach((id) => { delete disk.photos[id]; });
      (c.put || []).forEach((item) => { disk.items[item.id] = copy(item); });
      Object.assign(disk.photos, c.photos || {});
      return Promise.resolve(c.result);
    },
    alone: (work) => {
      if (busy) return Promise.resolve(undefined);
      busy = true;
      return work().then((v) => { busy = false; return v; }, (e) => { busy = false; throw e; });
    },
    postJson: (path, body) => over('POST', path, JSON.stringify(body), ''),
    putPhoto: (id, bytes, sha256) => over('PUT', '/photos/' + id, bytes.handle, sha256),
  };
}

const phone = makeRealPhone();
