// What is outside the program: time that passes only when asked, a net that fails on purpose, and
// the end of the program at any moment. `run` numbers the lives of the program: what a dead one has
// asked for is never answered.
//
// Python gives hostHttp(text) -> text: one request to the real house, bytes written as hexadecimal.

function makeWorld() {
  const world = {
    run: 0,
    wall_ms: 0,
    steady_ms: 0,
    skew_ms: 0,
    tasks: [],
    serial: 0,
    net: { off: false, mood: [], delay_ms: 40, calls: [] },
    writes: 0,
    killAtWrite: Infinity,
    faults: [],
    missing: {},
  };
  /** What the phone's own clock shows; a person may have set it wrong. */
  world.wall = () => world.wall_ms + world.steady_ms + world.skew_ms;
  world.later = (run, work, ms) => {
    world.serial += 1;
    const task = { id: world.serial, at: world.steady_ms + Math.max(0, ms || 0), run, work };
    world.tasks.push(task);
    return task.id;
  };
  world.forget = (id) => {
    world.tasks = world.tasks.filter((task) => task.id !== id);
  };
  world.due = () => {
    world.tasks = world.tasks.filter((task) => task.run === world.run);
    return world.tasks.reduce(
      (a, b) => (a && (a.at < b.at || (a.at === b.at && a.id < b.id)) ? a : b),
      null,
    );
  };
  /** Do what comes next if it is due before `until`; false when nothing is. */
  world.step = (until) => {
    const next = world.due();
    if (!next || next.at > until) return false;
    world.forget(next.id);
    world.steady_ms = Math.max(world.steady_ms, next.at);
    try {
      next.work();
    } catch (error) {
      if (!error.killed) world.faults.push(String(error) + '\n' + error.stack);
    }
    return true;
  };
  world.die = () => {
    world.run += 1;
    world.killAtWrite = Infinity;
  };
  /** Before each thing written down for good: here the phone may end the program. */
  world.aboutToWrite = () => {
    world.writes += 1;
    if (world.writes < world.killAtWrite) return;
    world.die();
    throw Object.assign(new Error('killed'), { killed: true });
  };
  /**
   * One request {method, path, headers, hex} with the moods of the net in turn: 'lost' never
   * arrives, 'answer-lost' arrives, 'silent' waits for ever, an object is given for an answer.
   * `answer` gets {status, headers, hex}, or null when there was none.
   */
  world.ask = (run, request, answer) => {
    const { net } = world;
    const mood = net.off ? 'lost' : net.mood.shift();
    net.calls.push(request.method + ' ' + request.path);
    const say = (what) => world.later(run, () => answer(what), net.delay_ms);
    if (mood === 'silent') return;
    if (mood === 'lost') say(null);
    else if (mood && mood.status) say(Object.assign({ headers: {}, hex: '' }, mood));
    else {
      const given = JSON.parse(hostHttp(JSON.stringify(request)));
      say(mood === 'answer-lost' ? null : given);
    }
  };
  return world;
}

const HEX = Array.from({ length: 256 }, (_, n) => (n + 256).toString(16).slice(1));
const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (n) => HEX[n]).join('');
function bytesOfHex(hex) {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = parseInt(hex.substr(i * 2, 2), 16);
  return out.buffer;
}
function utf8(text) {
  const plain = unescape(encodeURIComponent(text));
  const out = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i += 1) out[i] = plain.charCodeAt(i);
  return out.buffer;
}
function textOfUtf8(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (n) => String.fromCharCode(n)).join('');
  return decodeURIComponent(escape(plain));
}

/** JavaScript's Date by a phone's clock. */
function dateBy(clock) {
  return class PhoneDate extends Date {
    constructor(...parts) {
      if (parts.length) super(...parts);
      else super(clock());
    }

    static now() {
      return clock();
    }
  };
}
