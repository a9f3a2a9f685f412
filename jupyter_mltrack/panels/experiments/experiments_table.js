// @ts-check
/** The list of experiments; draws the `view` trait of experiments_table.py. */

import { Asker, whileVisible } from '../asking.js';
import { element } from '../elements.js';
import { editor, maker } from './forms.js';
import { experimentRow, headers } from './rows_of_experiments.js';

const NEWS_MS = 3000;
const HINT = "name LIKE 'wine%' AND tags.team = 'a'";

/**
 * `view` of experiments_table.py; `rows` are those of rows.py.
 * @typedef {{
 *   rows: import('./rows_of_experiments.js').Row[], summary: string, omitted: number,
 *   sort: {column: string, descending: boolean}, deleted: boolean, in_bin: number, starter: string
 * }} View
 */

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} context */
function render({ model, el }) {
  const root = element('div', 'panel experiments', { 'data-lm-suppress-shortcuts': 'true' });
  const search = /** @type {HTMLInputElement} */ (
    element('input', 'input experiments-search', { type: 'search', placeholder: HINT })
  );
  search.setAttribute('aria-label', 'Filter of experiments');
  search.spellcheck = false;
  search.value = model.get('query');
  const make = element('button', 'button', { type: 'button' }, 'New experiment');
  const bin = element('button', 'button', { type: 'button' });
  const summary = element('span', 'small', { role: 'status' });
  const error = element('div', 'error', { role: 'alert' });
  const note = element('div', 'note', { role: 'status' });
  const binned = element('div', 'note', { role: 'status' });
  const form = element('div');
  const body = element('div', 'experiments-body');
  const bar = element('div', 'bar', {}, search, make, bin, summary);
  root.append(bar, error, form, note, binned, body);
  el.append(root);

  const asker = new Asker(model, words => (note.textContent = words));
  let edited = '';
  let texts = /** @type {import('./forms.js').Texts | null} */ (null);

  /**
   * Asks; what the kernel finds wrong stands below the search box.
   * @param {string} kind
   * @param {Record<string, unknown>} details
   */
  const ask = async (kind, details = {}) => {
    try {
      const answer = await asker.ask(kind, details);
      error.textContent = '';
      return answer;
    } catch (trouble) {
      error.textContent = /** @type {Error} */ (trouble).message;
      return null;
    }
  };

  /** @type {import('./forms.js').Deeds} */
  const deeds = {
    ask,
    done: () => {
      edited = '';
      draw();
    },
    remove: async row => {
      edited = '';
      if (await ask('delete', { experiment: row.id })) {
        const undo = element('button', 'button', { type: 'button' }, 'Undo');
        undo.addEventListener('click', async () => {
          if (await ask('restore', { experiment: row.id })) {
            binned.replaceChildren();
          }
        });
        binned.replaceChildren(`${row.name} and its runs are in the bin. `, undo);
      }
    }
  };
  const edit = async (/** @type {string} */ id) => {
    if (edited === id) {
      deeds.done();
      return;
    }
    texts = await ask('texts', { experiment: id });
    edited = texts ? id : '';
    draw();
    /** @type {HTMLElement | null} */ (body.querySelector('form input'))?.focus();
  };

  const draw = () => {
    const view = /** @type {View} */ (model.get('view'));
    const { rows, sort } = view;
    summary.textContent = view.summary;
    bin.textContent = view.deleted ? 'Leave the bin' : `Bin (${view.in_bin})`;
    bin.hidden = !view.deleted && !view.in_bin;
    bin.setAttribute('aria-pressed', String(view.deleted));
    const lines = rows.flatMap(row => {
      const isEdited = texts !== null && row.id === edited;
      const line = experimentRow(row, ask, edit, isEdited);
      return texts !== null && isEdited ? [line, editor(row, texts, deeds)] : [line];
    });
    const table = element('table', 'experiments-table', {}, headers(sort, ask));
    table.append(element('tbody', '', {}, ...lines));
    body.replaceChildren(...(rows.length ? [table] : []));
    if (!rows.length) {
      body.append(element('p', 'note', {}, view.deleted ? 'The bin is empty.' : 'None matches.'));
    }
    if (view.omitted) {
      body.append(element('p', 'note', {}, `${view.omitted} more: search to find them.`));
    }
    if (view.starter) {
      const words = 'No run yet. This makes an experiment and its first run:';
      body.append(element('p', 'note', {}, words), element('pre', 'starter', {}, view.starter));
    }
  };

  search.addEventListener('keydown', event => {
    if (event.key === 'Enter') {
      ask('search', { filter: search.value });
    }
  });
  search.addEventListener('search', () => search.value || ask('search', { filter: '' }));
  bin.addEventListener('click', () => ask('deleted', { on: !model.get('view').deleted }));
  make.addEventListener('click', () => {
    const isOpen = form.childElementCount > 0;
    form.replaceChildren(...(isOpen ? [] : [maker(ask, () => form.replaceChildren())]));
    form.querySelector('input')?.focus();
  });

  const redraw = () => edited || draw();
  const requery = () => (search.value = model.get('query'));
  draw();
  model.on('change:view', redraw);
  model.on('change:query', requery);
  const rest = whileVisible(
    root,
    () => {
      if (!asker.waits('news')) {
        asker.ask('news').then(
          answer => answer.note !== undefined && (note.textContent = answer.note),
          () => {}
        );
      }
    },
    NEWS_MS
  );
  return () => {
    rest();
    asker.dispose();
    model.off('change:view', redraw);
    model.off('change:query', requery);
  };
}

export default { render };
