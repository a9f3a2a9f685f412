// @ts-check
/** Where columns stand and how wide they are: worked out once, so that scrolling moves nothing. */

/** @typedef {'ascending' | 'descending'} Direction */
/**
 * @typedef {{
 *   id: string, group: string, label: string, hint: string, kind: string, numeric: boolean,
 *   first: Direction | null, better: 'lower' | 'higher' | null, format: string | null,
 *   pinned: boolean
 * }} Column
 */
/**
 * `begins`: a group of columns begins here; `left`: where it stays when the others scroll.
 * @typedef {Column & {
 *   index: number, width: number, left: number | null, begins: boolean
 * }} PlacedColumn
 */

export const ROW_HEIGHT = 26;
export const TICK_WIDTH = 34;

const PADDING = 20;
const NARROWEST = 56;
const DELTA_ROOM = 76;
const BADGE_ROOM = 42;
const WIDEST = 260;
const INDENT = 14;
const MOST_OF_ROOM = 0.7;
const MOST_MEASURED = 8; // rows
const ROOM = /** @type {Record<string, number>} */ ({ run: 68, curve: 0 });
const FIXED = /** @type {Record<string, number>} */ ({ status: 26, curve: 96, started: 112 });
const ALWAYS_FIRST = ['status', 'run'];

const pen = document.createElement('canvas').getContext('2d');

/**
 * The columns in the order they stand: status and name, those that are pinned, the others.
 * @param {Column[]} columns
 * @param {import('./row_windows.js').Row[]} rows of which the texts are measured
 * @param {{font: string, room: number, isCompared: boolean, earlier: Map<string, number>}} about
 *   font: the family; room: of the columns that stay 70 % at most; isCompared: deltas follow
 *   metrics; earlier: widths by id, a column does not shrink while it is there
 * @returns {PlacedColumn[]}
 */
export function placed(columns, rows, { font, room, isCompared, earlier }) {
  const all = columns.map((column, index) => {
    const needed = FIXED[column.kind] ?? measured(column, index, rows, font);
    const wanted = needed + (isCompared && column.kind === 'metric' ? DELTA_ROOM : 0);
    return { ...column, index, width: Math.max(wanted, earlier.get(column.id) ?? 0) };
  });
  const isFirst = (/** @type {Column} */ one) => ALWAYS_FIRST.includes(one.kind);
  const first = [...all.filter(isFirst), ...all.filter(one => one.pinned && !isFirst(one))];
  let left = TICK_WIDTH;
  const stayed = first.map(column => {
    const fits = isFirst(column) || left + column.width < room * MOST_OF_ROOM;
    const one = { ...column, left: fits ? left : null };
    left += column.width;
    return one;
  });
  const others = all.filter(one => !isFirst(one) && !one.pinned);
  const sequence = [...stayed, ...others.map(one => ({ ...one, left: null }))];
  return sequence.map((column, place) => ({
    ...column,
    begins: place > 0 && groupName(column) !== groupName(sequence[place - 1])
  }));
}

/** @param {Column} column */
function groupName(column) {
  return column.pinned && !ALWAYS_FIRST.includes(column.kind) ? 'Pinned' : column.group;
}

/**
 * @param {Column} column
 * @param {number} index
 * @param {import('./row_windows.js').Row[]} rows
 * @param {string} family
 */
function measured(column, index, rows, family) {
  const label = width(column.label, `600 12px ${family}`) + 26;
  const texts = longest(rows, index).map(row => {
    const weight = column.kind === 'metric' ? 700 : row.id === null ? 500 : 400;
    const indent = column.kind === 'run' ? row.level * INDENT : 0;
    const badge = column.kind === 'run' && (row.baseline || row.pinned) ? BADGE_ROOM : 0;
    return badge + indent + width(row.texts[index] ?? '', `${weight} 13px ${family}`);
  });
  const room = (ROOM[column.kind] ?? 0) + PADDING;
  const widest = column.kind === 'run' ? WIDEST + 60 : WIDEST;
  return Math.ceil(Math.min(widest, Math.max(NARROWEST, label, room + Math.max(0, ...texts))));
}

/**
 * The rows worth measuring: to measure each costs more than to draw it.
 * @param {import('./row_windows.js').Row[]} rows
 * @param {number} index of a column
 */
function longest(rows, index) {
  const length = (/** @type {import('./row_windows.js').Row} */ row) => row.texts[index]?.length ?? 0;
  const most = Math.max(0, ...rows.map(length));
  return rows.filter(row => row.pinned || row.baseline || row.level || length(row) >= most - 1)
    .slice(0, MOST_MEASURED);
}

/**
 * @param {string} text
 * @param {string} font
 */
function width(text, font) {
  if (!pen) {
    return text.length * 7;
  }
  pen.font = font;
  return pen.measureText(text).width;
}

/**
 * The names above the columns: neighbours of one group share one.
 * @param {PlacedColumn[]} columns
 */
export function groupsOf(columns) {
  const groups = /** @type {{name: string, from: number, count: number}[]} */ ([]);
  columns.forEach((column, place) => {
    if (column.begins || !place) {
      groups.push({ name: groupName(column), from: place, count: 0 });
    }
    groups[groups.length - 1].count += 1;
  });
  return groups;
}

/** @param {PlacedColumn[]} columns */
export function template(columns) {
  return `${TICK_WIDTH}px ${columns.map(one => `${one.width}px`).join(' ')} minmax(0, 1fr)`;
}
