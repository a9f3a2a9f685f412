// @ts-check
/** The parts of the table's panel, one below the other: search, actions, rows, foot. */

import { element } from '../elements.js';

/**
 * @param {{search: HTMLElement, again: HTMLElement, actions: HTMLElement, tools: HTMLElement,
 *   close: HTMLElement}} made elsewhere
 */
export function makeParts({ search, again, actions, tools, close }) {
  const title = element('b', 'runs-title');
  const summary = element('span', 'small runs-summary', { role: 'status' });
  const trouble = element('pre', 'error runs-error', { role: 'alert' });
  const head = element('div', 'runs-head', { role: 'rowgroup' });
  const body = element('div', 'runs-body', { role: 'rowgroup' });
  const grid = element('div', 'runs-grid', { 'aria-multiselectable': 'true' }, head, body);
  const frame = element('div', 'runs-frame', {}, grid);
  const empty = element('div', 'runs-empty');
  const said = element('span', 'runs-said', { role: 'status' });
  const folds = element('span', 'runs-folds');
  const note = element('span', 'runs-note', { role: 'status' });
  const busy = element('span', 'runs-busy', { role: 'status' });
  const root = element(
    'div', 'panel runs', {},
    element('div', 'bar', {}, title, search, again, summary),
    trouble,
    element('div', 'bar runs-second', {}, actions, tools),
    frame,
    empty,
    element('div', 'runs-foot small', {}, said, folds, note, busy, close)
  );
  // Lab's single-key shortcuts would otherwise act on the cells of the notebook, and its menu
  // would cover ours.
  root.dataset.lmSuppressShortcuts = 'true';
  grid.dataset.jpSuppressContextMenu = 'true';
  return {
    root, title, summary, trouble, head, body, grid, frame, empty, said, folds, note, busy
  };
}

/**
 * @param {HTMLElement} grid
 * @param {boolean} isTree
 * @param {string} title
 * @param {number} rows
 * @param {number} columns
 */
export function describeGrid(grid, isTree, title, rows, columns) {
  grid.setAttribute('role', isTree ? 'treegrid' : 'grid');
  grid.setAttribute('aria-label', `Runs of ${title}`);
  grid.setAttribute('aria-rowcount', String(rows + 1));
  grid.setAttribute('aria-colcount', String(columns + 1));
}
