// @ts-check
/** Writes times that go on while a panel is open; wording.py writes those that do not. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * `42 s`, `3 min 5 s`, `2 h 4 min`, `3 d 1 h`.
 * @param {number} started in ms since 1970
 */
export function elapsedSince(started) {
  const seconds = Math.max(0, Math.floor((Date.now() - started) / 1000));
  if (seconds >= DAY) {
    return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
  }
  if (seconds >= HOUR) {
    return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  }
  return seconds < MINUTE
    ? `${seconds} s`
    : `${Math.floor(seconds / MINUTE)} min ${seconds % MINUTE} s`;
}

/**
 * `3 min ago`; the date if that is more than 30 days, or still to come.
 * @param {number} moment in ms since 1970
 * @param {string} date
 */
export function ago(moment, date) {
  const seconds = (Date.now() - moment) / 1000;
  if (seconds < -MINUTE || seconds >= 30 * DAY) {
    return date;
  }
  if (seconds < MINUTE) {
    return 'just now';
  }
  if (seconds < HOUR) {
    return `${Math.floor(seconds / MINUTE)} min ago`;
  }
  return seconds < DAY
    ? `${Math.floor(seconds / HOUR)} h ago`
    : `${Math.floor(seconds / DAY)} d ago`;
}
