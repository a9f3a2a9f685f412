// @ts-check
/** What can be done with the ticked runs, and with the whole table. */

import { element } from '../elements.js';

/** @typedef {{words: string, least: number, most: number, hint: string}} Action */

const ACTIONS = /** @type {Record<string, Action>} */ ({
  compare: { words: 'Compare', least: 2, most: Infinity, hint: 'Charts and tables of these runs' },
  diff: { words: 'Diff', least: 2, most: Infinity, hint: 'What differs between them' },
  open: { words: 'Open', least: 1, most: 1, hint: 'The page of this run' },
  register: { words: 'Register', least: 1, most: 1, hint: 'Make its model a version' },
  tag: { words: 'Tag', least: 1, most: Infinity, hint: 'Write a tag to each' },
  export: { words: 'Export', least: 1, most: Infinity, hint: 'Write a file' },
  delete: { words: 'Delete', least: 1, most: Infinity, hint: 'Can be undone' },
  restore: { words: 'Restore', least: 1, most: Infinity, hint: 'Back to the other runs' }
});
const ALL = /** @type {Record<string, string>} */ ({
  compare: 'Compare all', export: 'Export all'
});

export class ActionBar {
  /** @param {(action: string, button: HTMLElement) => void} act */
  constructor(act) {
    this.act = act;
    this.chosen = element('span', 'runs-chosen', { role: 'status' });
    this.buttons = element('span', 'runs-actions');
    this.form = element('span');
    this.el = element('div', 'runs-selection', {}, this.chosen, this.buttons, this.form);
    this.key = '';
  }

  /**
   * @param {string[]} actions that the kernel can do
   * @param {number} count of ticked runs
   * @param {number} found runs
   */
  show(actions, count, found) {
    const key = `${actions.join()} ${count} ${found > 0}`;
    if (key === this.key) {
      return;
    }
    this.key = key;
    this.chosen.textContent = count ? `${count.toLocaleString('en')} selected` : '';
    const offered = Object.keys(ACTIONS).filter(name => actions.includes(name));
    const buttons = count
      ? offered.map(name => this.button(name, ACTIONS[name].words, count))
      : offered.filter(name => name in ALL && found).map(name => this.button(name, ALL[name], 2));
    if (count) {
      buttons.push(this.button('clear', '✕', 1));
    } else {
      this.form.replaceChildren();
    }
    this.buttons.replaceChildren(...buttons);
  }

  /**
   * @param {string} name
   * @param {string} words
   * @param {number} count
   */
  button(name, words, count) {
    const { least = 0, most = Infinity, hint = 'Clear the selection' } = ACTIONS[name] ?? {};
    const about = { type: 'button', title: hint };
    const button = /** @type {HTMLButtonElement} */ (element('button', 'button', about, words));
    button.disabled = count < least || count > most;
    if (!(name in ACTIONS)) {
      button.setAttribute('aria-label', hint);
    }
    button.addEventListener('click', () => this.act(name, button));
    return button;
  }

  /**
   * A form for a tag, in the bar.
   * @param {string[]} keys that are in use
   * @param {(key: string, value: string) => void} write
   */
  askTag(keys, write) {
    const list = element('datalist', '', { id: `jp-mltrack-runs-tags-${Math.random()}` });
    list.append(...keys.map(key => element('option', '', { value: key })));
    const key = field('Tag', list.id);
    const value = field('Value', null);
    const set = element('button', 'button', { type: 'button' }, 'Set');
    const stop = element('button', 'button', { type: 'button' }, 'Cancel');
    const form = element('span', 'runs-tag-form', {}, key, '=', value, set, stop, list);
    const close = () => {
      this.form.replaceChildren();
      this.buttons.querySelector('button')?.focus();
    };
    const submit = () => {
      if (key.value.trim()) {
        write(key.value.trim(), value.value);
        close();
      } else {
        key.focus();
      }
    };
    form.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        close();
      } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
        submit();
      }
    });
    set.addEventListener('click', submit);
    stop.addEventListener('click', close);
    this.form.replaceChildren(form);
    key.focus();
  }
}

/**
 * @param {string} label
 * @param {string | null} list
 */
function field(label, list) {
  const made = element('input', 'input', { type: 'text', placeholder: label, list });
  made.setAttribute('aria-label', label);
  return /** @type {HTMLInputElement} */ (made);
}
