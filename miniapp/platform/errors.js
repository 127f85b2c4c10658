// What went wrong with one of WeChat's functions: no room, thought better of it, or not to be had.

// The texts of its storage ("entry size limit reached") and of its files, on both kinds of phone.
const FULL = /exceed|quota|full|no space|enospc|maximum size|limit reached/i;
const CANCELLED = /cancel/i;

const messageOf = (error) => String((error && (error.errMsg || error.message)) || error);

/** Does it, and says with kind 'full' when there was no room. */
export function roomy(work) {
  try {
    return work();
  } catch (error) {
    const full = FULL.test(messageOf(error));
    throw full ? Object.assign(new Error('full'), { kind: 'full' }) : error;
  }
}

/** What it gives, or `otherwise` where it fails. */
export function quietly(work, otherwise) {
  try {
    return work();
  } catch (error) {
    return otherwise;
  }
}

/** {none} for whoever thought better of it, {shut} where it is not allowed or does not open. */
export const whyNot = (error) =>
  (CANCELLED.test(messageOf(error)) ? { none: true } : { shut: true });
