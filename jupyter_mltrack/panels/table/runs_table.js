// @ts-check
/**
 * The table of runs: draws `head` and `page` of runs_table.py, asks the kernel for the rows that
 * are scrolled to and for all else, and writes the ticked runs into `selected_ids`.
 */

import { Asker, whileVisible } from '../asking.js';
import { ActionBar } from './action_bar.js';
import { ROW_HEIGHT, TICK_WIDTH, placed, template } from './column_layout.js';
import { Deeds } from './deeds.js';
import { folded, nothing } from './foot.js';
import { listenToGestures } from './gestures.js';
import { BEYOND, Grid } from './grid.js';
import { headerRows } from './header.js';
import { describeGrid, makeParts } from './parts.js';
import { RowWindows } from './row_windows.js';
import { bodyRow, retitled, tellTimes } from './rows_drawing.js';
import { Scrolling } from './scrolling.js';
import { SearchBox } from './search_box.js';
import { Selection } from './selection.js';
import { Toolbar, tool } from './toolbar.js';
import { filled, filledPage } from './wire.js';

/** @typedef {import('../asking.js').Model} Model */

const CLOCK_MS = 10_000;
const NEWS_MS = 2_000;
const HEADER_HEIGHT = 49;
/** After these the table begins at its top again. */
const FROM_THE_TOP = ['search', 'sort', 'group', 'deleted'];
/** These put a panel below the table. */
const OPENS_BELOW = ['open', 'compare', 'diff', 'register'];

