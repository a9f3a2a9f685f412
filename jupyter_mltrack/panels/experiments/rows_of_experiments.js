// @ts-check
/** The rows of the list of experiments, and what stands above them. */

import { element, sparkline } from '../elements.js';
import { ago } from '../times.js';

/**
 * `ExperimentRow` of rows.py.
 * @typedef {{
 *   id: string, name: string, description: string, tags: [string, string][],
 *   runs: number, running: number, failed: number, last: number | null, last_at: string,
 *   best: {key: string, text: string, exact: string} | null, activity: string[],
 *   active: boolean, deleted: boolean
 * }} Row
 */
/** @typedef {(kind: string, details?: Record<string, unknown>) => Promise<any>} Ask */

const SORTABLE = /** @type {Record<string, string>} */ ({
  name: 'Experiment',
  runs: 'Runs',
  last: 'Last run'
});
const OTHERS = ['Best', 'Actions'];

/**
 * @param {{column: string, descending: boolean}} sort
 * @param {Ask} ask
 */
export function headers(sort, ask) {
  const cells = Object.entries(SORTABLE).map(([column, words]) => {
    const isChosen = sort.column === column;
    const arrow = isChosen ? (sort.descending ? ' ▼' : ' ▲') : '';
    const button = element('button', 'experiments-sort', { type: 'button' }, words + arrow);
    const descending = isChosen ? !sort.descending : column !== 'name';
    button.addEventListener('click', () => ask('sort', { column, descending }));
    const cell = element('th', column === 'runs' ? 'experiments-number' : '', { scope: 'col' }, button);
    const order = isChosen ? (sort.descending ? 'descending' : 'ascending') : 'none';
    cell.setAttribute('aria-sort', order);
    return cell;
  });
  const others = OTHERS.map(words =>
    element('th', words === 'Best' ? 'experiments-number' : '', { scope: 'col' }, words)
  );
  return element('thead', '', {}, element('tr', '', {}, ...cells, ...others));
}

/**
 * @param {Row} row
 * @param {Ask} ask
 * @param {(id: string) => void} edit
 * @param {boolean} isEdited
 */
export function experimentRow(row, ask, edit, isEdited) {
  const line = element('tr', '', { 'data-experiment': row.id });
  line.append(
    nameCell(row, ask),
    element('td', 'experiments-number', {}, runsOf(row)),
    lastCell(row),
    bestCell(row),
    element('td', 'experiments-actions', {}, ...actions(row, ask, edit, isEdited))
  );
  return line;
}

/**
 * @param {Row} row
 * @param {Ask} ask
 */
function nameCell(row, ask) {
  const open = element('button', 'experiments-name', { type: 'button' }, row.name);
  open.title = `Show the runs of ${row.name}`;
  open.addEventListener('click', () => ask('open', { experiment: row.id }));
  const cell = element('td', 'experiments-about', {}, open);
  if (row.active) {
    cell.append(element('span', 'experiments-active', { title: 'New runs go here' }, 'active'));
  }
  cell.append(...row.tags.map(([key, text]) => element('span', 'experiments-tag', {}, `${key} ${text}`)));
  if (row.description) {
    cell.append(element('div', 'small experiments-note', { title: row.description }, row.description));
  }
  return cell;
}

/** @param {Row} row */
function runsOf({ runs, running, failed }) {
  const parts = element('span', '', {}, runs.toLocaleString('en'));
  if (running) {
    parts.append(element('span', 'experiments-running', {}, ` ▶ ${running} running`));
  }
  if (failed) {
    parts.append(element('span', 'experiments-failed', {}, ` ✗ ${failed} failed`));
  }
  return parts;
}

/** @param {Row} row */
function lastCell({ last, last_at, activity }) {
  const words = last === null ? '–' : ago(last, last_at.slice(0, 10));
  const cell = element('td', 'experiments-last', {}, element('span', '', { title: last_at }, words));
  if (activity.length) {
    const drawn = sparkline(activity, 'var(--jp-mltrack-muted)');
    cell.append(element('span', '', { title: 'Runs over time, first to last' }, drawn));
  }
  return cell;
}

/** @param {Row} row */
function bestCell({ best }) {
  const children = best
    ? [element('span', 'small', {}, `${best.key} `), element('b', '', { title: best.exact }, best.text)]
    : ['–'];
  return element('td', 'experiments-number', {}, ...children);
}

/**
 * @param {Row} row
 * @param {Ask} ask
 * @param {(id: string) => void} edit
 * @param {boolean} isEdited
 */
function actions(row, ask, edit, isEdited) {
  if (row.deleted) {
    const restore = element('button', 'button', { type: 'button' }, 'Restore');
    restore.setAttribute('aria-label', `Restore ${row.name}`);
    restore.addEventListener('click', () => ask('restore', { experiment: row.id }));
    return [restore];
  }
  const open = element('button', 'button', { type: 'button' }, 'Runs');
  open.setAttribute('aria-label', `Runs of ${row.name}`);
  open.addEventListener('click', () => ask('open', { experiment: row.id }));
  const change = element('button', 'button', { type: 'button' }, 'Edit');
  change.setAttribute('aria-label', `Edit ${row.name}`);
  change.setAttribute('aria-expanded', String(isEdited));
  change.addEventListener('click', () => edit(row.id));
  return [open, change];
}
