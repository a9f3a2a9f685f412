// @ts-check
/** Boxes beside a button: which columns are shown, and the search as code. */

import { copied } from '../clipboard.js';
import { element } from '../elements.js';
import { tabRow } from '../tabs.js';
import { openBeside } from './popover.js';

/** @typedef {{id: string, group: string, label: string, shown: boolean}} Choice */

/**
 * Opens the list of all columns, to tick those that are to be seen.
 * @param {HTMLElement} anchor
 * @param {Choice[]} choices
 * @param {boolean} isDefault whether the columns are those that differ
 * @param {(ids: string[] | null) => void} choose null: those that differ
 */
export function openChooser(anchor, choices, isDefault, choose) {
  const filter = /** @type {HTMLInputElement} */ (
    element('input', 'input', { type: 'search', placeholder: 'Find a column' })
  );
  filter.setAttribute('aria-label', 'Find a column');
  const shown = new Set(choices.filter(one => one.shown).map(one => one.id));
  const differing = element('button', 'button', { type: 'button' }, 'Those that differ');
  differing.setAttribute('aria-pressed', String(isDefault));
  const list = element('div', 'runs-choices');
  const tell = () => {
    differing.setAttribute('aria-pressed', 'false');
    choose(choices.filter(one => shown.has(one.id)).map(one => one.id));
  };
  const draw = () => list.replaceChildren(...choiceLines(choices, filter.value, shown, tell));
  differing.addEventListener('click', () => {
    choose(null);
    box.hidePopover();
  });
  filter.addEventListener('input', draw);
  const top = element('div', 'runs-chooser-top', {}, filter, differing);
  const about = { role: 'dialog', 'aria-label': 'Columns' };
  const box = element('div', 'runs-chooser', about, top, list);
  box.addEventListener('keydown', event => event.stopPropagation());
  draw();
  openBeside(anchor, box);
  filter.focus();
}

/**
 * @param {Choice[]} choices
 * @param {string} text
 * @param {Set<string>} shown
 * @param {() => void} tell
 */
function choiceLines(choices, text, shown, tell) {
  const wanted = text.trim().toLowerCase();
  const found = choices.filter(one => one.id.toLowerCase().includes(wanted)
    || one.label.toLowerCase().includes(wanted));
  const groups = new Set(found.map(one => one.group));
  const lines = [...groups].flatMap(group => [
    element('div', 'runs-menu-heading', {}, group),
    ...found.filter(one => one.group === group).map(one => choiceLine(one, shown, tell))
  ]);
  return lines.length ? lines : [element('div', 'runs-choice small', {}, 'No such column.')];
}

/**
 * @param {Choice} choice
 * @param {Set<string>} shown
 * @param {() => void} tell
 */
function choiceLine({ id, label }, shown, tell) {
  const box = /** @type {HTMLInputElement} */ (element('input', '', { type: 'checkbox' }));
  box.checked = shown.has(id);
  box.addEventListener('change', () => {
    shown[box.checked ? 'add' : 'delete'](id);
    tell();
  });
  const words = id.startsWith('curve.') ? `${label}, as a curve` : label;
  return element('label', 'runs-choice', { title: id }, box, words);
}

/**
 * Opens the search as Python and as SQL.
 * @param {HTMLElement} anchor
 * @param {(language: string) => Promise<string>} fetch
 */
export function openCode(anchor, fetch) {
  const code = element('pre', 'runs-code', { tabindex: '0' });
  const show = async (/** @type {string} */ language) => {
    try {
      code.textContent = await fetch(language);
    } catch (error) {
      code.textContent = String(/** @type {Error} */ (error).message);
    }
  };
  const tabs = tabRow('Language', { python: 'Python', sql: 'SQL' }, 'python', show);
  const copy = copyButton(() => code.textContent ?? '');
  const top = element('div', 'runs-code-top', {}, tabs, copy);
  const about = { role: 'dialog', 'aria-label': 'This search as code' };
  const box = element('div', 'runs-chooser', about, top, code);
  openBeside(anchor, box);
  tabs.querySelector('button')?.focus();
  show('python');
}

/**
 * @param {() => string} text
 * @param {string} words
 */
export function copyButton(text, words = 'Copy') {
  const button = element('button', 'button', { type: 'button' }, words);
  button.addEventListener('click', async () => {
    button.textContent = (await copied(text())) ? 'Copied' : 'Select it and press Ctrl+C';
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  });
  return button;
}
