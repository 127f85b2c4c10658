// The way to the server: JSON, pictures and papers, each with its patience and the person's token.

const API = '/api/v1';
const JSON_WAIT = 20000;
const PHOTO_WAIT = 120000; // 300 KB at 20 kbit/s
let token = '';

export function useToken(value) {
  token = value || '';
}

async function ask(method, path, { body, headers, wait } = {}) {
  const stop = typeof AbortController === 'function' ? new AbortController() : null;
  const timer = stop && setTimeout(() => stop.abort(), wait || JSON_WAIT);
  try {
    const response = await fetch(API + path, {
      method,
      body,
      headers: Object.assign(token ? { Authorization: 'Bearer ' + token } : {}, headers),
      signal: stop ? stop.signal : undefined,
      cache: 'no-store',
      credentials: 'omit',
    });
    const kind = response.headers.get('Content-Type') || '';
    const answer = { status: response.status, body: null, retry_after_s: null };
    const after = response.headers.get('Retry-After');
    if (after && /^\d+$/.test(after)) answer.retry_after_s = +after;
    if (/^(image|audio)\/|\/pdf/.test(kind)) answer.blob = await response.blob();
    else if (/json/.test(kind)) answer.body = await response.json().catch(() => null);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

export function getJson(path) {
  return ask('GET', path);
}

/** An answer that may be large and slow; a picture or a paper comes as answer.blob. */
export function getLarge(path) {
  return ask('GET', path, { wait: PHOTO_WAIT });
}

export function postJson(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  return ask('POST', path, { body: JSON.stringify(body), headers });
}

export function deleteJson(path) {
  return ask('DELETE', path);
}

/** Send a photo's bytes; the server checks them against `sha256`. */
export function putPhoto(id, bytes, sha256) {
  const headers = { 'Content-Type': 'image/jpeg', 'X-SHA256': sha256 };
  return ask('PUT', '/photos/' + id, { body: bytes, headers, wait: PHOTO_WAIT });
}
