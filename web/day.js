// The keeper's day as the screens see it: core/day.js over what the app knows right now.

import { computed } from './vendor/signals.mjs';
import { dayOf } from './core/day.js';
import { home, mine, station, stations, today } from './state.js';

/** The day at one of my stations. */
export const dayAt = (here) => dayOf(here, home.value, mine.value, today.value);

/** The day at the station the screens are about; null when there is none. */
export const day = computed(() => station.value && dayAt(station.value));

/** Which of my stations has this id. */
export function stationNamed(id) {
  return stations.value.filter((one) => one.id === id)[0] || null;
}
