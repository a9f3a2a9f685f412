// @ts-check
/** The form that registers a model of a run; draws the trait of register_form.py. */

import { Asker } from '../asking.js';
import { element } from '../elements.js';

/** @typedef {{source: string, label: string}} Registrable */
/** @typedef {{run: string, models: Registrable[], names: string[], note: string}} Choice */

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} context */
function render({ model, el }) {
  const choice = /** @type {Choice} */ (model.get('choice'));
  const root = element('div', 'panel registry', { 'data-lm-suppress-shortcuts': 'true' });
  const late = element('p', 'note', { role: 'status' });
  const asker = new Asker(model, words => (late.textContent = words));
  const close = element('button', 'button', { type: 'button' }, 'Close');
  close.addEventListener('click', () => asker.ask('close').catch(() => {}));
  root.append(late);
  if (choice.note) {
    const box = element('div', 'registry-form', {}, choice.note, close);
    root.append(box);
  } else {
    root.append(formOfModel(choice, asker, close));
  }
  el.append(root);
  root.querySelector('input')?.focus({ preventScroll: true });
  return () => asker.dispose();
}

/**
 * @param {Choice} choice
 * @param {Asker} asker
 * @param {HTMLElement} close
 */
function formOfModel({ run, models, names }, asker, close) {
  const title = `Register a model of ${run}`;
  const source = /** @type {HTMLSelectElement} */ (element('select', 'input registry-wide'));
  source.append(...models.map(one => element('option', '', { value: one.source }, one.label)));
  const id = `jp-mltrack-registry-names-${Math.random()}`;
  const list = element('datalist', '', { id }, ...names.map(value => element('option', '', { value })));
  const [name, description, comment] = ['Name', 'Description', 'Comment'].map(label => {
    const input = element('input', 'input registry-wide', { type: 'text', 'aria-label': label });
    return /** @type {HTMLInputElement} */ (input);
  });
  name.setAttribute('list', id);
  name.placeholder = names.length ? 'a name there is, or a new one' : 'a new name';
  const said = element('p', 'note', { role: 'status' });
  const trouble = element('p', 'error', { role: 'alert' });
  const confirm = /** @type {HTMLButtonElement} */ (
    element('button', 'button registry-confirm', { type: 'submit' }, 'Register')
  );
  const submit = async () => {
    trouble.textContent = said.textContent = '';
    confirm.disabled = true;
    try {
      const answer = await asker.ask('register', {
        source: source.value,
        name: name.value,
        description: description.value,
        comment: comment.value
      });
      said.textContent = answer.said;
    } catch (error) {
      trouble.textContent = /** @type {Error} */ (error).message;
      confirm.disabled = false;
      name.focus();
    }
  };
  const form = element(
    'form',
    'registry-form',
    { 'aria-label': title },
    element('b', '', {}, title),
    fieldWith('Model', source),
    fieldWith('Registered model', name),
    list,
    fieldWith('Description of the version', description),
    fieldWith('Comment, for the history', comment),
    trouble,
    said,
    element('div', 'bar', {}, confirm, close)
  );
  form.addEventListener('submit', event => {
    event.preventDefault();
    submit();
  });
  form.addEventListener('input', () => (confirm.disabled = false));
  form.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      close.click();
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault(); // JupyterLab keeps a form from being submitted by this key
      if (!confirm.disabled) {
        submit();
      }
    }
  });
  return form;
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function fieldWith(words, input) {
  return element('label', 'registry-field small', {}, words, input);
}

export default { render };
