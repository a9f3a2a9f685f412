// @ts-check
/** A text that is edited in place: Enter saves, Esc leaves it as it was, errors stand below. */

import { element } from '../elements.js';

/**
 * @typedef {{label: string, value: string, isLong?: boolean,
 *   save: (text: string) => Promise<unknown>, close: () => void}} Edit
 */

/**
 * The field with its buttons; the caller puts it where the text was.
 * @param {Edit} edit
 */
export function editor({ label, value, isLong = false, save, close }) {
  const tag = isLong ? 'textarea' : 'input';
  const field = /** @type {HTMLInputElement} */ (element(tag, 'input', { 'aria-label': label }));
  field.value = value;
  const first = field.value; // a field may have changed the ends of its lines
  const trouble = element('p', 'error', { role: 'alert' });
  const keep = element('button', 'button', { type: 'button' }, 'Save');
  const drop = element('button', 'button', { type: 'button' }, 'Cancel');
  const hint = isLong ? 'Enter saves, Shift+Enter begins a line, Esc cancels' : '';
  const submit = async () => {
    if (value && field.value === first) {
      close();
      return;
    }
    keep.setAttribute('disabled', '');
    try {
      await save(field.value);
      close();
    } catch (error) {
      trouble.textContent = /** @type {Error} */ (error).message;
      field.setAttribute('aria-invalid', 'true');
      keep.removeAttribute('disabled');
      field.focus();
    }
  };
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    }
  });
  keep.addEventListener('click', submit);
  drop.addEventListener('click', close);
  const row = element('div', 'page-edit-row', {}, field, keep, drop);
  const small = element('span', 'small', {}, hint);
  return element('div', isLong ? 'page-edit page-edit-long' : 'page-edit', {}, row, small, trouble);
}
