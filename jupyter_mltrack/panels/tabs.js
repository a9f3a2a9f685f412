// @ts-check
/** A row of tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/): arrow keys walk, one is shown. */

import { element } from './elements.js';

const KEYS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });

/**
 * @param {string} label of the row, for screen readers
 * @param {Record<string, string>} names what a tab shows → what it says
 * @param {string} first the one that is chosen
 * @param {(name: string) => void} choose is called when another one is chosen
 * @returns {HTMLElement}
 */
export function tabRow(label, names, first, choose) {
  const row = element('div', 'tabs', { role: 'tablist' });
  row.setAttribute('aria-label', label);
  const buttons = Object.entries(names).map(([name, words]) => {
    const button = element('button', 'tab', { role: 'tab', type: 'button' }, words);
    button.dataset.name = name;
    return button;
  });
  const mark = (/** @type {string | undefined} */ chosen) => {
    for (const button of buttons) {
      const isChosen = button.dataset.name === chosen;
      button.setAttribute('aria-selected', String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
  };
  const take = (/** @type {HTMLElement} */ button) => {
    mark(button.dataset.name);
    button.focus();
    choose(button.dataset.name ?? first);
  };
  buttons.forEach(button => button.addEventListener('click', () => take(button)));
  row.addEventListener('keydown', event => {
    const step = KEYS[event.key];
    if (step) {
      const at = buttons.findIndex(button => button.tabIndex === 0);
      take(buttons[(at + step + buttons.length) % buttons.length]);
      event.preventDefault();
    }
  });
  row.append(...buttons);
  mark(first);
  return row;
}
