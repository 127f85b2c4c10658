// Shrinks photos away from the screen's own thread, so that the page stays alive meanwhile.

import { shrink } from './shrink.js';

onmessage = async (event) => {
  try {
    const made = await shrink(event.data);
    postMessage({ made }, [made.bytes]);
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
