// @ts-check
/** What a row of the table of runs looks like. */

import { element, sparkline } from '../elements.js';
import { ago, elapsedSince } from '../times.js';
import { ROW_HEIGHT } from './column_layout.js';
import { stay } from './header.js';

/** @typedef {import('./row_windows.js').Row} Row */
/** @typedef {import('./column_layout.js').PlacedColumn} PlacedColumn */

const INDENT_PX = 14;
const VERDICTS = /** @type {Record<string, string>} */ ({
  good: 'better than the baseline',
  bad: 'worse than the baseline'
});

/** What each line was drawn of. @type {WeakMap<HTMLElement, Row>} */
const drawnOf = new WeakMap();

/**
 * Gives a line the texts on hover of a row; whether the line shows that row otherwise.
 * @param {HTMLElement} line
 * @param {Row | undefined} row
 * @param {PlacedColumn[]} columns
 */
export function retitled(line, row, columns) {
  const before = drawnOf.get(line);
  if (!before || !row || withoutHover(before) !== withoutHover(row)) {
    return before === row;
  }
  columns.forEach((column, place) =>
    line.children[place + 1]?.setAttribute('title', titleOf(column, row)));
  return true;
}

/** @param {Row} row */
function withoutHover(row) {
  const { more, ...others } = row;
  const cells = Object.entries(more).map(([place, { h, ...one }]) => ({ place, ...one }));
  return JSON.stringify([
    Object.entries(others).sort(), cells.filter(one => Object.keys(one).length > 1)
  ]);
}

/**
 * @param {PlacedColumn} column
 * @param {Row} row
 */
function titleOf(column, row) {
  const { h, d, w } = row.more[column.index] ?? {};
  const text = row.texts[column.index] ?? '';
  const verdict = VERDICTS[w ?? ''] ?? '';
  const whole = h ?? (column.kind === 'status' ? stateOf(row, text) : text);
  return [verdict ? h : whole, verdict && `${d}: ${verdict}`].filter(Boolean).join('\n');
}

/**
 * The state of a run in a word.
 * @param {Row} row
 * @param {string} glyph
 */
function stateOf({ label }, glyph) {
  return glyph && label.slice(label.lastIndexOf(', ') + 2);
}

/**
 * One row; an empty one while its content is on the way.
 * @param {Row | undefined} row
 * @param {number} index
 * @param {PlacedColumn[]} columns
 * @param {boolean} isTree
 */
export function bodyRow(row, index, columns, isTree) {
  const line = element('div', 'runs-row', { role: 'row', 'aria-rowindex': String(index + 2) });
  line.dataset.index = String(index);
  line.style.top = `${index * ROW_HEIGHT}px`;
  if (!row) {
    line.classList.add('jp-mltrack-runs-waiting');
    line.setAttribute('aria-busy', 'true');
    return line;
  }
  drawnOf.set(line, row);
  line.dataset.key = row.key;
  line.classList.toggle('jp-mltrack-runs-baseline', row.baseline);
  line.classList.toggle('jp-mltrack-runs-pinned', row.pinned);
  line.classList.toggle('jp-mltrack-runs-grouping', row.id === null);
  if (row.id !== null) {
    line.dataset.id = row.id;
  }
  if (isTree) {
    line.setAttribute('aria-level', String(row.level + 1));
  }
  if (row.opens) {
    line.setAttribute('aria-expanded', String(row.open));
  }
  line.append(tickCell(row), ...columns.map(column => bodyCell(column, row, isTree)));
  return line;
}

/** @param {Row} row */
function tickCell({ id, label }) {
  const cell = element('div', 'runs-cell runs-tick', { role: 'gridcell', tabindex: '-1' });
  if (id !== null) {
    const about = { type: 'checkbox', tabindex: '-1', 'aria-label': `Select ${label}` };
    cell.append(element('input', '', about));
  }
  return cell;
}

/**
 * @param {PlacedColumn} column
 * @param {Row} row
 * @param {boolean} isTree
 */
function bodyCell(column, row, isTree) {
  const text = row.texts[column.index] ?? '';
  const more = row.more[column.index] ?? {};
  const cell = element('div', `runs-cell runs-${column.kind}`, {
    role: 'gridcell',
    tabindex: '-1',
    title: titleOf(column, row)
  });
  cell.classList.toggle('jp-mltrack-runs-numeric', column.numeric && column.kind !== 'curve');
  cell.classList.toggle('jp-mltrack-runs-best', Boolean(more.b));
  cell.classList.toggle('jp-mltrack-runs-begins', column.begins);
  if (column.left !== null) {
    stay(cell, column.left);
  }
  const draw = DRAWING[column.kind] ?? plain;
  draw(cell, text, row, more, isTree);
  return cell;
}

/**
 * @typedef {(
 *   cell: HTMLElement, text: string, row: Row, more: Row['more'][string], isTree: boolean
 * ) => void} Draw
 */

/** How a cell of each kind is filled; all others hold a text. @type {Record<string, Draw>} */
const DRAWING = {
  status: (cell, text, row) => {
    cell.dataset.tone = row.tone;
    cell.setAttribute('aria-label', stateOf(row, text));
    cell.append(text);
  },
  run: drawName,
  started: (cell, text, row, more) => {
    if (row.started !== undefined && row.id !== null) {
      cell.dataset.since = String(row.started);
      cell.dataset.date = (more.h ?? text).slice(0, 10);
    }
    cell.append(text);
  },
  duration: (cell, text, row) => {
    if (row.started !== undefined && row.tone === 'busy') {
      cell.dataset.running = String(row.started);
    }
    cell.append(text);
  },
  metric: (cell, text, row, more) => {
    cell.append(element('span', 'runs-value', {}, text));
    if (more.d) {
      const delta = element('span', 'runs-delta', {}, more.d);
      delta.dataset.tone = more.w ?? '';
      cell.append(delta);
    }
  },
  curve: (cell, text, row, more) => {
    cell.append(more.s?.length ? sparkline(more.s, row.colour) : text);
  }
};

/** @type {Draw} */
function plain(cell, text) {
  cell.append(text);
}

/** @type {Draw} */
function drawName(cell, text, row, more, isTree) {
  const room = element('span', 'runs-indent', { 'aria-hidden': 'true' });
  const level = row.level + Number(isTree && !row.opens);
  room.style.width = `${level * INDENT_PX}px`;
  cell.append(room);
  if (row.opens) {
    const words = `${row.open ? 'Collapse' : 'Expand'} ${row.label}`;
    const about = { type: 'button', tabindex: '-1', 'aria-label': words };
    cell.append(element('button', 'runs-opener', about, row.open ? '▾' : '▸'));
  }
  if (row.id === null) {
    cell.append(element('span', 'runs-label', {}, text));
    return;
  }
  const dot = element('span', 'runs-dot', { 'aria-hidden': 'true' });
  dot.style.background = row.colour;
  cell.append(dot, element('span', 'runs-label runs-link', {}, text));
  if (row.baseline) {
    const about = { title: 'The others are compared with it' };
    cell.append(element('span', 'runs-badge', about, 'base'));
  } else if (row.pinned) {
    cell.append(element('span', 'runs-badge', { title: 'Stays on top' }, 'pin'));
  }
  const about = { type: 'button', tabindex: '-1', 'aria-label': `Menu of ${row.label}` };
  cell.append(element('button', 'runs-more', about, '⋮'));
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
    const { since, running, date } = cell.dataset;
    cell.textContent = since ? ago(Number(since), date ?? '') : elapsedSince(Number(running));
  }
}
