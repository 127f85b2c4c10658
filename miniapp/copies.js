// The keeper's own copies of signed records, on this phone.

import { makeOwnCopies } from './core/owncopies.js';
import { storage } from './platform/wx.js';
import { state } from './store.js';

export const copies = makeOwnCopies(state, storage);
