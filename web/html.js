// Templates: `html` turns tagged text into Preact elements, without build or eval; and the icons.

import htm from './vendor/htm.mjs';
import { h } from './vendor/preact.mjs';
import { ICONS } from './core/icons.js';

export const html = htm.bind(h);

/** One drawing by name, in the colour of the text around it. */
export function Icon({ name, size }) {
  const side = size || '1.5rem';
  return html`<svg class="icon" width=${side} height=${side} viewBox="0 0 24 24" fill="none"
    stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
    aria-hidden="true" focusable="false"><path d=${ICONS[name]} /></svg>`;
}
