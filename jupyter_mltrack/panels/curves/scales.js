// @ts-check
/** From numbers to pixels and back; ticks at round numbers, and how they are written. */

/** @typedef {'step' | 'time' | 'relative'} Axis */

export class Scale {
  /**
   * @param {number} low
   * @param {number} high
   * @param {boolean} isLog
   * @param {number} from where low is, in pixels
   * @param {number} to where high is
   */
  constructor(low, high, isLog, from, to) {
    this.isLog = isLog;
    this.low = isLog ? Math.log10(low) : low;
    this.high = isLog ? Math.log10(high) : high;
    if (!(this.high > this.low)) {
      const margin = isLog ? 0.5 : Math.abs(low) / 10 || 0.5;
      this.low -= margin;
      this.high += margin;
    }
    this.from = from;
    this.to = to;
  }

  /** @param {number} value */
  at(value) {
    const inner = this.isLog ? Math.log10(value) : value;
    // Halves keep the span of huge numbers finite.
    const share = (inner / 2 - this.low / 2) / (this.high / 2 - this.low / 2);
    return this.from + (this.to - this.from) * share;
  }

  /** @param {number} pixel */
  inverse(pixel) {
    const share = (pixel - this.from) / (this.to - this.from);
    const inner = this.low * (1 - share) + this.high * share;
    return this.isLog ? 10 ** inner : inner;
  }

  /**
   * @param {number} most
   * @param {Axis | null} axis what is written; null is a plain number
   * @returns {number[]}
   */
  ticks(most, axis = null) {
    if (this.isLog) {
      return this.powers(most);
    }
    const rough = this.high / most - this.low / most;
    const step = axis && axis !== 'step' ? timeStep(rough) : roundStep(rough);
    const size = axis === 'step' ? Math.max(1, step) : step;
    const first = Math.ceil(this.low / size);
    const count = Math.min(50, Math.floor(this.high / size) - first + 1);
    return Array.from({ length: Math.max(0, count) }, (_, nth) => (first + nth) * size);
  }

  /** @param {number} most */
  powers(most) {
    const step = Math.max(1, Math.ceil((this.high - this.low) / most));
    const first = Math.ceil(this.low / step) * step;
    const whole = Array.from(
      { length: Math.max(0, Math.floor((this.high - first) / step) + 1) },
      (_, nth) => 10 ** (first + nth * step)
    );
    if (whole.length > 1) {
      return whole;
    }
    const powers = [10 ** Math.floor(this.low), ...whole];
    const parts = powers.flatMap(power => [1, 2, 5].map(times => power * times));
    const inside = parts.filter(p => Math.log10(p) >= this.low && Math.log10(p) <= this.high);
    const [from, to] = [10 ** this.low, 10 ** this.high];
    return inside.length > 1 ? inside : new Scale(from, to, false, 0, 1).ticks(most);
  }
}

/** @param {number} rough */
function roundStep(rough) {
  const size = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find(times => size * times >= rough) ?? 10) * size;
}

const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200];

/** @param {number} rough in seconds */
function timeStep(rough) {
  if (rough < 1) {
    return roundStep(rough);
  }
  return SPANS.find(span => span >= rough) ?? roundStep(rough / 86400) * 86400;
}

/**
 * A number in 4 significant digits, as wording.py writes it.
 * @param {number} value
 */
export function inDigits(value) {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : String(value);
  }
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential(3).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`;
  }
  return size >= 1e4 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/**
 * A tick of a y axis: short, whole thousands as k.
 * @param {number} value
 */
export function asTick(value) {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) {
    const [mantissa, exponent] = value.toExponential(2).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`;
  }
  return size >= 1e4 ? `${Number((value / 1e3).toPrecision(4))}k` : `${Number(value.toPrecision(6))}`;
}

/**
 * A place on the x axis.
 * @param {number} x
 * @param {Axis} axis
 * @param {number} span of the whole axis: how exact a time must be
 */
export function asPlace(x, axis, span) {
  if (axis === 'step') {
    return Math.abs(x) < 1e12 ? Math.round(x).toLocaleString('en-US') : inDigits(x);
  }
  if (axis === 'time') {
    const when = new Date(x * 1000);
    const clock = when.toLocaleTimeString([], {
      hour: '2-digit',
      minute: '2-digit',
      second: span < 600 ? '2-digit' : undefined,
      hour12: false
    });
    const day = when.toLocaleDateString([], { month: 'short', day: 'numeric' });
    return span > 86400 * 5 ? day : span > 72000 ? `${day} ${clock}` : clock;
  }
  const [size, sign] = [Math.abs(x), x < 0 ? '−' : ''];
  if (size < 120 || span < 5) {
    return `${sign}${Number(size.toPrecision(4))} s`;
  }
  const [hours, minutes, seconds] = [size / 3600, (size / 60) % 60, size % 60].map(Math.floor);
  if (hours >= 48) {
    return `${sign}${Number((hours / 24).toPrecision(3))} d`;
  }
  if (hours) {
    return `${sign}${hours} h${minutes ? ` ${minutes} min` : ''}`;
  }
  return `${sign}${minutes} min${seconds && span < 1200 ? ` ${seconds} s` : ''}`;
}
