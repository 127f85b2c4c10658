// Beijing days and times of day: the one place where a moment becomes a calendar day.

const HOUR = 3600000;
const DAY = 24 * HOUR;
const WEEKDAYS = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'];

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/;

function two(number) {
  return number < 10 ? '0' + number : String(number);
}

/** A Date whose UTC fields read as Beijing's wall clock, which knows no summer time since 1991. */
function beijing(ms) {
  return new Date(ms + 8 * HOUR);
}

/** The Beijing day of a moment, as "2026-07-03". */
export function beijingDay(ms) {
  const at = beijing(ms);
  return at.getUTCFullYear() + '-' + two(at.getUTCMonth() + 1) + '-' + two(at.getUTCDate());
}

/** The Beijing time of day, as "08:05". */
export function beijingTime(ms) {
  const at = beijing(ms);
  return two(at.getUTCHours()) + ':' + two(at.getUTCMinutes());
}

/** The hour of the Beijing day, 0 to 23. */
export function beijingHour(ms) {
  return beijing(ms).getUTCHours();
}

/** Midnight UTC of a day "2026-07-03" in ms; null when there is no such day. */
function dayNumber(day) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return null;
  const ms = Date.UTC(+parts[1], +parts[2] - 1, +parts[3]);
  const back = new Date(ms);
  return back.getUTCMonth() === +parts[2] - 1 && back.getUTCDate() === +parts[3] ? ms : null;
}

/** Is this a real calendar day? */
export function isDay(day) {
  return typeof day === 'string' && dayNumber(day) !== null;
}

/** The day so many days later (or earlier). */
export function dayAfter(day, days) {
  return new Date(dayNumber(day) + days * DAY).toISOString().slice(0, 10);
}

/** How many days from one day to a later one. */
export function daysBetween(from, until) {
  return Math.round((dayNumber(until) - dayNumber(from)) / DAY);
}

// ---- days as text: written here and nowhere else on the phone -------------------------------

/** "7月3日". */
export function shortDay(day) {
  const at = new Date(dayNumber(day));
  return at.getUTCMonth() + 1 + '月' + at.getUTCDate() + '日';
}

/** "星期五". */
export function weekday(day) {
  return WEEKDAYS[new Date(dayNumber(day)).getUTCDay()];
}

/** "7月3日 星期五". */
export function dayInWords(day) {
  return shortDay(day) + ' ' + weekday(day);
}

/** "7月3日 周五". */
export function dayInShort(day) {
  return shortDay(day) + ' ' + weekday(day).replace('星期', '周');
}

/** "2026年7月3日 星期五". */
export function dayInFull(day) {
  return day.slice(0, 4) + '年' + dayInWords(day);
}

/** "今天", "昨天", "前天", else "7月3日". */
export function dayFromToday(day, today) {
  const ago = daysBetween(day, today);
  return ago >= 0 && ago <= 2 ? ['今天', '昨天', '前天'][ago] : shortDay(day);
}

/** A moment as "昨天 08:05", else "7月3日 08:05". */
export function momentFromToday(ms, today) {
  return dayFromToday(beijingDay(ms), today) + ' ' + beijingTime(ms);
}

/** "3 天". */
export function daysInWords(days) {
  return days + ' 天';
}

/**
 * A moment as the server writes it ("2026-07-03T00:05:00Z", with fraction or offset) in ms; null
 * when it is none. Read field by field, because old phones parse such strings differently.
 */
export function readMoment(text) {
  const p = MOMENT.exec(text);
  if (!p) return null;
  const ms = p[7] ? Math.floor(+('0.' + p[7]) * 1000) : 0;
  const utc = Date.UTC(+p[1], +p[2] - 1, +p[3], +p[4], +p[5], +p[6], ms);
  if (p[8] === 'Z') return utc;
  const minutes = +p[8].slice(1, 3) * 60 + +p[8].slice(-2);
  return utc - (p[8][0] === '-' ? -1 : 1) * minutes * 60000;
}

/** A moment for the server. */
export function writeMoment(ms) {
  return new Date(ms).toISOString();
}
