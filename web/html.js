// Templates: `html` turns tagged text into Preact elements, without a build and without eval.

import htm from './vendor/htm.mjs';
import { h } from './vendor/preact.mjs';

export const html = htm.bind(h);
