// @ts-check
/** The trail of a model: who did what, when and why; a moment opens the page as it was then. */

import { element } from '../elements.js';
import { ago } from '../times.js';
import { gateLine } from './stage_forms.js';

/**
 * A change, of timeline.py.
 * @typedef {{
 *   number: number, at: number, at_text: string, who: string, what: string, comment: string,
 *   override: string, gates: import('./stage_forms.js').Gate[], refused: string
 * }} TrailLine
 */

/**
 * @param {TrailLine[]} lines
 * @param {number} total
 * @param {import('./registry_view.js').Context} context
 */
export function timelineOf(lines, total, context) {
  const title = element('b', 'registry-subtitle', {}, 'History');
  const count = element('span', 'small', {}, total.toLocaleString('en'));
  const list = element('ol', 'registry-trail', {}, ...lines.map(line => trailItem(line, context)));
  const box = element('section', '', { 'aria-label': 'History' });
  box.append(element('div', 'bar', {}, title, count), list);
  if (lines.length < total) {
    const more = element('button', 'button', { type: 'button' }, 'Show older changes');
    more.dataset.focus = 'more trail';
    more.addEventListener('click', () => context.tell('more', { trail: true }));
    box.append(more);
  }
  return box;
}

/**
 * @param {TrailLine} line
 * @param {import('./registry_view.js').Context} context
 */
function trailItem(line, context) {
  const when = element('button', 'registry-link', { type: 'button' }, ago(line.at, line.at_text));
  when.title = `${line.at_text}: show the model as it was then`;
  when.addEventListener('click', () => context.tell('as_of', { when: '', moment: line.at }));
  const item = element(
    'li',
    line.refused ? 'registry-refused' : '',
    {},
    element('span', 'registry-when', {}, when),
    element('span', 'registry-who', {}, line.who),
    element('span', 'registry-what', {}, line.what, ...marksOf(line))
  );
  return item;
}

/** @param {TrailLine} line */
function marksOf({ comment, override, gates, refused }) {
  const parts = [];
  if (refused) {
    parts.push(element('div', '', { 'data-tone': 'bad' }, `✘ refused: ${refused}`));
  }
  if (override) {
    parts.push(element('div', '', { 'data-tone': 'bad' }, `⚠ gates overridden: ${override}`));
  }
  if (comment) {
    parts.push(element('div', 'registry-comment', {}, `“${comment}”`));
  }
  if (gates.length) {
    const failed = gates.filter(one => !one.passed).length;
    const words = failed ? `${failed} of ${gates.length} gates failed` : 'All gates passed';
    const summary = element('summary', 'small', {}, words);
    parts.push(element('details', '', {}, summary, ...gates.map(gateLine)));
  }
  return parts;
}
