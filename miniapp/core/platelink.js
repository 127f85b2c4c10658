// What a code on a door leads to in the mini program: WeChat hands the whole link over as `q`.

import { readBindCode, readScan } from './qr.js';

/** The link as it was printed: WeChat encodes it once, so it is decoded once; '' for no link. */
export function linkOf(q) {
  try {
    return decodeURIComponent(q || '');
  } catch (error) {
    return ''; // a lone % is no link of ours
  }
}

/**
 * Where it leads: {bind: code} for a slip, {plate: token} for a plate, {} for what is none of ours.
 * A link may say more behind its token; what is behind ? or # names nothing.
 */
export function leadsTo(q) {
  const link = linkOf(q);
  const slip = /\/(?:app|s)\/#\/bind\/([^/?#]+)/.exec(link);
  if (slip && readBindCode(slip[1])) return { bind: readBindCode(slip[1]) };
  const scan = readScan(link.split(/[?#]/)[0]);
  return scan.kind === 'plate' ? { plate: scan.token } : {};
}
