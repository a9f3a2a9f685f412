// @ts-check
/** What the table of runs looks like: its header, its rows, and what stands below. */

import { element } from '../elements.js';
import { ago, elapsedSince } from '../times.js';

/** @typedef {import('./grid.js').Direction} Direction */
/** @typedef {{column: string, direction: Direction}} Sort */
/**
 * `Column` and `Table` of runs_table.py.
 * @typedef {{
 *   kind: string, label: string, hint: string, numeric: boolean, first: Direction,
 *   values: (number | string | null)[], texts: string[], titles: (string | null)[],
 *   best: number[]
 * }} Column
 * @typedef {{
 *   ids: string[], colours: string[], tones: string[], columns: Column[], omitted: number,
 *   equal: {label: string, lines: string[]} | null, summary: string, starter: string | null
 * }} Table
 */

const GROUPS = /** @type {Record<string, string>} */ ({ metric: 'Metrics', param: 'Parameters' });
const ARROWS = { ascending: '▲', descending: '▼' };

/**
 * What a column is called from one search to the next.
 * @param {Column} column
 */
export function keyOf(column) {
  return `${column.kind} ${column.hint}`;
}

/**
 * The rows of the header: groups, if there are any, and names.
 * @param {Column[]} columns
 * @param {Sort | null} sort
 */
export function headerRows(columns, sort) {
  const names = element('tr', 'runs-names', { role: 'row' }, tick('th', 'Select all runs'));
  names.append(...columns.map(column => headerCell(column, sort)));
  names.firstElementChild?.setAttribute('tabindex', '0');
  const groups = Object.entries(GROUPS)
    .map(([kind, name]) => ({ name, count: columns.filter(one => one.kind === kind).length }))
    .filter(group => group.count);
  if (!groups.length) {
    return [names];
  }
  const others = columns.filter(one => !(one.kind in GROUPS)).length + 1;
  const cells = [{ name: '', count: others }, ...groups].map(({ name, count }) =>
    element('th', 'runs-group', { colspan: String(count) }, name)
  );
  return [element('tr', 'runs-groups', { role: 'presentation' }, ...cells), names];
}

/**
 * @param {Column} column
 * @param {Sort | null} sort
 */
function headerCell(column, sort) {
  const direction = sort?.column === keyOf(column) ? sort.direction : null;
  const label = element('span', 'runs-label', {}, column.label);
  const arrow = element('span', 'runs-arrow', {}, direction ? ARROWS[direction] : '');
  const cell = element(
    'th',
    `runs-${column.kind}${column.numeric ? ' runs-numeric' : ''}`,
    {
      role: 'columnheader',
      tabindex: '-1',
      title: `${column.hint} — click to sort`,
      'aria-label': column.label || column.hint,
      'aria-sort': direction ?? 'none'
    },
    ...(column.numeric ? [arrow, label] : [label, arrow])
  );
  cell.dataset.column = keyOf(column);
  return cell;
}

/**
 * One run.
 * @param {Table} table
 * @param {number} row
 * @param {number} place where it stands in the order of the moment
 */
export function bodyRow({ ids, colours, tones, columns }, row, place) {
  const cells = columns.map(column => bodyCell(column, row));
  const [state, name, started, duration] = cells;
  const dot = element('span', 'runs-dot', { 'aria-hidden': 'true' });
  dot.style.background = colours[row];
  name.prepend(dot);
  state.dataset.tone = tones[row];
  state.setAttribute('aria-label', columns[0].titles[row] ?? '');
  started.dataset.since = String(columns[2].values[row]);
  if (tones[row] === 'busy') {
    duration.dataset.running = String(columns[2].values[row]);
  }
  const line = element('tr', '', { role: 'row', 'aria-rowindex': String(place + 2) });
  line.dataset.id = ids[row];
  line.append(tick('td', `Select ${columns[1].texts[row]}`), ...cells);
  return line;
}

/**
 * @param {Column} column
 * @param {number} row
 */
function bodyCell(column, row) {
  const best = column.best.includes(row) ? ' runs-best' : '';
  const numeric = column.numeric ? ' runs-numeric' : '';
  return element(
    'td',
    `runs-${column.kind}${numeric}${best}`,
    { role: 'gridcell', tabindex: '-1', title: column.titles[row] },
    column.texts[row]
  );
}

/**
 * Writes the times that go on.
 * @param {HTMLElement} body
 */
export function tellTimes(body) {
  const cells = /** @type {NodeListOf<HTMLElement>} */ (
    body.querySelectorAll('[data-since], [data-running]')
  );
  for (const cell of cells) {
    const { since, running } = cell.dataset;
    cell.textContent = since
      ? ago(Number(since), cell.title.slice(0, 10))
      : elapsedSince(Number(running));
  }
}

/**
 * What stands below the rows.
 * @param {Table} table
 * @param {string} query
 */
export function footer({ ids, equal, omitted, starter }, query) {
  const parts = [];
  if (!ids.length && starter) {
    parts.push(element('div', '', {}, 'No runs yet. A cell that makes a first one:'));
    parts.push(element('pre', 'runs-starter', {}, starter));
  } else if (!ids.length) {
    parts.push(element('div', '', {}, query ? `No run matches ${query}` : 'No runs.'));
  }
  if (equal) {
    const lines = equal.lines.map(line => element('div', '', {}, line));
    const label = element('summary', '', {}, equal.label);
    parts.push(element('details', 'runs-equal', {}, label, ...lines));
  }
  if (omitted) {
    parts.push(element('span', '', {}, `+ ${omitted} more columns`));
  }
  return parts;
}

/**
 * A cell with a box to tick.
 * @param {'td' | 'th'} tag
 * @param {string} label
 */
function tick(tag, label) {
  const box = element('input', '', { type: 'checkbox', tabindex: '-1', 'aria-label': label });
  const role = tag === 'td' ? 'gridcell' : 'columnheader';
  return element(tag, 'runs-tick', { role, tabindex: '-1' }, box);
}
