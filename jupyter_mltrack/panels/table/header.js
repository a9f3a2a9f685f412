// @ts-check
/** The header of the table of runs: groups, and below them names to sort by. */

import { element } from '../elements.js';
import { groupsOf } from './column_layout.js';

/** @typedef {{column: string, direction: import('./column_layout.js').Direction}} Sort */

const SORTS = 'Click: sort · Shift+click: sort within · ';
const ARROWS = { ascending: '▲', descending: '▼' };

/**
 * The two rows of the header.
 * @param {import('./column_layout.js').PlacedColumn[]} columns
 * @param {Sort[]} sorts
 */
export function headerRows(columns, sorts) {
  const box = element('input', '', {
    type: 'checkbox', tabindex: '-1', 'aria-label': 'Select all runs'
  });
  const tick = element('div', 'runs-cell runs-tick', { role: 'columnheader', tabindex: '0' }, box);
  const cells = columns.map(column => headerCell(column, sorts));
  const names = element(
    'div', 'runs-row runs-names', { role: 'row', 'aria-rowindex': '1' }, tick, ...cells
  );
  return [groupRow(columns), names];
}

/** @param {import('./column_layout.js').PlacedColumn[]} columns */
function groupRow(columns) {
  const cells = groupsOf(columns).map(({ name, from, count }, place, all) => {
    const label = element('span', 'runs-group-name', {}, from ? name : '');
    const cell = element('div', 'runs-cell runs-group', {}, label);
    cell.style.gridColumn = `${from + 2} / ${place === all.length - 1 ? -1 : `span ${count}`}`;
    cell.classList.toggle('jp-mltrack-runs-begins', from > 0);
    const { left } = columns[from];
    if (left !== null) {
      stay(cell, left);
    }
    return cell;
  });
  const corner = element('div', 'runs-cell runs-tick');
  return element('div', 'runs-row runs-groups', { role: 'presentation' }, corner, ...cells);
}

/**
 * @param {import('./column_layout.js').PlacedColumn} column
 * @param {Sort[]} sorts
 */
function headerCell(column, sorts) {
  const rank = sorts.findIndex(one => one.column === column.id);
  const sort = sorts[rank];
  const isRight = column.numeric && column.kind !== 'curve';
  const label = element('span', 'runs-label', {}, column.label);
  const rankText = sort && sorts.length > 1 ? String(rank + 1) : '';
  const arrow = element('span', 'runs-arrow', {}, sort ? ARROWS[sort.direction] + rankText : '');
  const menu = element('button', 'runs-more', { type: 'button', tabindex: '-1' }, '⋮');
  menu.setAttribute('aria-label', `Menu of ${column.label || column.hint}`);
  const cell = element(
    'div',
    `runs-cell runs-${column.kind}${isRight ? ' runs-numeric' : ''}`,
    {
      role: 'columnheader',
      tabindex: '-1',
      title: `${column.hint}\n${column.first ? SORTS : ''}Alt+↓ or right-click: menu`,
      'aria-label': column.kind === 'curve' ? `${column.label} curve` : column.label || column.hint,
      'aria-sort': column.first && (sort?.direction ?? 'none'),
      'aria-haspopup': 'menu'
    },
    ...(isRight ? [arrow, label] : [label, arrow]),
    menu
  );
  cell.dataset.column = column.id;
  cell.classList.toggle('jp-mltrack-runs-begins', column.begins);
  if (column.left !== null) {
    stay(cell, column.left);
  }
  return cell;
}

/**
 * A cell stays in sight when the table is scrolled sideways.
 * @param {HTMLElement} cell
 * @param {number} left
 */
export function stay(cell, left) {
  cell.classList.add('jp-mltrack-runs-stays');
  cell.style.left = `${left}px`;
}
