// @ts-check
/** The forms of the list of experiments: to make one, to change one. */

import { element } from '../elements.js';

/** @typedef {import('./rows_of_experiments.js').Row} OneRow */
/**
 * Uncut, as the kernel sends them when the form opens.
 * @typedef {{name: string, description: string, tags: {key: string, label: string}[]}} Texts
 */
/**
 * @typedef {{
 *   ask: import('./rows_of_experiments.js').Ask, done: () => void, remove: (row: OneRow) => void
 * }} Deeds
 */

/**
 * The form that makes an experiment.
 * @param {import('./rows_of_experiments.js').Ask} ask
 * @param {() => void} close
 */
export function maker(ask, close) {
  const name = field('Name', 'input');
  const note = field('Description', 'input');
  const form = formOf(name.box, note.box, submit('Create'));
  form.append(plain('Cancel', close));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (await ask('create', { name: name.input.value, description: note.input.value })) {
      close();
    }
  });
  listenToKeys(form, close);
  return form;
}

/**
 * A row of the table with the form that changes an experiment.
 * @param {OneRow} row
 * @param {Texts} texts
 * @param {Deeds} deeds
 */
export function editor(row, texts, { ask, done, remove }) {
  const name = field('Name', 'input', texts.name);
  const note = field('Description', 'textarea', texts.description);
  const form = formOf(name.box, note.box, submit('Save'));
  if (!row.active) {
    form.append(plain('Set active', async () => (await ask('activate', one(row))) && done()));
  }
  form.append(plain('Delete', () => remove(row)), plain('Cancel', done));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const changed = { name: name.touched(), description: note.touched() };
    if (await ask('change', { ...one(row), ...changed })) {
      done();
    }
  });
  listenToKeys(form, done);
  const cell = element('td', '', { colspan: '5' }, form, tagForm(row, texts.tags, ask, done));
  return element('tr', 'experiments-editor', {}, cell);
}

/**
 * The tags, each with a button that removes it, and fields for another one.
 * @param {OneRow} row
 * @param {Texts['tags']} tags
 * @param {import('./rows_of_experiments.js').Ask} ask
 * @param {() => void} done
 */
function tagForm(row, tags, ask, done) {
  const key = field('Tag', 'input');
  const text = field('Value', 'input');
  const form = formOf(key.box, text.box, submit('Set tag'));
  for (const { key: whole, label } of tags) {
    const drop = plain(`${label} ×`, async () => {
      if (await ask('tag', { ...one(row), key: whole, value: null })) {
        done();
      }
    });
    drop.setAttribute('aria-label', `Remove the tag ${label}`);
    form.append(drop);
  }
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (await ask('tag', { ...one(row), key: key.input.value.trim(), value: text.input.value })) {
      done();
    }
  });
  listenToKeys(form, done);
  return form;
}

/** @param {HTMLElement[]} children */
function formOf(...children) {
  return /** @type {HTMLFormElement} */ (element('form', 'experiments-form', {}, ...children));
}

/** @param {OneRow} row */
function one(row) {
  return { experiment: row.id };
}

/**
 * A field with its label; `touched` gives its text, or null if it is still the one it began with.
 * @param {string} words
 * @param {'input' | 'textarea'} tag
 * @param {string} value
 */
function field(words, tag, value = '') {
  const input = /** @type {HTMLInputElement} */ (element(tag, `input experiments-${tag}`));
  input.value = value;
  const first = input.value; // a field may have changed the ends of its lines
  const touched = () => (input.value === first ? null : input.value);
  return { input, touched, box: element('label', 'experiments-field small', {}, words, input) };
}

/** @param {string} words */
function submit(words) {
  return element('button', 'button', { type: 'submit' }, words);
}

/**
 * @param {string} words
 * @param {() => unknown} press
 */
function plain(words, press) {
  const button = element('button', 'button', { type: 'button' }, words);
  button.addEventListener('click', press);
  return button;
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} close
 */
function listenToKeys(form, close) {
  form.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      close();
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault(); // JupyterLab keeps a form from being submitted by this key
      form.requestSubmit();
    }
  });
}
