// @ts-check
/**
 * Order and keyboard of a table that has `role="grid"`: one cell is a tab stop, the arrow
 * keys go from cell to cell (https://www.w3.org/WAI/ARIA/apg/patterns/grid/).
 */

/** @typedef {'ascending' | 'descending'} Direction */

const PAGE = 10;

/** Key → how many rows and cells to go. */
const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-PAGE, 0],
  PageDown: [PAGE, 0],
  Home: [0, -Infinity],
  End: [0, Infinity]
});

/**
 * Row numbers in the order of their values; those without a value come last either way.
 * @param {(number | string | null)[]} values
 * @param {Direction} direction
 */
export function sortedRows(values, direction) {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...values.keys()].sort((a, b) => {
    const [one, other] = [values[a], values[b]];
    if (one === null || other === null) {
      return Number(one === null) - Number(other === null);
    }
    return sign * compared(one, other);
  });
}

/**
 * @param {number | string} one
 * @param {number | string} other
 */
function compared(one, other) {
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : String(one).localeCompare(String(other), undefined, { numeric: true });
}

/**
 * The cell in which something is.
 * @param {EventTarget | null} target
 */
export function cellOf(target) {
  const cell = target instanceof Element ? target.closest('td, th') : null;
  return /** @type {HTMLTableCellElement | null} */ (cell);
}

/**
 * Makes one cell the only one that Tab stops at.
 * @param {HTMLElement} grid
 * @param {HTMLElement | null} cell
 */
export function makeTabStop(grid, cell) {
  if (cell) {
    grid.querySelectorAll('[tabindex="0"]').forEach(one => one.setAttribute('tabindex', '-1'));
    cell.setAttribute('tabindex', '0');
  }
}

/**
 * Moves the focus as a key says; whether the key was one of ours.
 * @param {HTMLTableElement} grid
 * @param {HTMLTableCellElement} from
 * @param {string} key
 */
export function moveFocus(grid, from, key) {
  const step = STEPS[key];
  const row = from.parentElement;
  if (!step || !(row instanceof HTMLTableRowElement)) {
    return false;
  }
  const rows = [...grid.rows].filter(one => one.getAttribute('role') === 'row');
  const target = rows[clamped(rows.indexOf(row) + step[0], rows.length)];
  target.cells[clamped(from.cellIndex + step[1], target.cells.length)].focus();
  return true;
}

/**
 * @param {number} index
 * @param {number} count
 */
function clamped(index, count) {
  return Math.max(0, Math.min(count - 1, index));
}
