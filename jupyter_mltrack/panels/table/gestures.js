// @ts-check
/** What clicks and keys in the grid mean. */

import { cellOf, makeTabStop } from './grid.js';
import { openMenu } from './popover.js';

/** @typedef {import('./row_windows.js').Row} Row */
/**
 * What the table does when it is told so.
 * @typedef {{
 *   grid: import('./grid.js').Grid,
 *   rowAt(index: number): Row | undefined,
 *   sortBy(column: string, add: boolean): void,
 *   columnItems(column: string): import('./popover.js').MenuItem[],
 *   rowItems(row: Row): import('./popover.js').MenuItem[],
 *   open(row: Row): void,
 *   expand(row: Row, open: boolean): void,
 *   tick(index: number, isChosen: boolean, toHere: boolean): void,
 *   tickAll(isChosen: boolean): void
 * }} Table
 */

/**
 * @param {HTMLElement} el the grid
 * @param {Table} table
 */
export function listenToGestures(el, table) {
  el.addEventListener('click', event => click(event, table));
  el.addEventListener('keydown', event => press(event, el, table));
  el.addEventListener('focusin', event => makeTabStop(el, cellOf(event.target)));
  el.addEventListener('contextmenu', event => {
    const cell = cellOf(event.target);
    if (cell && !event.shiftKey && showMenu(cell, cell, table)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

/**
 * @param {MouseEvent} event
 * @param {Table} table
 */
function click(event, table) {
  const cell = cellOf(event.target);
  const target = /** @type {HTMLElement} */ (event.target);
  if (!cell) {
    return;
  }
  const row = rowOf(cell, table);
  const is = (/** @type {string} */ name) => target.closest(`.jp-mltrack-runs-${name}`);
  if (target instanceof HTMLInputElement) {
    row ? table.tick(indexOf(cell), target.checked, event.shiftKey) : table.tickAll(target.checked);
  } else if (is('more')) {
    showMenu(cell, /** @type {HTMLElement} */ (is('more')), table);
  } else if (row && (is('opener') || (row.id === null && row.opens && is('run')))) {
    table.expand(row, !row.open);
  } else if (row && is('link')) {
    table.open(row);
  } else if (cell.dataset.column) {
    table.sortBy(cell.dataset.column, event.shiftKey);
  } else {
    cell.focus({ preventScroll: true });
  }
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} el
 * @param {Table} table
 */
function press(event, el, table) {
  const cell = cellOf(event.target);
  if (!cell || event.metaKey) {
    return;
  }
  const isMenu = event.key === 'ContextMenu' || (event.altKey && event.key === 'ArrowDown')
    || (event.shiftKey && event.key === 'F10');
  const does = isMenu
    ? showMenu(cell, cell, table)
    : keyed(event, cell, el, table) || (!event.altKey && table.grid.move(cell, event));
  if (does) {
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * Whether a key did something to the row or column it was pressed in.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} cell
 * @param {HTMLElement} el
 * @param {Table} table
 */
function keyed(event, cell, el, table) {
  const row = rowOf(cell, table);
  const { key, shiftKey, ctrlKey } = event;
  const box = cell.closest('[role="row"]')?.querySelector('input');
  const isName = cell.classList.contains('jp-mltrack-runs-run');
  if (ctrlKey && key.toLowerCase() === 'a') {
    table.tickAll(true);
  } else if (key === ' ' && box) {
    row ? table.tick(indexOf(cell), !box.checked, shiftKey) : table.tickAll(!box.checked);
  } else if (key === 'Enter' && cell.dataset.column) {
    table.sortBy(cell.dataset.column, shiftKey);
  } else if (key === 'Enter' && row?.id === null) {
    table.expand(row, !row.open);
  } else if (key === 'Enter' && row) {
    table.open(row);
  } else if (row?.opens && isName && !row.open && key === 'ArrowRight') {
    table.expand(row, true);
  } else if (row?.opens && isName && row.open && key === 'ArrowLeft') {
    table.expand(row, false);
  } else {
    return key === ' ' || key === 'Enter';
  }
  return true;
}

/**
 * @param {HTMLElement} cell gets the focus back
 * @param {HTMLElement} anchor
 * @param {Table} table
 */
function showMenu(cell, anchor, table) {
  const row = rowOf(cell, table);
  const { column } = cell.dataset;
  const items = column ? table.columnItems(column) : row?.id ? table.rowItems(row) : [];
  if (items.length) {
    cell.focus({ preventScroll: true });
    openMenu(cell, anchor, column ? 'Column' : 'Run', items);
  }
  return items.length > 0;
}

/** @param {HTMLElement} cell */
function indexOf(cell) {
  return Number(cell.parentElement?.dataset.index);
}

/**
 * @param {HTMLElement} cell
 * @param {Table} table
 */
function rowOf(cell, table) {
  return cell.parentElement?.dataset.index === undefined ? undefined : table.rowAt(indexOf(cell));
}
