// What time it is by the server, on a phone whose own clock may be wrong or be set meanwhile.

/**
 * What one answer teaches: the server said `server_ms` somewhere between sending and receiving.
 * `run` and `steady_ms` (a clock that nobody can set, counting within one run of the app) let a
 * later reading notice that the phone's clock was moved in between.
 */
export function learnClock(phone, serverMs, sentSteadyMs) {
  const steady = phone.steady();
  const atServer = serverMs + (steady - sentSteadyMs) / 2;
  return {
    offset_ms: Math.round(atServer - phone.now()),
    server_ms: Math.round(atServer),
    steady_ms: steady,
    run: phone.run,
  };
}

/** How far the server's clock is ahead of the phone's now, in ms; null when never learnt. */
export function offsetNow(phone, clock) {
  if (!clock) return null;
  if (clock.run !== phone.run) return clock.offset_ms;
  return Math.round(clock.server_ms + (phone.steady() - clock.steady_ms) - phone.now());
}

/** The best guess of the moment, in ms: the phone's clock, corrected where we know better. */
export function trueNow(phone, clock) {
  return phone.now() + (offsetNow(phone, clock) || 0);
}
