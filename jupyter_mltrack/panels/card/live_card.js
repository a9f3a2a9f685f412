// @ts-check
/** The run card while its run is open: draws the `card` trait of live_card.py. */

import { Asker } from '../asking.js';
import { element, sparkline } from '../elements.js';
import { elapsedSince } from '../times.js';

const WAITING = 'The kernel is busy: this opens when its cell ends.';

/** @typedef {{key: string, text: string, exact: string, lines: string[]}} Metric */
/** @typedef {{key: string, before: string | null, after: string | null, exact: string}} Change */
/**
 * `CardData` of card.py.
 * @typedef {{
 *   run_id: string, title: string, colour: string, started: number, started_at: string,
 *   status: {glyph: string, word: string, tone: string}, seconds: number | null,
 *   progress: string, label: string, code: string, opens: string,
 *   metrics: Metric[], more_metrics: number,
 *   since: string | null, changes: Change[], more_changes: number, error: string | null
 * }} Card
 */
/** @param {{model: import('../asking.js').Model, el: HTMLElement}} context */
function render({ model, el }) {
  const card = () => /** @type {Card} */ (model.get('card'));
  const root = element('div', 'panel card', { 'data-lm-suppress-shortcuts': 'true' });
  const clock = element('span', 'small card-clock');
  const body = element('div');
  const note = element('p', 'note', { role: 'status' });
  const button = element('button', 'button card-open', { type: 'button' });
  const asker = new Asker(model, words => (note.textContent = words && WAITING));
  root.append(button, body, note);
  el.append(root);

  const tick = () => {
    const { started, started_at, seconds, progress } = card();
    const elapsed =
      seconds === null ? elapsedSince(started) : `in ${elapsedSince(Date.now() - 1000 * seconds)}`;
    clock.textContent = progress ? `${elapsed} · ${progress}` : elapsed;
    clock.title = `started ${started_at}`;
  };
  const draw = () => {
    const now = card();
    root.style.borderLeftColor = now.colour;
    body.replaceChildren(heading(now, clock), ...metrics(now), ...changes(now));
    if (now.error) {
      body.append(element('div', 'card-error', {}, now.error));
    }
    button.hidden = !now.opens;
    button.textContent = now.opens;
    button.setAttribute('aria-label', `${now.opens} ${now.title} below`);
    tick();
  };
  button.addEventListener('click', () => {
    button.disabled = true;
    asker
      .ask('open')
      .catch(error => (note.textContent = error.message))
      .finally(() => (button.disabled = false));
  });

  draw();
  model.on('change:card', draw);
  const timer = setInterval(tick, 1000);
  return () => {
    clearInterval(timer);
    model.off('change:card', draw);
    asker.dispose();
  };
}

/**
 * @param {Card} card
 * @param {HTMLElement} clock
 */
function heading({ title, run_id, status }, clock) {
  return element(
    'div',
    'card-row',
    {},
    element('b', 'card-title', { title: run_id }, title),
    element('span', '', { 'data-tone': status.tone }, `${status.glyph} ${status.word}`),
    clock
  );
}

/** @param {Card} card */
function metrics(card) {
  const boxes = card.metrics.map(({ key, text, exact, lines }) => {
    const number = element('span', 'card-number', { title: exact }, text);
    const curve = lines.length ? [sparkline(lines, card.colour)] : [];
    const value = element('div', 'card-value', {}, number, ...curve);
    return element('div', '', {}, element('div', 'small', {}, key), value);
  });
  boxes.push(...more(card.more_metrics));
  return boxes.length ? [element('div', 'card-row card-metrics', {}, ...boxes)] : [];
}

/** @param {Card} card */
function changes(card) {
  if (card.since === null && !card.changes.length) {
    return [];
  }
  const parts = card.changes.length
    ? [
        element('span', 'small', {}, card.label),
        ...card.changes.map(one => change(one, card.since)),
        ...more(card.more_changes)
      ]
    : [element('span', 'small', {}, `same parameters as ${card.since}`)];
  return [element('div', 'card-row card-changes', {}, ...parts)];
}

/**
 * @param {Change} change
 * @param {string | null} since
 */
function change({ key, before, after, exact }, since) {
  if (after === null) {
    return element('span', 'small', {}, `− ${key}`);
  }
  const sign = since !== null && before === null ? '+ ' : '';
  const old = before === null ? '' : `${before} → `;
  const name = element('span', 'small', {}, `${sign}${key} ${old}`);
  return element('span', '', { title: exact }, name, element('b', '', {}, after));
}

/** @param {number} count */
function more(count) {
  return count ? [element('span', 'small', {}, `+ ${count} more`)] : [];
}

export default { render };
