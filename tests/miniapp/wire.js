// wx.request and wx.downloadFile: ten at once, a minute at most, cut after five seconds behind
// another program, success for any answer at all.

const MOST_AT_ONCE = 10;
const LONGEST_MS = 60000;
const MOST_IN_BACKGROUND_MS = 5000;

function makeWire({ world, run, soon, temporary, writeFile }) {
  let open = 0;
  const waiting = [];
  let hidden_at = null;
  function through(name, o, request, made) {
    let over = false;
    let begun = false;
    const limit = Math.min(o.timeout || LONGEST_MS, LONGEST_MS);
    const end = (ok, result) => {
      if (over) return;
      over = true;
      if (begun) open -= 1;
      const next = waiting.shift();
      if (next) next();
      const said = Object.assign({ errMsg: name + (ok ? ':ok' : ':fail') }, result);
      if (ok && o.success) o.success(said);
      if (!ok && o.fail) o.fail(said);
      if (o.complete) o.complete(said);
    };
    const task = {
      abort: () => soon(() => end(false, { errMsg: name + ':fail abort' })),
      interrupt: () => end(false, { errMsg: name + ':fail interrupted' }),
      onHeadersReceived: () => {},
      onProgressUpdate: () => {},
      offHeadersReceived: () => {},
    };
    if (world.run !== run) return task;
    flying.push(task);
    const go = () => {
      if (over) return;
      begun = true;
      open += 1;
      soon(() => end(false, { errMsg: name + ':fail timeout', errno: 5 }), limit);
      world.ask(run, request, (answer) => {
        if (answer) end(true, made(answer));
        else end(false, { errMsg: name + ':fail net::ERR_CONNECTION_RESET', errno: 600001 });
      });
    };
    if (open < MOST_AT_ONCE) go();
    else waiting.push(go);
    return task;
  }
  let flying = [];
  const pathOf = (url) => {
    const found = /^(https?:\/\/[^/]+)(\/.*)$/.exec(url);
    if (!found) throw new Error('request:fail invalid url "' + url + '"');
    [, world.house] = found;
    return found[2];
  };
  const request = (o) => {
    const method = (o.method || 'GET').toUpperCase();
    const headers = Object.assign({ 'Content-Type': 'application/json' }, o.header);
    const kindKey = Object.keys(headers)
      .filter((key) => key.toLowerCase() === 'content-type')
      .pop();
    let path = pathOf(o.url);
    let hex = '';
    if (o.data instanceof ArrayBuffer) hex = hexOf(o.data);
    else if (typeof o.data === 'string') hex = hexOf(utf8(o.data));
    else if (o.data && method === 'GET') {
      const query = Object.keys(o.data).map((key) => key + '=' + encodeURIComponent(o.data[key]));
      path += (path.indexOf('?') < 0 ? '?' : '&') + query.join('&');
    } else if (o.data && /json/.test(headers[kindKey])) hex = hexOf(utf8(JSON.stringify(o.data)));
    const made = (answer) => {
      let data = answer.hex;
      if (o.responseType === 'arraybuffer') data = bytesOfHex(answer.hex);
      else {
        data = textOfUtf8(bytesOfHex(answer.hex));
        if ((o.dataType || 'json') === 'json') {
          try {
            data = JSON.parse(data);
          } catch (error) {
            /* stays the text it was */
          }
        }
      }
      return { statusCode: answer.status, header: answer.headers, data, cookies: [] };
    };
    return through('request', o, { method, path, headers, hex }, made);
  };
  const downloadFile = (o) => {
    const headers = Object.assign({}, o.header);
    return through(
      'downloadFile',
      o,
      { method: 'GET', path: pathOf(o.url), headers, hex: '' },
      (answer) => {
        const path = o.filePath || temporary(bytesOfHex(answer.hex));
        if (o.filePath) writeFile(o.filePath, bytesOfHex(answer.hex));
        const key = o.filePath ? 'filePath' : 'tempFilePath';
        return { statusCode: answer.status, header: answer.headers, [key]: path };
      },
    );
  };

  /** The program goes behind another. */
  const hide = () => {
    hidden_at = world.steady_ms;
    soon(() => {
      if (hidden_at === null) return;
      flying.forEach((task) => task.interrupt());
      flying = [];
    }, MOST_IN_BACKGROUND_MS);
  };
  const show = () => {
    hidden_at = null;
  };
  return { request, downloadFile, hide, show };
}
