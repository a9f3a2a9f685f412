// @ts-check
/** The run card while its run is open: draws the `card` trait of live_card.py. */

import { element, sparkline } from './elements.js';
import { elapsedSince } from './times.js';

/** @typedef {{key: string, text: string, exact: string, lines: string[]}} Metric */
/** @typedef {{key: string, before: string | null, after: string | null, exact: string}} Change */
/**
 * `CardData` of card.py.
 * @typedef {{
 *   run_id: string, title: string, colour: string, started: number, started_at: string,
 *   status: {glyph: string, word: string, tone: string}, seconds: number | null,
 *   metrics: Metric[], more_metrics: number,
 *   since: string | null, changes: Change[], more_changes: number, error: string | null
 * }} Card
 */
/**
 * @typedef {{
 *   get(name: 'card'): Card,
 *   on(event: string, callback: () => void): void,
 *   off(event: string, callback: () => void): void
 * }} Model
 */

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const root = element('div', 'card');
  el.append(root);

  const tick = () => {
    const clock = root.querySelector('.jp-mltrack-card-clock');
    if (clock) {
      clock.textContent = elapsedSince(model.get('card').started);
    }
  };
  const draw = () => {
    const card = model.get('card');
    root.style.borderLeftColor = card.colour;
    root.replaceChildren(heading(card), ...metrics(card), ...changes(card));
    if (card.error) {
      root.append(element('div', 'card-error', {}, card.error));
    }
    tick();
  };

  draw();
  model.on('change:card', draw);
  const timer = setInterval(tick, 1000);
  return () => {
    clearInterval(timer);
    model.off('change:card', draw);
  };
}

/** @param {Card} card */
function heading({ title, run_id, status, started_at }) {
  return element(
    'div',
    'card-row',
    {},
    element('b', 'card-title', { title: run_id }, title),
    element('span', '', { 'data-tone': status.tone }, `${status.glyph} ${status.word}`),
    element('span', 'card-small card-clock', { title: `started ${started_at}` })
  );
}

/** @param {Card} card */
function metrics(card) {
  const boxes = card.metrics.map(({ key, text, exact, lines }) => {
    const number = element('span', 'card-number', { title: exact }, text);
    const curve = lines.length ? [sparkline(lines, card.colour)] : [];
    const value = element('div', 'card-value', {}, number, ...curve);
    return element('div', '', {}, element('div', 'card-small', {}, key), value);
  });
  boxes.push(...more(card.more_metrics));
  return boxes.length ? [element('div', 'card-row card-metrics', {}, ...boxes)] : [];
}

/** @param {Card} card */
function changes(card) {
  if (card.since === null && !card.changes.length) {
    return [];
  }
  const label = card.since === null ? 'parameters' : `since ${card.since}`;
  const parts = card.changes.length
    ? [
        element('span', 'card-small', {}, label),
        ...card.changes.map(one => change(one, card.since)),
        ...more(card.more_changes)
      ]
    : [element('span', 'card-small', {}, `same parameters as ${card.since}`)];
  return [element('div', 'card-row card-changes', {}, ...parts)];
}

/**
 * @param {Change} change
 * @param {string | null} since
 */
function change({ key, before, after, exact }, since) {
  if (after === null) {
    return element('span', 'card-small', {}, `− ${key}`);
  }
  const sign = since !== null && before === null ? '+ ' : '';
  const old = before === null ? '' : `${before} → `;
  const name = element('span', 'card-small', {}, `${sign}${key} ${old}`);
  return element('span', '', { title: exact }, name, element('b', '', {}, after));
}

/** @param {number} count */
function more(count) {
  return count ? [element('span', 'card-small', {}, `+ ${count} more`)] : [];
}

export default { render };
