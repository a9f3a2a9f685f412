// @ts-check
/** What a user can do with the table: each deed asks the kernel and says what came of it. */

import { copied } from '../clipboard.js';
import { message } from './foot.js';
import { columnMenu, rowMenu } from './menus.js';
import { openMenu } from './popover.js';

/** @typedef {import('./row_windows.js').Row} Row */

const OTHER = { ascending: 'descending', descending: 'ascending' };

export class Deeds {
  /**
   * @param {{
   *   table: any, tell: import('./toolbar.js').Tell,
   *   grid: import('./grid.js').Grid, windows: import('./row_windows.js').RowWindows,
   *   selection: import('./selection.js').Selection, actions: import('./action_bar.js').ActionBar,
   *   parts: {said: HTMLElement}, showSelection(): void
   * }} view
   */
  constructor(view) {
    this.view = view;
    this.grid = view.grid;
    this.order = this.order.bind(this);
  }

  /** @param {number} index */
  rowAt(index) {
    return this.view.windows.at(index);
  }

  /**
   * The first time a column is sorted as suits it, then the other way round, then no more.
   * @param {string} column
   * @param {boolean} add keep the other columns that are sorted by
   */
  sortBy(column, add) {
    const { sort, columns } = this.view.table;
    const first = columns.find((/** @type {any} */ one) => one.id === column)?.first;
    if (!first) {
      return;
    }
    const now = sort.find((/** @type {any} */ one) => one.column === column)?.direction;
    const other = OTHER[/** @type {'ascending'} */ (first)];
    const direction = !now ? first : now === first ? other : null;
    this.view.tell('sort', { column, direction, add });
  }

  /** @param {string} id */
  columnItems(id) {
    const { table } = this.view;
    const column = table.columns.find((/** @type {any} */ one) => one.id === id);
    return column ? columnMenu(column, table, this.order) : [];
  }

  /** @param {Row} row */
  rowItems(row) {
    const run = /** @type {Row & {id: string}} */ (row);
    return rowMenu(run, this.view.table, this.order, id => this.copyId(id));
  }

  /** @param {Row} row */
  open(row) {
    if (this.view.table.actions.includes('open')) {
      this.view.tell('open', { run: row.id });
    }
  }

  /**
   * @param {Row} row
   * @param {boolean} open
   */
  expand(row, open) {
    this.view.tell('expand', { key: row.key, open });
  }

  /**
   * @param {number} index
   * @param {boolean} isChosen
   * @param {boolean} toHere
   */
  async tick(index, isChosen, toHere) {
    const id = this.rowAt(index)?.id;
    if (id) {
      await this.view.selection.tick(id, index, isChosen, toHere);
      this.view.showSelection();
    }
  }

  /** @param {boolean} isChosen */
  async tickAll(isChosen) {
    const answer = isChosen ? await this.view.tell('ids') : { ids: [] };
    this.view.selection.set(answer?.ids ?? this.view.selection.ids);
    this.view.showSelection();
  }

  /**
   * A choice of a menu.
   * @param {string} kind
   * @param {Record<string, any>} details
   */
  order(kind, details) {
    if (kind === 'delete' || kind === 'restore') {
      this.remove(kind, details.runs);
    } else {
      this.view.tell(kind, details);
    }
  }

  /**
   * A button of the selection.
   * @param {string} action
   * @param {HTMLElement} button
   */
  act(action, button) {
    const runs = [...this.view.selection.ids];
    if (action === 'clear') {
      this.tickAll(false);
    } else if (action === 'open') {
      this.view.tell('open', { run: runs[0] });
    } else if (action === 'tag') {
      this.view.actions.askTag(this.tagNames(), (key, value) => this.tag(runs, key, value));
    } else if (action === 'export') {
      const item = (/** @type {string} */ words, /** @type {string} */ format) =>
        ({ words, act: () => this.export(runs, format) });
      openMenu(button, button, 'Export', [item('CSV', 'csv'), item('Parquet', 'parquet')]);
    } else {
      this.order(action, { runs });
    }
  }

  tagNames() {
    const names = /** @type {string[]} */ (this.view.table.names);
    return names.filter(one => one.startsWith('tags.')).map(one => one.slice('tags.'.length));
  }

  /**
   * @param {string[]} runs
   * @param {string} key
   * @param {string} value
   */
  async tag(runs, key, value) {
    if (await this.view.tell('tag', { runs, key, value })) {
      this.say(`${counted(runs)} tagged ${key} = ${value}.`);
    }
  }

  /**
   * @param {string[]} runs
   * @param {string} format
   */
  async export(runs, format) {
    this.say('exporting …');
    const answer = await this.view.tell('export', { format, runs });
    if (answer) {
      const words = `${counted({ length: answer.rows })} written to ${answer.path}`;
      this.say(words, 'Copy path', () => copied(answer.path));
    } else {
      this.say('');
    }
  }

  /**
   * Deletes or restores, and offers to take it back.
   * @param {'delete' | 'restore'} kind
   * @param {string[]} runs
   */
  async remove(kind, runs) {
    if (await this.view.tell(kind, { runs })) {
      const gone = new Set(runs);
      this.view.selection.set([...this.view.selection.ids].filter(id => !gone.has(id)));
      this.view.showSelection();
      const back = kind === 'delete' ? 'restore' : 'delete';
      this.say(`${counted(runs)} ${kind}d.`, 'Undo', async () => {
        if (await this.view.tell(back, { runs })) {
          this.say(`${counted(runs)} ${back}d again.`);
        }
      });
    }
  }

  /** @param {string} id */
  async copyId(id) {
    this.say((await copied(id)) ? `${id} is in the clipboard.` : id);
  }

  /**
   * @param {string} words
   * @param {string} button
   * @param {() => void} act
   */
  say(words, button = '', act = () => {}) {
    this.view.parts.said.replaceChildren(...(words ? message(words, button, act) : []));
  }
}

/** @param {{length: number}} runs */
function counted({ length }) {
  return length === 1 ? '1 run' : `${length.toLocaleString('en')} runs`;
}
