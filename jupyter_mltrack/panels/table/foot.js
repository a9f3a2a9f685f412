// @ts-check
/** What stands below the rows: what was done, what is equal, how to begin. */

import { element } from '../elements.js';
import { copyButton } from './chooser.js';

/**
 * What is the same in all runs, and how many columns there is no room for.
 * @param {{equal: {label: string, lines: string[]} | null, omitted: number}} head
 * @param {() => void} openColumns
 * @param {boolean} isOpen whether the equal ones are to be seen
 */
export function folded({ equal, omitted }, openColumns, isOpen) {
  const parts = [];
  if (equal) {
    const lines = equal.lines.map(line => element('div', '', {}, line));
    const label = element('summary', '', {}, equal.label);
    const details = element('details', 'runs-equal', {}, label, ...lines);
    details.toggleAttribute('open', isOpen);
    parts.push(details);
  }
  if (omitted) {
    const words = omitted === 1 ? '1 more column' : `${omitted} more columns`;
    const button = element('button', 'runs-link', { type: 'button' }, words);
    button.addEventListener('click', openColumns);
    parts.push(button);
  }
  return parts;
}

/**
 * What stands in place of the rows when there are none.
 * @param {{starter: string | null, deleted: boolean}} head
 * @param {string} query
 */
export function nothing({ starter, deleted }, query) {
  if (starter) {
    const words = element('div', '', {}, 'No runs yet. Run this in a cell to make the first one:');
    const code = element('pre', 'runs-starter', {}, starter);
    const row = element('div', 'runs-starter-box', {}, code, copyButton(() => starter));
    return [words, row];
  }
  const words = query ? 'No run matches ' : deleted ? 'No run was deleted.' : 'No runs.';
  return [element('div', '', {}, words, ...(query ? [element('code', '', {}, query)] : []))];
}

/**
 * One line about what was done, perhaps with a button.
 * @param {string} words
 * @param {string} button what the button says
 * @param {() => void} act
 */
export function message(words, button = '', act = () => {}) {
  const parts = /** @type {Node[]} */ ([element('span', '', {}, words)]);
  if (button) {
    const made = element('button', 'button', { type: 'button' }, button);
    made.addEventListener('click', act);
    parts.push(made);
  }
  return parts;
}
