// @ts-check
/** What the row below a version shows: texts, tags, metrics, what goes in and comes out. */

import { element } from '../elements.js';
import { copyButton } from '../page/copying.js';
import { chipsInPlace, textInPlace } from './in_place.js';

/** @typedef {import('./registry_view.js').Context} Context */

const SCHEMA_HEADS = ['', 'Name', 'Type', ''];

/**
 * @param {Context} context
 * @param {any} facts of version_facts.py
 */
export function versionDetails(context, facts) {
  const { version } = facts;
  const isFixed = context.page().at !== null;
  const { hold, ask } = context;
  const description = textInPlace({
    label: `the description of version ${version}`,
    text: facts.description,
    empty: 'No description of this version.',
    isFixed,
    focus: `description ${version}`,
    read: async () => (await ask('text', { version })).text,
    save: text => ask('describe', { version, text }),
    hold
  });
  const tags = tagChips(context, facts.tags, version);
  const left = element('div', '', {}, description, tags, factsOf(facts.facts));
  left.append(snippetOf(facts.snippet));
  const right = element('div', '', {}, metricsOf(facts), schemaOf(facts));
  return element('div', 'registry-details', {}, left, right);
}

/**
 * Tags of a version, or of the model; a new one is typed as `name = value`.
 * @param {Context} context
 * @param {{key: string, label: string}[]} items
 * @param {number | null} version
 */
export function tagChips({ ask, tell, hold, page }, items, version = null) {
  return chipsInPlace({
    label: 'tag',
    items,
    isFixed: page().at !== null,
    focus: `tags ${version ?? ''}`,
    hint: 'name = value',
    remove: key => tell('untag', { key, version }),
    add: text => {
      const at = text.indexOf('=');
      const [key, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
      return at < 1
        ? Promise.reject(new Error('Write it as name = value.'))
        : ask('tag', { key, value, version });
    },
    hold
  });
}

/** @param {string} code */
export function snippetOf(code) {
  const text = element('pre', 'registry-starter', { tabindex: '0' }, code);
  return element('div', 'registry-snippet', {}, text, copyButton('Copy the code', () => code));
}

/** @param {any} measured */
export function metricText({ text, exact, delta, tone }) {
  const parts = [element('span', '', { title: exact }, text)];
  if (delta) {
    parts.push(element('span', 'registry-delta', { 'data-tone': tone }, ` ${delta}`));
  }
  return parts;
}

/** @param {string[][]} facts */
function factsOf(facts) {
  const rows = facts.map(([label, text]) =>
    element('tr', '', {}, element('th', '', { scope: 'row' }, label), element('td', '', {}, text))
  );
  return element('table', 'registry-facts', {}, ...rows);
}

/** @param {any} facts */
function metricsOf({ metrics, more_metrics: more }) {
  const rows = metrics.map((/** @type {any} */ one) => {
    const cell = element('td', 'registry-number', {}, ...metricText(one));
    return element('tr', '', {}, element('th', '', { scope: 'row' }, one.label), cell);
  });
  const box = element('section', '', { 'aria-label': 'Metrics' });
  box.append(element('b', 'registry-subtitle', {}, 'Metrics of its run'));
  box.append(
    rows.length
      ? element('table', 'registry-facts', {}, ...rows)
      : element('p', 'note', {}, 'None was logged.')
  );
  if (more) {
    box.append(element('p', 'note', {}, `and ${more} more on the page of the run`));
  }
  return box;
}

/** @param {{schema: string[][], schema_note: string}} facts */
function schemaOf({ schema, schema_note: note }) {
  const box = element('section', '', { 'aria-label': 'Signature' });
  box.append(element('b', 'registry-subtitle', {}, 'Signature'));
  if (!schema.length) {
    box.append(element('p', 'note', {}, note));
    return box;
  }
  const heads = SCHEMA_HEADS.map(words => element('th', '', { scope: 'col' }, words));
  const rows = schema.map(cells =>
    element('tr', '', {}, ...cells.map(text => element('td', '', {}, text)))
  );
  const table = element('table', 'registry-facts', {}, element('thead', '', {}, ...heads));
  table.append(element('tbody', '', {}, ...rows));
  box.append(element('div', 'registry-scroll', {}, table));
  return box;
}
