// Begins the mini program: reads what the phone remembers, then hears of the net and of time.

import { start, wake } from './store.js';

App({
  onLaunch() {
    start();
  },
  onShow() {
    wake();
  },
});
