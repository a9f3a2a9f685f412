// @ts-check
/** The models that runs kept; draws the traits of logged_models.py. */

import { Asker } from './asking.js';
import { element } from './elements.js';
import { ago } from './times.js';

/**
 * @typedef {{
 *   run: string, title: string, colour: string, folder: string, logged: number, logged_at: string
 * }} Model
 */

/** @param {{model: import('./asking.js').Model, el: HTMLElement}} context */
function render({ model, el }) {
  const root = element('div', 'panel models', { 'data-lm-suppress-shortcuts': 'true' });
  const note = element('p', 'note', { role: 'status' });
  const asker = new Asker(model, words => (note.textContent = words));
  const rows = /** @type {Model[]} */ (model.get('rows')).map(row => line(row, asker, note));
  if (rows.length) {
    const heads = ['Model', 'Run', 'Logged'].map(words =>
      element('th', '', { scope: 'col' }, words)
    );
    const head = element('thead', '', {}, element('tr', '', {}, ...heads));
    root.append(element('table', 'models-table', {}, head, element('tbody', '', {}, ...rows)));
  } else {
    root.append(element('p', 'note', {}, model.get('note')));
  }
  root.append(note);
  el.append(root);
  return () => asker.dispose();
}

/**
 * @param {Model} row
 * @param {Asker} asker
 * @param {HTMLElement} note
 */
function line({ run, title, colour, folder, logged, logged_at }, asker, note) {
  const open = element('button', 'models-run', { type: 'button', title: 'Open this run' }, title);
  open.addEventListener('click', () =>
    asker.ask('open', { run }).catch(error => (note.textContent = error.message))
  );
  const dot = element('span', 'models-dot', { 'aria-hidden': 'true' });
  dot.style.background = colour;
  return element(
    'tr',
    '',
    {},
    element('td', 'models-folder', {}, folder),
    element('td', '', {}, dot, open),
    element('td', 'small', { title: logged_at }, ago(logged, logged_at.slice(0, 10)))
  );
}

export default { render };
