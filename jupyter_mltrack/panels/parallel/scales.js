// @ts-check
/** Where values are on an axis. A share is 0 at the low end and 1 at the high one, drawn upwards. */

/**
 * @typedef {{id: string, label: string, entity: 'metric' | 'param', low: number, high: number,
 *   log: boolean, choices: string[], missing: number}} Axis
 */
/** @typedef {{axis: string, low?: number | null, high?: number | null, choices?: number[],
 *   missing?: boolean}} Brush
 */

const MOST_TICKS = 6;
const DIGITS = 4;
const EDGE = 1e-6;

/**
 * The share on the axis as it is drawn, from the share of a linear one.
 * @param {Axis} axis
 * @param {number} share
 * @param {boolean} isLog
 */
export function drawnShare(axis, share, isLog) {
  if (!isLog || axis.low === axis.high) {
    return share;
  }
  const value = axis.low + share * (axis.high - axis.low);
  return Math.log(value / axis.low) / Math.log(axis.high / axis.low);
}

/**
 * The value at a place of the axis as it is drawn, rounded so that a filter can be read; at an end
 * of the axis a little beyond it.
 * @param {Axis} axis
 * @param {number} share
 * @param {boolean} isLog
 */
export function valueAt(axis, share, isLog) {
  if (share <= EDGE) {
    return beyond(axis, axis.low, Math.floor);
  }
  if (share >= 1 - EDGE) {
    return beyond(axis, axis.high, Math.ceil);
  }
  if (isLog) {
    return Number((axis.low * (axis.high / axis.low) ** share).toPrecision(3));
  }
  const span = axis.high - axis.low;
  const unit = 10 ** Math.floor(Math.log10(span) - 2.5);
  return Number((Math.round((axis.low + share * span) / unit) * unit).toPrecision(12));
}

/**
 * An end in few digits, rounded away from the axis.
 * @param {Axis} axis
 * @param {number} end
 * @param {(value: number) => number} round
 */
function beyond(axis, end, round) {
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(end) || 1)) + 1 - digitsOf(axis));
  const value = Number((round(end / unit) * unit).toPrecision(15));
  return (round === Math.floor ? value <= end : value >= end) && Number.isFinite(value) ? value : end;
}

/** How many digits tell the values of an axis apart. @param {Axis} axis */
function digitsOf(axis) {
  const largest = Math.max(Math.abs(axis.low), Math.abs(axis.high));
  const more = axis.low < axis.high ? Math.ceil(Math.log10(largest / (axis.high - axis.low))) : 0;
  return Math.min(15, Math.max(DIGITS, more + DIGITS - 1));
}

/**
 * The share at which a value is drawn.
 * @param {Axis} axis
 * @param {number} value
 * @param {boolean} isLog
 */
export function shareOf(axis, value, isLog) {
  if (axis.low === axis.high) {
    return 0.5;
  }
  return drawnShare(axis, (value - axis.low) / (axis.high - axis.low), isLog);
}

/**
 * What is written beside an axis; of many choices only some.
 * @param {Axis} axis
 * @param {boolean} isLog
 * @param {number} room how many there is room for
 * @returns {{share: number, text: string}[]}
 */
export function ticks(axis, isLog, room) {
  if (axis.choices.length) {
    const step = Math.ceil(axis.choices.length / room);
    const marks = axis.choices.map((text, place) => ({ share: choiceShare(axis, place), text }));
    return marks.filter((_, place) => place % step === 0);
  }
  if (axis.low === axis.high) {
    return [{ share: 0.5, text: written(axis.low) }];
  }
  const inner = isLog ? powers(axis) : steps(axis);
  const marks = inner.map(value => ({ share: shareOf(axis, value, isLog), text: written(value, axis) }));
  const [low, high] = [written(axis.low, axis), written(axis.high, axis)];
  const near = 0.6 / MOST_TICKS;
  return [
    { share: 0, text: low },
    ...marks.filter(({ share }) => share > near && share < 1 - near),
    { share: 1, text: high },
  ];
}

/** @param {Axis} axis @param {number} place */
export function choiceShare(axis, place) {
  return (place + 0.5) / axis.choices.length;
}

/**
 * Round numbers at equal distances.
 * @param {Axis} axis
 */
function steps(axis) {
  const rough = (axis.high - axis.low) / (MOST_TICKS - 1);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find(each => each * unit >= rough) ?? 10);
  const found = [];
  for (let k = Math.ceil(axis.low / step); k * step <= axis.high && found.length < 20; k += 1) {
    found.push(k * step);
  }
  return found;
}

/**
 * Powers of ten; of less than two decades, some values between them.
 * @param {Axis} axis
 */
function powers(axis) {
  const [first, last] = [Math.floor(Math.log10(axis.low)), Math.ceil(Math.log10(axis.high))];
  const every = Math.ceil((last - first) / MOST_TICKS);
  const between = last - first <= 2 ? [1, 2, 5] : [1];
  const found = [];
  for (let power = first; power <= last; power += every) {
    found.push(...between.map(each => each * 10 ** power));
  }
  return found.filter(value => value > axis.low && value < axis.high);
}

/**
 * A number in 4 significant digits, or in as many as tell the values of an axis apart.
 * @param {number} value
 * @param {Axis} [axis]
 */
export function written(value, axis) {
  const size = Math.abs(value);
  const digits = axis ? digitsOf(axis) : DIGITS;
  if (digits < 8 && (size >= 1e7 || (size > 0 && size < 1e-4))) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`;
  }
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(digits)));
}

/**
 * Whether a run is within a brush.
 * @param {Axis} axis
 * @param {Brush} brush
 * @returns {(share: number) => boolean} of the linear share
 */
export function test(axis, brush) {
  const missing = brush.missing ?? false;
  if (axis.choices.length) {
    const chosen = new Set(brush.choices ?? []);
    const count = axis.choices.length;
    return share => (share === share ? chosen.has(Math.floor(share * count)) : missing);
  }
  if (brush.low === null || brush.low === undefined) {
    return share => share !== share && missing;
  }
  // Float32 keeps 7 digits: the ends may be off by so much.
  const low = Math.fround(linear(axis, brush.low)) - 1e-7;
  const high = Math.fround(linear(axis, brush.high ?? brush.low)) + 1e-7;
  return share => (share === share ? share >= low && share <= high : missing);
}

/** @param {Axis} axis @param {number} value */
function linear(axis, value) {
  return axis.low === axis.high ? 0.5 : (value - axis.low) / (axis.high - axis.low);
}
