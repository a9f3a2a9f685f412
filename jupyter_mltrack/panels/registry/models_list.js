// @ts-check
/** The list of registered models. */

import { element } from '../elements.js';
import { copyButton } from '../page/copying.js';
import { ago } from '../times.js';

/** @typedef {{name: string, version: number, tone: string}} StageWord */
/**
 * `ModelRow` of model_rows.py.
 * @typedef {{
 *   id: string, name: string, description: string, latest: number | null, versions: number,
 *   stages: StageWord[], aliases: StageWord[], who: string, at: number, at_text: string
 * }} ModelRow
 */

const FILTER_HINT = "a part of a name, or tags.team = 'a'";
const MODEL_HEADS = ['Model', 'Latest', 'Stages', 'Aliases', 'Changed'];

export class ModelsList {
  /**
   * @param {import('./registry_view.js').Context} context
   * @param {string} query
   */
  constructor(context, query) {
    this.context = context;
    this.search = /** @type {HTMLInputElement} */ (
      element('input', 'input registry-search', { type: 'search', placeholder: FILTER_HINT })
    );
    this.search.setAttribute('aria-label', 'Filter of models');
    this.search.spellcheck = false;
    this.search.value = query;
    this.summary = element('span', 'small', { role: 'status' });
    this.body = element('div', 'registry-body');
    this.el = element('div', '', {}, element('div', 'bar', {}, this.search, this.summary), this.body);
    this.search.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        context.tell('search', { filter: this.search.value });
      }
    });
    this.search.addEventListener('search', () => {
      if (!this.search.value) {
        context.tell('search', { filter: '' });
      }
    });
  }

  /** @param {string} query */
  requery(query) {
    this.search.value = query;
  }

  /** @param {{rows: ModelRow[], summary: string, omitted: boolean, starter: string}} models */
  draw({ rows, summary, omitted, starter }) {
    this.summary.textContent = summary;
    if (starter) {
      this.body.replaceChildren(...howToBegin(starter));
      return;
    }
    const heads = MODEL_HEADS.map(words => element('th', '', { scope: 'col' }, words));
    const table = element('table', 'registry-table', {}, element('thead', '', {}, ...heads));
    table.append(element('tbody', '', {}, ...rows.map(row => this.row(row))));
    this.body.replaceChildren(rows.length ? table : element('p', 'note', {}, 'None matches.'));
    if (omitted) {
      const words = `The ${rows.length} that changed last; search to find the others.`;
      this.body.append(element('p', 'note', {}, words));
    }
  }

  /** @param {ModelRow} row */
  row({ id, name, description, latest, stages, aliases, who, at, at_text: date }) {
    const open = element('button', 'registry-name', { type: 'button' }, name);
    open.dataset.focus = `model ${id}`;
    open.addEventListener('click', () => this.context.tell('open', { model: id }));
    const about = element('td', 'registry-about registry-listed', {}, open);
    if (description) {
      about.append(element('div', 'small registry-note', { title: description }, description));
    }
    const when = element('span', '', { title: date }, ago(at, date.slice(0, 10)));
    return element(
      'tr',
      '',
      {},
      about,
      element('td', 'registry-number', {}, latest === null ? '–' : String(latest)),
      element('td', '', {}, ...stages.map(one => stageChip(one.name, one.tone, one.version))),
      element('td', '', {}, ...aliases.map(one => aliasChip(one.name, one.version))),
      element('td', 'registry-when', {}, when, ` by ${who}`)
    );
  }
}

/**
 * A stage, and perhaps the version in it.
 * @param {string} name
 * @param {string} tone
 * @param {number | null} version
 */
export function stageChip(name, tone, version = null) {
  const chip = element('span', 'registry-chip', { 'data-tone': tone }, name);
  if (version !== null) {
    chip.append(' ', element('b', '', {}, String(version)));
  }
  return chip;
}

/**
 * @param {string} name
 * @param {number} version
 */
function aliasChip(name, version) {
  const number = element('b', '', {}, String(version));
  return element('span', 'registry-chip registry-alias', {}, `@${name} `, number);
}

/** @param {string} starter */
function howToBegin(starter) {
  const words = 'No model is registered yet. Run this in a cell to register the first one:';
  const code = element('pre', 'registry-starter', {}, starter);
  const copy = copyButton('Copy the cell', () => starter);
  return [
    element('p', 'note', {}, words),
    element('div', 'registry-snippet', {}, code, copy)
  ];
}
