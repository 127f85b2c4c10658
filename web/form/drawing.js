// Drawing an arrow or a circle on a photo of one's own: a finger from here to there.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import {
  drawingOf, drawingsOn, MOST_DRAWINGS, pathOfDrawing, SIDE, withDrawing, withoutLastDrawing,
} from '../core/drawings.js';
import { DRAWING_WORDS } from '../core/words/drawings.js';
import { Button, html } from '../parts.js';
import { changeDraft } from '../visits.js';

const RED = '#d91e18';
const WHOLE = { width: '100%', display: 'block', touchAction: 'none' };

/** What a finger draws on this element, told in thousandths: `onMove` while, `onEnd` at the end. */
function useFinger(onMove, onEnd) {
  const place = useRef(null);
  const hands = useRef({});
  hands.current = { onMove, onEnd };
  useEffect(() => {
    const glass = place.current;
    let from = null;
    let to = null;
    const at = ({ clientX, clientY }) => {
      const box = glass.getBoundingClientRect();
      return [((clientX - box.left) / box.width) * SIDE, ((clientY - box.top) / box.height) * SIDE];
    };
    const down = (spot) => {
      from = at(spot);
      to = from;
    };
    const move = (spot) => {
      if (!from) return;
      to = at(spot);
      hands.current.onMove(from, to);
    };
    const up = () => {
      if (from) hands.current.onEnd(from, to);
      from = null;
    };
    const on = (target, name, hand) => {
      const held = (event) => {
        if (from || target === glass) event.preventDefault();
        hand(event.changedTouches ? event.changedTouches[0] : event);
      };
      target.addEventListener(name, held, { passive: false });
      return () => target.removeEventListener(name, held);
    };
    // Fingers and mice apart: iPhones before iOS 13 know no pointers.
    const off = [
      on(glass, 'touchstart', down), on(glass, 'touchmove', move), on(glass, 'touchend', up),
      on(glass, 'touchcancel', up), on(glass, 'mousedown', down), on(window, 'mousemove', move),
      on(window, 'mouseup', up),
    ];
    return () => off.forEach((end) => end());
  }, []);
  return place;
}

/** The photo at full width with what is drawn on it, and the keys that draw. */
export function Drawing({ draft, photo, url, onDone }) {
  const [kind, setKind] = useState('circle');
  const [now, setNow] = useState(null);
  const drawings = drawingsOn(photo);
  const full = drawings.length >= MOST_DRAWINGS;
  const place = useFinger(
    (from, to) => setNow(drawingOf(kind, from, to)),
    (from, to) => {
      const one = drawingOf(kind, from, to);
      setNow(null);
      if (one) changeDraft(draft.id, (then) => withDrawing(then, photo.id, one));
    },
  );
  const { width, height } = photo.notes;
  const shown = now && !full ? drawings.concat([now]) : drawings;
  const path = shown.map((one) => pathOfDrawing(one, width, height)).join('');
  const thick = Math.max(width, height) / 120;
  const choose = (one) => html`<button type="button" class="choice" key=${one}
    aria-pressed=${kind === one} onClick=${() => setKind(one)}>
    ${DRAWING_WORDS.kinds[one]}</button>`;
  const back = () => changeDraft(draft.id, (then) => withoutLastDrawing(then, photo.id));
  return html`<div class="wide">
    <p class="quiet">${full ? DRAWING_WORDS.enough(MOST_DRAWINGS) : DRAWING_WORDS.how}</p>
    <svg ref=${place} viewBox=${'0 0 ' + width + ' ' + height} role="img" style=${WHOLE}
      aria-label=${DRAWING_WORDS.photo}>
      <image href=${url} width=${width} height=${height} />
      <path d=${path} fill="none" stroke="#fff" stroke-width=${thick * 2} />
      <path d=${path} fill="none" stroke=${RED} stroke-width=${thick} /></svg>
    <div class="which">${choose('circle')}${choose('arrow')}</div>
    <div class="two">
      <${Button} kind="plain tool" disabled=${!drawings.length} onClick=${back}>撤掉一处<//>
      <${Button} kind="plain tool" icon="check" onClick=${onDone}>标好了<//></div></div>`;
}
