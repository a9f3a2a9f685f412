// @ts-check
/**
 * The table of runs: draws the `table` trait of runs_panel.py, asks the kernel to search,
 * and writes the ticked runs into `selected_ids`.
 */

import { element } from '../elements.js';
import { cellOf, makeTabStop, moveFocus, sortedRows } from './grid.js';
import { bodyRow, footer, headerRows, keyOf, tellTimes } from './runs_drawing.js';

/** @typedef {{id: number, rows?: number, error?: string}} Answer */
/**
 * @typedef {{
 *   get(name: string): any, set(name: string, value: unknown): void, save_changes(): void,
 *   send(content: unknown): void,
 *   on(event: string, callback: (answer: any) => void): void,
 *   off(event: string, callback: (answer: any) => void): void
 * }} Model
 */

const ROWS_AT_ONCE = 100;
const CLOCK_MS = 10_000;
const EXAMPLE = 'Search: metrics.loss < 0.1 and params.depth = "6"';

class RunsView {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.asked = 0;
    this.order = /** @type {number[]} */ ([]);
    this.sort = /** @type {import('./runs_drawing.js').Sort | null} */ (null);
    this.search = searchBox(model.get('query'));
    this.again = element('button', 'runs-again', { title: 'Search again' }, '↻');
    this.again.setAttribute('aria-label', 'Search again');
    this.summary = element('span', 'runs-small', { role: 'status' });
    this.trouble = element('pre', 'runs-error', { role: 'alert' });
    this.head = element('thead');
    this.body = /** @type {HTMLTableSectionElement} */ (element('tbody'));
    this.grid = /** @type {HTMLTableElement} */ (
      element('table', 'runs-grid', { role: 'grid', 'aria-multiselectable': 'true' })
    );
    this.grid.setAttribute('aria-label', model.get('title'));
    this.grid.append(this.head, this.body);
    this.frame = element('div', 'runs-frame', {}, this.grid);
    this.chosen = element('span', 'runs-chosen', { role: 'status' });
    this.foot = element('div', 'runs-foot runs-small');
    const title = element('b', 'runs-title', {}, model.get('title'));
    const bar = element('div', 'runs-bar', {}, title, this.search, this.again, this.summary);
    const root = element('div', 'runs', {}, bar, this.trouble, this.frame, this.foot);
    // Lab's single-key shortcuts would otherwise act on the cells of the notebook.
    root.dataset.lmSuppressShortcuts = 'true';
    el.append(root);
    this.draw();
  }

  /** Begins to listen; the function it returns ends that. */
  listen() {
    const listeners = {
      'change:table': () => this.draw(),
      'change:selected_ids': () => this.showSelection(),
      'msg:custom': (/** @type {Answer} */ answer) => this.hear(answer)
    };
    const clock = setInterval(() => tellTimes(this.body), CLOCK_MS);
    Object.entries(listeners).forEach(one => this.model.on(...one));
    this.again.addEventListener('click', () => this.ask());
    this.search.addEventListener('keydown', event => event.key === 'Enter' && this.ask());
    this.frame.addEventListener('scroll', () => this.drawWhatScrollsIn());
    this.grid.addEventListener('click', event => this.click(event));
    this.grid.addEventListener('keydown', event => this.press(event));
    this.grid.addEventListener('focusin', event => makeTabStop(this.grid, cellOf(event.target)));
    return () => {
      clearInterval(clock);
      Object.entries(listeners).forEach(one => this.model.off(...one));
    };
  }

  /** @returns {import('./runs_drawing.js').Table} */
  get table() {
    return this.model.get('table');
  }

  /** Asks the kernel; the last result stays until it answers. */
  ask() {
    this.asked += 1;
    this.summary.textContent = 'searching …';
    this.model.send({ id: this.asked, kind: 'search', filter: this.search.value.trim() });
  }

  /** @param {Answer} answer */
  hear(answer) {
    if (answer.id === this.asked) {
      this.trouble.textContent = answer.error ?? '';
      this.search.setAttribute('aria-invalid', String(Boolean(answer.error)));
      this.summary.textContent = this.table.summary;
    }
  }

  draw() {
    const { ids, columns, summary } = this.table;
    const by = columns.find(column => keyOf(column) === this.sort?.column);
    this.order = by && this.sort ? sortedRows(by.values, this.sort.direction) : [...ids.keys()];
    this.summary.textContent = summary;
    this.grid.setAttribute('aria-rowcount', String(ids.length + 1));
    this.frame.classList.toggle('jp-mltrack-runs-empty', !ids.length);
    this.head.replaceChildren(...headerRows(columns, this.sort));
    this.body.replaceChildren();
    this.drawMore();
    this.foot.replaceChildren(this.chosen, ...footer(this.table, this.model.get('query')));
  }

  /** Draws some more rows: a long table must not keep the page waiting. */
  drawMore() {
    const drawn = this.body.childElementCount;
    const rows = this.order.slice(drawn, drawn + ROWS_AT_ONCE);
    this.body.append(...rows.map((row, place) => bodyRow(this.table, row, drawn + place)));
    tellTimes(this.body);
    this.showSelection();
  }

  drawWhatScrollsIn() {
    const { scrollTop, clientHeight, scrollHeight } = this.frame;
    const isNearTheEnd = scrollTop + 2 * clientHeight > scrollHeight;
    if (isNearTheEnd && this.body.childElementCount < this.order.length) {
      this.drawMore();
    }
  }

  /** @param {MouseEvent} event */
  click(event) {
    const cell = cellOf(event.target);
    if (event.target instanceof HTMLInputElement) {
      this.choose(cell?.closest('tr')?.dataset.id, event.target.checked);
    } else if (cell?.dataset.column) {
      this.sortBy(cell.dataset.column);
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const cell = cellOf(event.target);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === ' ') {
      cell.closest('tr')?.querySelector('input')?.click();
    } else if (event.key === 'Enter' && cell.dataset.column) {
      this.sortBy(cell.dataset.column);
    } else if (!moveFocus(this.grid, cell, event.key)) {
      return;
    }
    event.preventDefault();
  }

  /**
   * The first click sorts, the second turns round, the third gives the order as found.
   * @param {string} column
   */
  sortBy(column) {
    const first = this.table.columns.find(one => keyOf(one) === column)?.first ?? 'ascending';
    const other = /** @type {const} */ ({ ascending: 'descending', descending: 'ascending' })[first];
    if (this.sort?.column !== column) {
      this.sort = { column, direction: first };
    } else {
      this.sort = this.sort.direction === first ? { column, direction: other } : null;
    }
    const hadFocus = this.grid.contains(document.activeElement);
    this.draw();
    const cells = /** @type {HTMLElement[]} */ ([...this.head.querySelectorAll('[data-column]')]);
    const cell = cells.find(one => one.dataset.column === column) ?? null;
    makeTabStop(this.grid, cell);
    if (hadFocus) {
      cell?.focus();
    }
  }

  /**
   * @param {string | undefined} id a run; all runs if it is undefined
   * @param {boolean} isChosen
   */
  choose(id, isChosen) {
    const ids = new Set(/** @type {string[]} */ (this.model.get('selected_ids')));
    for (const one of id === undefined ? this.table.ids : [id]) {
      isChosen ? ids.add(one) : ids.delete(one);
    }
    this.model.set('selected_ids', [...ids]);
    this.model.save_changes();
    this.showSelection();
  }

  showSelection() {
    const ids = new Set(/** @type {string[]} */ (this.model.get('selected_ids')));
    for (const row of this.body.rows) {
      const isChosen = ids.has(row.dataset.id ?? '');
      row.setAttribute('aria-selected', String(isChosen));
      boxIn(row).checked = isChosen;
    }
    const all = boxIn(this.head);
    all.checked = ids.size > 0 && ids.size === this.order.length;
    all.indeterminate = ids.size > 0 && !all.checked;
    this.chosen.textContent = ids.size ? `${ids.size} selected` : '';
  }
}

/** @param {string} query */
function searchBox(query) {
  const box = element('input', 'runs-search', { type: 'search', spellcheck: 'false' });
  box.setAttribute('aria-label', 'Search runs in the filter language');
  box.setAttribute('placeholder', EXAMPLE);
  const made = /** @type {HTMLInputElement} */ (box);
  made.value = query;
  return made;
}

/** @param {HTMLElement} row */
function boxIn(row) {
  return /** @type {HTMLInputElement} */ (row.querySelector('input'));
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new RunsView(model, el).listen();
}

export default { render };
