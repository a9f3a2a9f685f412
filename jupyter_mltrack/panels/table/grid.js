// @ts-check
/**
 * The rows in sight, and the keyboard among them: one cell is a tab stop, the arrow keys go from
 * cell to cell (https://www.w3.org/WAI/ARIA/apg/patterns/grid/). Rows out of sight are no elements.
 */

import { ROW_HEIGHT } from './column_layout.js';

/** So many rows are drawn beyond those in sight, once the table is used. */
export const BEYOND = 8;
const HEADER = -1;

/** Key → how many rows and cells to go. */
const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-14, 0],
  PageDown: [14, 0],
  Home: [0, -Infinity],
  End: [0, Infinity]
});

export class Grid {
  /**
   * @param {HTMLElement} frame scrolls
   * @param {HTMLElement} header
   * @param {HTMLElement} body is as high as all rows
   * @param {(index: number) => HTMLElement} makeRow
   */
  constructor(frame, header, body, makeRow) {
    this.frame = frame;
    this.header = header;
    this.body = body;
    this.makeRow = makeRow;
    this.count = 0;
    this.beyond = 0;
    this.drawn = /** @type {Map<number, HTMLElement>} */ (new Map());
  }

  /** The rows in sight and some beyond. */
  range() {
    const top = Math.floor(this.frame.scrollTop / ROW_HEIGHT);
    const shown = Math.ceil((this.frame.clientHeight || 420) / ROW_HEIGHT);
    return {
      first: Math.max(0, Math.min(top, this.count - shown) - this.beyond),
      end: Math.min(this.count, top + shown + this.beyond)
    };
  }

  /**
   * Draws what is in sight; the row that has the focus stays, wherever it is.
   * @param {boolean} anew draw rows again that are there
   */
  draw(anew = false) {
    const { first, end } = this.range();
    const place = anew ? this.placeOfFocus() : null;
    const focused = document.activeElement?.closest('[role="row"]');
    for (const [index, row] of this.drawn) {
      const isSeen = index >= first && index < end;
      if (anew || row.hasAttribute('aria-busy') || (!isSeen && row !== focused)) {
        row.remove();
        this.drawn.delete(index);
      }
    }
    let before = this.body.firstElementChild;
    for (let index = first; index < end; index += 1) {
      while (before && Number(/** @type {HTMLElement} */ (before).dataset.index) < index) {
        before = before.nextElementSibling;
      }
      if (!this.drawn.has(index)) {
        const row = this.makeRow(index);
        this.drawn.set(index, row);
        this.body.insertBefore(row, before);
      }
    }
    if (place) {
      const same = [...this.drawn].find(([, row]) => row.dataset.key === place.key);
      this.focus(same?.[0] ?? place.row, place.column, false);
    }
  }

  /**
   * Draws again unless each row that is drawn is still the same.
   * @param {(index: number, row: HTMLElement) => boolean} isSame
   */
  renew(isSame) {
    const same = [...this.drawn].filter(one => isSame(...one));
    this.draw(same.length < this.drawn.size);
  }

  /** Where the focus is in the body: of which row, of which column. */
  placeOfFocus() {
    const cell = cellOf(document.activeElement);
    const row = cell?.parentElement;
    if (!cell || !row || !this.body.contains(cell)) {
      return null;
    }
    const { index, key } = row.dataset;
    return { row: Number(index), key, column: [...row.children].indexOf(cell) };
  }

  /**
   * Moves the focus as a key says; whether the key was one of ours.
   * @param {HTMLElement} from
   * @param {KeyboardEvent} event
   */
  move(from, event) {
    const step = STEPS[event.key];
    const row = from.parentElement;
    if (!step || !row) {
      return false;
    }
    const toEnd = event.ctrlKey && (event.key === 'Home' ? -Infinity : Infinity);
    const index = Number(row.dataset.index ?? HEADER) + (step[0] || toEnd || 0);
    const column = [...row.children].indexOf(from) + (toEnd ? 0 : step[1]);
    this.focus(index, column);
    return true;
  }

  /**
   * @param {number} index of a row; -1 is the header
   * @param {number} column
   * @param {boolean} scrolls whether the table scrolls there
   */
  focus(index, column, scrolls = true) {
    const at = clamped(index, HEADER, this.count - 1);
    if (at >= 0 && scrolls) {
      this.reveal(at);
    }
    const row = at < 0 ? this.header.lastElementChild : this.drawn.get(at);
    const last = (row?.children.length ?? 1) - 1;
    const cell = row?.children[clamped(column, 0, last)];
    if (cell instanceof HTMLElement) {
      cell.focus({ preventScroll: true });
      if (scrolls) {
        this.revealAside(cell);
      }
    }
  }

  /** @param {number} index */
  reveal(index) {
    const { frame, header } = this;
    const top = index * ROW_HEIGHT;
    const room = frame.clientHeight - header.offsetHeight - ROW_HEIGHT;
    frame.scrollTop = clamped(frame.scrollTop, top - Math.max(0, room), top);
    this.draw();
  }

  /**
   * Scrolls sideways until a cell is not below those that stay.
   * @param {HTMLElement} cell
   */
  revealAside(cell) {
    if (!cell.classList.contains('jp-mltrack-runs-stays')) {
      const stays = [...(this.header.lastElementChild?.children ?? [])].filter(one =>
        one.classList.contains('jp-mltrack-runs-stays')
      );
      const { right = 0 } = stays[stays.length - 1]?.getBoundingClientRect() ?? {};
      const edge = this.frame.getBoundingClientRect();
      const box = cell.getBoundingClientRect();
      const over = Math.max(0, box.right - edge.left - this.frame.clientWidth);
      this.frame.scrollLeft += over || Math.min(0, box.left - right);
    }
  }
}

/**
 * The cell in which something is.
 * @param {EventTarget | null} target
 */
export function cellOf(target) {
  const cells = '[role="gridcell"], [role="columnheader"]';
  const cell = target instanceof Element ? target.closest(cells) : null;
  return /** @type {HTMLElement | null} */ (cell);
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
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamped(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
