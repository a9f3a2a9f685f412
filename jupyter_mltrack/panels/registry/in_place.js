// @ts-check
/** Texts and chips that are changed where they stand. */

import { element } from '../elements.js';

/**
 * A text with a pencil: Enter saves, and so does leaving the field; Esc leaves it as it was.
 * @param {{
 *   label: string, text: string, empty: string, isFixed: boolean, focus: string,
 *   read: () => Promise<string>, save: (text: string) => Promise<unknown>, hold: () => () => void
 * }} about `label`: what it is; `empty`: what stands there without a text
 */
export function textInPlace(about) {
  const { label, text, empty, isFixed, focus, read, save, hold } = about;
  const words = element('span', text ? 'registry-text' : 'registry-text small', {}, text || empty);
  const box = element('div', 'registry-in-place', {}, words);
  if (isFixed) {
    box.hidden = !text;
    return box;
  }
  const open = async () => {
    const release = hold();
    try {
      const field = fieldOf(label, await read());
      const trouble = element('p', 'error', { role: 'alert' });
      const close = () => {
        box.replaceChildren(words, pencil);
        pencil.focus({ preventScroll: true });
        release();
      };
      listenToField(field, trouble, save, close);
      const hint = 'Enter saves, Shift+Enter begins a line, Esc cancels';
      box.replaceChildren(field, element('span', 'small', {}, hint), trouble);
      field.focus();
    } catch (error) {
      words.textContent = /** @type {Error} */ (error).message;
      release();
    }
  };
  const pencil = iconButton('✎', `Edit ${label}`, open);
  pencil.dataset.focus = focus;
  box.append(pencil);
  return box;
}

/**
 * Chips, each with a button that removes it, and one that opens a field for another.
 * @param {{
 *   label: string, items: {key: string, label: string}[], isFixed: boolean, focus: string,
 *   hint: string, remove: (key: string) => Promise<unknown>,
 *   add: (text: string) => Promise<unknown>, hold: () => () => void
 * }} about `label`: what one of them is; `hint`: how one is written
 */
export function chipsInPlace({ label, items, isFixed, focus, hint, remove, add, hold }) {
  const chips = items.map(({ key, label: words }) => {
    const chip = element('span', 'registry-chip registry-alias', { title: key }, words);
    if (!isFixed) {
      const cross = iconButton('×', `Remove the ${label} ${words}`, () => remove(key));
      cross.dataset.focus = `${focus} add`;
      chip.append(cross);
    }
    return chip;
  });
  const box = element('span', 'registry-chips', {}, ...chips);
  if (isFixed) {
    return box;
  }
  const plus = iconButton(items.length ? '+' : `+ ${label}`, `Add ${/^[aeiou]/.test(label) ? 'an' : 'a'} ${label}`, () => {
    const release = hold();
    const field = fieldOf(`New ${label}`, '', 'input');
    const trouble = element('p', 'error', { role: 'alert' });
    const form = element('span', 'registry-chip-form', {}, field, trouble);
    field.placeholder = hint;
    listenToField(field, trouble, add, () => {
      form.replaceWith(plus);
      plus.focus({ preventScroll: true });
      release();
    });
    plus.replaceWith(form);
    field.focus();
  });
  plus.dataset.focus = `${focus} add`;
  box.append(plus);
  return box;
}

/**
 * @param {string} glyph
 * @param {string} hint
 * @param {() => unknown} press
 */
export function iconButton(glyph, hint, press) {
  const made = element('button', 'registry-icon', { type: 'button', title: hint }, glyph);
  made.setAttribute('aria-label', hint);
  made.addEventListener('click', press);
  return made;
}

/**
 * @param {string} label
 * @param {string} text
 * @param {'textarea' | 'input'} tag
 */
function fieldOf(label, text, tag = 'textarea') {
  const names = tag === 'input' ? 'input registry-short' : 'input registry-long';
  const field = /** @type {HTMLInputElement} */ (element(tag, names, { 'aria-label': label }));
  field.value = text;
  field.spellcheck = tag === 'textarea';
  return field;
}

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} trouble
 * @param {(text: string) => Promise<unknown>} save
 * @param {() => void} close
 */
function listenToField(field, trouble, save, close) {
  const first = field.value; // a field may have changed the ends of its lines
  let isBusy = false;
  let isClosed = false;
  const end = () => {
    isClosed = true; // what is removed loses the focus, too
    close();
  };
  const submit = async () => {
    if (isBusy || isClosed) {
      return;
    }
    if (field.value === first) {
      end();
      return;
    }
    isBusy = true;
    try {
      await save(field.value);
      end();
    } catch (error) {
      trouble.textContent = /** @type {Error} */ (error).message;
      field.setAttribute('aria-invalid', 'true');
    } finally {
      isBusy = false;
    }
  };
  field.addEventListener('blur', submit);
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      end();
    }
  });
}
