// The pad for one signature: strokes on the glass, kept as they are drawn, and shown again.

import { html } from './html.js';
import { useEffect, useRef } from './vendor/hooks.mjs';
import { SHARED_WORDS } from './core/words/shared.js';

const INK = '#14202e';

/** A signature as written, by its SVG path; `title` says whose. Nothing where there is none. */
export function Ink({ path, title, children }) {
  if (!path) return null;
  return html`<figure class="signed"><figcaption>${children || title}</figcaption>
    <svg viewBox="0 0 600 200" role="img" aria-label=${SHARED_WORDS.signatureOf(title)}>
      <path d=${path} fill="none" stroke=${INK} stroke-width="6" stroke-linecap="round"
        stroke-linejoin="round" /></svg></figure>`;
}

/** A canvas that fills its place; `strokes` is a ref that holds [[x, y], …] per stroke. */
export function SignaturePad({ strokes, onChange, label }) {
  const canvas = useRef(null);
  useEffect(() => {
    const glass = canvas.current;
    const pen = glass.getContext('2d');
    let drawing = null;
    const redraw = () => {
      const box = glass.getBoundingClientRect();
      const k = window.devicePixelRatio || 1;
      glass.width = Math.round(box.width * k);
      glass.height = Math.round(box.height * k);
      pen.scale(k, k);
      Object.assign(pen, { lineWidth: 4, lineCap: 'round', lineJoin: 'round', strokeStyle: INK });
      const draw = (stroke) => stroke.forEach((point, i) => line(stroke[i - 1] || point, point));
      strokes.current.forEach(draw);
    };
    const line = (from, to) => {
      pen.beginPath();
      pen.moveTo(from[0], from[1]);
      pen.lineTo(to[0] + (from === to ? 0.1 : 0), to[1]);
      pen.stroke();
    };
    const tenth = (pixels) => Math.round(pixels * 10) / 10;
    const at = (event) => {
      const box = glass.getBoundingClientRect();
      return [tenth(event.clientX - box.left), tenth(event.clientY - box.top)];
    };
    const down = (event) => {
      event.preventDefault();
      if (drawing !== null) return; // a second finger, or the palm
      drawing = event.pointerId;
      if (window.PointerEvent) glass.setPointerCapture(event.pointerId);
      strokes.current.push([at(event)]);
      line(at(event), at(event));
    };
    const move = (event) => {
      if (event.pointerId !== drawing) return;
      event.preventDefault();
      const stroke = strokes.current[strokes.current.length - 1];
      const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (between.length ? between : [event]).forEach((one) => {
        const point = at(one);
        line(stroke[stroke.length - 1], point);
        stroke.push(point);
      });
    };
    const up = (event) => {
      if (event.pointerId !== drawing) return;
      drawing = null;
      onChange();
    };
    const hold = (event) => event.preventDefault();
    const on = (name, hand) => glass.addEventListener(name, hand, { passive: false });
    // iPhones before iOS 13 tell of fingers, but know no pointers.
    const finger = (hand) => (event) => {
      hold(event);
      Array.from(event.changedTouches).forEach(({ identifier, clientX, clientY }) =>
        hand({ pointerId: identifier, clientX, clientY, preventDefault: () => null }));
    };
    if (window.PointerEvent) {
      on('pointerdown', down);
      on('pointermove', move);
      on('pointerup', up);
      on('pointercancel', up);
      on('touchstart', hold);
    } else {
      on('touchstart', finger(down));
      on('touchmove', finger(move));
      on('touchend', finger(up));
      on('touchcancel', finger(up));
    }
    window.addEventListener('resize', redraw);
    redraw();
    glass.redraw = redraw;
    return () => window.removeEventListener('resize', redraw);
  }, []);
  useEffect(() => {
    if (!strokes.current.length && canvas.current.redraw) canvas.current.redraw();
  });
  return html`<canvas class="pad-glass" ref=${canvas} role="img" aria-label=${label}></canvas>`;
}
