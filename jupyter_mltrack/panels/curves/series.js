// @ts-check
/** Series of numbers as the kernel sends them: decoded, smoothed, averaged over groups. */

/**
 * One line: a run's history of a metric, or the mean of a group of them.
 * @typedef {{
 *   line: number, metric: number, whole: boolean, x: Float64Array,
 *   lowest: Float32Array, highest: Float32Array, mean: Float32Array,
 *   weight?: number, smooth?: Float32Array
 * }} Series
 */

const GRID = 240;

/**
 * @param {Record<string, any>} content an answer to `curves`
 * @param {Float32Array} columns x from its base, lowest, highest and mean one after the other
 * @returns {Series[]}
 */
export function decoded(content, columns) {
  const rows = columns.length / 4;
  const column = (/** @type {number} */ nth) => columns.subarray(nth * rows, (nth + 1) * rows);
  const [offsets, lowest, highest, mean] = [0, 1, 2, 3].map(column);
  return content.series.map((/** @type {any[]} */ [line, metric, first, size, whole]) => {
    const rowsOf = (/** @type {Float32Array} */ of) => of.subarray(first, first + size);
    const x = Float64Array.from(rowsOf(offsets), offset => offset + content.base);
    const values = { lowest: rowsOf(lowest), highest: rowsOf(highest), mean: rowsOf(mean) };
    return { line, metric, whole, x, ...values };
  });
}

/**
 * An exponential moving average, freed of its bias towards zero (Kingma and Ba 2015, section 3).
 * A break stays where it is and is not averaged.
 * @param {Series} series
 * @param {number} weight of what came before, 0 to 1
 */
export function smoothed(series, weight) {
  if (!weight) {
    return series.mean;
  }
  if (series.weight !== weight || !series.smooth) {
    let [total, share] = [0, 0];
    series.weight = weight;
    series.smooth = series.mean.map(value => {
      if (!Number.isFinite(value)) {
        return NaN;
      }
      total = weight * total + (1 - weight) * value;
      share = weight * share + (1 - weight);
      return total / share;
    });
  }
  return series.smooth;
}

/**
 * The row nearest to a place; -1 if there is none.
 * @param {Series} series
 * @param {number} x
 */
export function nearestRow(series, x) {
  const last = series.x.length - 1;
  if (last < 0) {
    return -1;
  }
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    [low, high] = series.x[middle] <= x ? [middle, high] : [low, middle];
  }
  return x - series.x[low] <= series.x[high] - x ? low : high;
}

/**
 * The value at a place: of the nearest row within the reach of the line; NaN beyond its ends.
 * @param {Series} series
 * @param {Float32Array} values
 * @param {number} x
 */
export function valueAt(series, values, x) {
  const last = series.x.length - 1;
  const margin = last > 0 ? (series.x[last] - series.x[0]) / last : 0;
  if (last < 0 || x < series.x[0] - margin || x > series.x[last] + margin) {
    return NaN;
  }
  return values[nearestRow(series, x)];
}

/**
 * Series of one metric as the mean and the standard deviation of each group.
 * @param {Series[]} all
 * @param {number[]} groups of each run
 * @param {number} weight of the smoothing that comes before
 * @returns {Series[]}
 */
export function groupMeans(all, groups, weight) {
  const members = /** @type {Map<number, Series[]>} */ (new Map());
  for (const one of all.filter(series => series.x.length)) {
    const group = groups[one.line];
    members.set(group, [...(members.get(group) ?? []), one]);
  }
  return [...members].map(([group, inside]) => meanOf(inside, group, weight));
}

/**
 * @param {Series[]} inside
 * @param {number} group
 * @param {number} weight
 */
function meanOf(inside, group, weight) {
  const longest = inside.reduce((a, b) => (b.x.length > a.x.length ? b : a)).x.length;
  const low = Math.min(...inside.map(one => one.x[0]));
  const high = Math.max(...inside.map(one => one.x[one.x.length - 1]));
  const size = high > low ? Math.min(GRID, Math.max(2, longest)) : 1;
  const x = Float64Array.from({ length: size }, (_, nth) =>
    size > 1 ? low * (1 - nth / (size - 1)) + high * (nth / (size - 1)) : low
  );
  const lines = inside.map(one => onGrid(one, smoothed(one, weight), x));
  const made = { lowest: new Float32Array(size), highest: new Float32Array(size) };
  const mean = x.reduce((means, _, nth) => {
    const values = lines.map(line => line[nth]).filter(Number.isFinite);
    const middle = values.reduce((sum, value) => sum + value / values.length, 0);
    const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    const spread = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
    means[nth] = values.length ? middle : NaN;
    made.lowest[nth] = means[nth] - spread;
    made.highest[nth] = means[nth] + spread;
    return means;
  }, new Float32Array(size));
  return { line: group, metric: inside[0].metric, whole: false, x, mean, ...made };
}

/**
 * A line's values at other places, between its points in proportion; NaN beyond and at breaks.
 * @param {Series} series
 * @param {Float32Array} values
 * @param {Float64Array} grid growing
 */
function onGrid(series, values, grid) {
  const last = series.x.length - 1;
  let row = 0;
  return Float32Array.from(grid, x => {
    if (x < series.x[0] || x > series.x[last]) {
      return NaN;
    }
    while (row < last - 1 && series.x[row + 1] < x) {
      row += 1;
    }
    const next = Math.min(row + 1, last);
    const span = series.x[next] - series.x[row];
    const share = span > 0 ? (x - series.x[row]) / span : 0;
    if (share <= 0 || share >= 1) {
      return values[share <= 0 ? row : next];
    }
    return values[row] * (1 - share) + values[next] * share;
  });
}
