// Small line drawings beside the words; each a path on a field of 24 by 24.

export const ICONS = {
  home: 'M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  bell: 'M6 17h12l-1.5-2.5V10a4.5 4.5 0 0 0-9 0v4.5zM10 20h4',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-5.5 8-5.5s7 1.5 8 5.5',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  box: 'M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9',
  check: 'M5 13l5 5L19 7',
  cross: 'M6 6l12 12M18 6L6 18',
  ask: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.400M12 18h.01',
  minus: 'M6 12h12',
  back: 'M14 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  wrench: 'M14 6a4 4 0 0 1 5-1l-3 3 1 2 2 1 3-3a4 4 0 0 1-6 5L9 20l-4-4 7-7a4 4 0 0 1 2-3z',
  cloud: 'M7 18a4 4 0 0 1 0-8 5 5 0 0 1 9.6-1.5A4 4 0 0 1 17 18M12 20v-7M9 15.5l3-3 3 3',
  nonet:
    'M3 3l18 18M5 12a10 10 0 0 1 4-2.5M19 12a10 10 0 0 0-5-2.800M8 15.5a6 6 0 0 1 6.5-1M12 19h.01',
  light: 'M9 3h6l-1 6h3l-7 12 1.5-8H8z',
  phone:
    'M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z',
  sound: 'M4 10v4h4l5 4V6L8 10zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11',
  pen: 'M4 20l1-4L16 5l3 3L8 19z',
};

/** The drawing beside each kind of thing that a day brings (core/day.js). */
export const THING_ICONS = {
  confirm: 'pen',
  check_in: 'scan',
  photos: 'camera',
  count: 'box',
  asked_photo: 'camera',
  better_photo: 'camera',
  question: 'ask',
  mends: 'wrench',
  failings: 'wrench',
};
