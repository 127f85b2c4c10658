// A drawing of how to photograph something, from the core's, for whoever cannot see it in words.

import { EXAMPLE_BOX, exampleOf } from './core/examples.js';
import { html } from './html.js';

export function Example({ subject }) {
  return html`<svg class="example" viewBox=${EXAMPLE_BOX} role="img" aria-label="拍照示意图"
    dangerouslySetInnerHTML=${{ __html: exampleOf(subject) }} />`;
}