class RunsView {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.tell = this.tell.bind(this);
    this.asker = new Asker(model, words => {
      this.parts.busy.textContent = words;
    });
    this.search = new SearchBox(() => this.table.names, () => this.find());
    this.actions = new ActionBar((action, button) => this.deeds.act(action, button));
    this.tools = new Toolbar(() => this.table, this.tell, async language =>
      (await this.asker.ask('code', { language })).text);
    this.again = tool('↻', 'Search again', () => this.find());
    this.close = tool('Close what is below', 'Close the panel below the table', () =>
      this.tell('close').then(() => this.close.toggleAttribute('hidden', true)));
    this.close.toggleAttribute('hidden', true);
    this.parts = makeParts({
      search: this.search.el,
      again: this.again,
      actions: this.actions.el,
      tools: this.tools.el,
      close: this.close
    });
    this.windows = new RowWindows(
      async about => filledPage(await this.asker.ask('rows', about, { all: true })),
      rows => this.widen(rows),
      words => this.complain(words)
    );
    this.selection = new Selection(model, (first, end) => this.windows.idsBetween(first, end));
    this.columns = /** @type {import('./column_layout.js').PlacedColumn[]} */ ([]);
    this.shape = '';
    this.font = '';
    this.drawnHeader = '';
    this.isTree = false;
    this.isDrawing = false;
    this.isAwaitingNews = false;
    this.goesToTop = false;
    const { frame, head, body } = this.parts;
    this.grid = new Grid(frame, head, body, index => this.makeRow(index));
    this.scrolling = new Scrolling(frame, () => this.drawRows(), () => this.drawSoon());
    this.deeds = new Deeds(this);
    el.append(this.parts.root);
    this.draw();
  }

  /** Begins to listen; the function it returns ends that. */
  listen() {
    const draw = () => this.drawSoon();
    const listeners = {
      'change:head': draw,
      'change:page': draw,
      'change:title': draw,
      'change:query': draw,
      'change:selected_ids': () => {
        this.selection.read();
        this.showSelection();
      }
    };
    Object.entries(listeners).forEach(one => this.model.on(...one));
    const clock = setInterval(() => tellTimes(this.parts.body), CLOCK_MS);
    const endNews = whileVisible(this.parts.root, () => this.look(), NEWS_MS);
    listenToGestures(this.parts.grid, this.deeds);
    for (const begin of ['pointerenter', 'focusin', 'scroll']) {
      this.parts.frame.addEventListener(begin, () => this.use(), { once: true });
    }
    return () => {
      clearInterval(clock);
      endNews();
      this.scrolling.dispose();
      this.search.close();
      this.asker.dispose();
      Object.entries(listeners).forEach(one => this.model.off(...one));
    };
  }

  get table() {
    return filled(this.model.get('head'));
  }

  /** Draws once, however many traits change together. */
  drawSoon() {
    if (!this.isDrawing) {
      this.isDrawing = true;
      requestAnimationFrame(() => {
        this.isDrawing = false;
        this.draw();
      });
    }
  }

  draw() {
    const { table } = this;
    const [page, query] = [filledPage(this.model.get('page')), this.model.get('query')];
    if (this.goesToTop && table.generation !== this.windows.generation) {
      this.goesToTop = false;
      this.scrolling.goToTop();
    }
    const shape = JSON.stringify([table.columns, table.baseline, table.group]);
    const isSame = shape === this.shape;
    this.shape = shape;
    this.windows.begin(table, page, isSame);
    this.place(page.rows, isSame);
    this.parts.title.textContent = this.model.get('title');
    this.parts.summary.textContent = table.summary;
    this.parts.note.textContent = table.note;
    this.search.show(query);
    this.tools.show(table);
    this.parts.frame.hidden = !table.rows;
    this.parts.empty.replaceChildren(...(table.rows ? [] : nothing(table, query)));
    const isOpen = Boolean(this.parts.folds.querySelector('details[open]'));
    this.parts.folds.replaceChildren(...folded(table, () => this.tools.columns.click(), isOpen));
    this.drawGrid(table);
  }

  /**
   * Places the columns so that some rows fit.
   * @param {import('./row_windows.js').Row[]} rows
   * @param {boolean} isSame whether the columns are those of before
   */
  place(rows, isSame) {
    const font = getComputedStyle(this.parts.root).fontFamily;
    const keeps = isSame && font === this.font;
    this.font = font;
    this.columns = placed(this.table.columns, rows, {
      font,
      room: this.parts.frame.clientWidth,
      isCompared: this.table.baseline !== null,
      earlier: new Map(keeps ? this.columns.map(one => [one.id, one.width]) : [])
    });
  }

  /**
   * Draws again when rows have arrived; a number that is too long widens its column.
   * @param {import('./row_windows.js').Row[]} rows
   */
  widen(rows) {
    const before = template(this.columns);
    this.place(rows, true);
    if (template(this.columns) === before) {
      this.grid.renew((index, line) => retitled(line, this.windows.at(index), this.columns));
    } else {
      this.drawGrid(this.table);
    }
  }

  /** @param {any} table */
  drawGrid(table) {
    const width = this.columns.reduce((sum, one) => sum + one.width, TICK_WIDTH);
    const height = table.rows * ROW_HEIGHT;
    this.isTree = Boolean(table.group || table.nested);
    const title = this.model.get('title');
    describeGrid(this.parts.grid, this.isTree, title, table.rows, this.columns.length);
    this.parts.grid.style.width = `max(100%, ${width}px)`;
    this.parts.grid.style.setProperty('--jp-mltrack-columns', template(this.columns));
    const bar = Math.max(0, this.parts.frame.offsetHeight - this.parts.frame.clientHeight - 2);
    const outer = height + HEADER_HEIGHT + bar;
    this.parts.frame.style.setProperty('--jp-mltrack-height', `${outer}px`);
    this.parts.grid.classList.toggle('jp-mltrack-runs-compared', table.baseline !== null);
    this.parts.body.style.height = `${height}px`;
    this.drawHeader(table.sort);
    this.grid.count = table.rows;
    this.drawRows(true);
    this.showSelection();
  }

  /** @param {import('./header.js').Sort[]} sort */
  drawHeader(sort) {
    const content = JSON.stringify([this.columns, sort]);
    if (content !== this.drawnHeader) {
      this.drawnHeader = content;
      const { head } = this.parts;
      const focused = head.contains(document.activeElement) ? document.activeElement : null;
      const place = [...(focused?.parentElement?.children ?? [])].findIndex(one => one === focused);
      head.replaceChildren(...headerRows(this.columns, sort));
      if (place >= 0) {
        this.grid.focus(-1, place, false);
      }
    }
  }

  drawRows(anew = false) {
    this.grid.beyond = this.windows.isUsed ? BEYOND : 0;
    if (!this.windows.has(this.grid.range())) {
      this.grid.beyond = 0;
    }
    this.grid.draw(anew);
    const { first, end } = this.grid.range();
    this.windows.want(first, end);
  }

  /** Fetches more than what is in sight, once somebody points at the table or moves in it. */
  use() {
    if (!this.windows.isUsed) {
      this.windows.use();
      this.drawRows();
    }
  }

  /** @param {number} index */
  makeRow(index) {
    const row = bodyRow(this.windows.at(index), index, this.columns, this.isTree);
    tellTimes(row);
    this.selection.show([row], null, this.table.found);
    return row;
  }

  showSelection() {
    const { found, actions } = this.table;
    this.selection.show(this.grid.drawn.values(), this.parts.head.querySelector('input'), found);
    this.actions.show(actions, this.selection.ids.size, found);
  }

  /**
   * Asks the kernel; null if it cannot, which is said above the table.
   * @param {string} kind
   * @param {Record<string, unknown>} details
   * @returns {Promise<any>}
   */
  async tell(kind, details = {}) {
    this.goesToTop = FROM_THE_TOP.includes(kind);
    try {
      const answer = await this.asker.ask(kind, details);
      this.complain('');
      if (OPENS_BELOW.includes(kind)) {
        this.close.toggleAttribute('hidden', false);
      }
      return answer;
    } catch (error) {
      this.goesToTop = false;
      this.complain(String(/** @type {Error} */ (error).message));
      return null;
    }
  }

  /** Searches; the last result stays until the kernel answers. */
  async find() {
    this.parts.summary.textContent = 'searching …';
    const answer = await this.tell('search', { filter: this.search.text });
    this.search.input.setAttribute('aria-invalid', String(!answer));
    this.parts.summary.textContent = this.table.summary;
  }

  /** @param {string} words */
  complain(words) {
    this.parts.trouble.textContent = words;
  }

  /** Looks for news, and at where the table stands. */
  async look() {
    this.scrolling.goBack();
    if (!this.isAwaitingNews) {
      this.isAwaitingNews = true;
      await this.asker.ask('news').catch(() => null);
      this.isAwaitingNews = false;
    }
  }
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new RunsView(model, el).listen();
}

export default { render };
