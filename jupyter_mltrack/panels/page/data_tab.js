// @ts-check
/** The tabs Charts, whose curves the kernel puts below, and Data & env. */

import { element } from '../elements.js';
import { factList } from './overview_tab.js';
import { ValueTable } from './value_table.js';
import { whenNew } from './when_new.js';

/** @typedef {import('./run_page.js').Context} Context */

/** @param {Context} context @returns {import('./run_page.js').Tab} */
export function chartsTab(context) {
  const note = element('p', 'note', { role: 'status' }, 'Drawing the curves …');
  const load = () => {
    context.below('charts');
    context.ask('charts').then(({ note: words }) => (note.textContent = words), context.fail);
  };
  const news = () => note.textContent && load();
  return { el: element('div', '', {}, note), load, news };
}

/** @param {Context} context @returns {import('./run_page.js').Tab} */
export function dataTab(context) {
  const inputs = element('section', 'page-table', { 'aria-label': 'Inputs' });
  const environment = element('div');
  let known = /** @type {string[][]} */ ([]);
  const find = async (/** @type {string} */ text) => packageRows(known, text);
  const packages = new ValueTable(
    'Packages',
    [
      ['Package', row => element('th', '', { scope: 'row' }, row[0]), row => row[0]],
      ['Version', row => element('td', '', {}, row[1]), row => row[1]]
    ],
    'No packages were noted.',
    find
  );
  const title = element('b', 'page-subtitle', {}, 'Environment');
  const machine = element('section', 'page-table', { 'aria-label': 'Environment' });
  machine.append(element('div', 'bar', {}, title), environment);
  const columns = element('div', 'page-columns', {}, machine, packages.el);
  const draw = whenNew(data => {
    inputs.replaceChildren(...drawInputs(data));
    environment.replaceChildren(factList(data.environment));
    known = data.packages;
    packages.update(packageRows(known, ''));
  });
  const load = () => void context.ask('data').then(draw, context.fail);
  return { el: element('div', '', {}, inputs, columns), load, news: load };
}

/** @param {string[][]} packages @param {string} text */
function packageRows(packages, text) {
  const rows = packages.filter(([name]) => name.toLowerCase().includes(text.trim().toLowerCase()));
  return { rows, found: rows.length, total: packages.length };
}

/** @param {any} data */
function drawInputs({ inputs, more_inputs: more }) {
  const title = element('b', 'page-subtitle', {}, 'Inputs');
  const bar = element('div', 'bar', {}, title, element('span', 'small', {}, `${inputs.length + more}`));
  if (!inputs.length) {
    return [bar, element('p', 'note', {}, 'No data noted: tell with mlt.log_input(mlt.data.from_pandas(df)).')];
  }
  return [bar, ...inputs.map(drawInput)];
}

/** @param {any} input */
function drawInput(input) {
  const context = input.context ? [element('span', 'page-label', {}, input.context)] : [];
  const name = element('b', '', {}, input.name);
  const digest = element('code', 'small', { title: 'Digest of the content' }, input.digest);
  const who = element('div', 'bar', {}, name, ...context, digest);
  const pairs = [['Source', input.source], ...input.profile, ...input.tags];
  const facts = factList(pairs.map(([label, text]) => ({ label, text })));
  const parts = [who, facts];
  if (input.columns.length) {
    const rows = input.columns.map((/** @type {string[]} */ [column, kind]) =>
      element('tr', '', {}, element('th', '', { scope: 'row' }, column), element('td', '', {}, kind))
    );
    const grid = element('table', 'page-grid page-narrow', {}, ...rows);
    const table = element('div', 'page-scroll', {}, grid);
    const words = element('summary', '', {}, `Schema: ${input.columns.length} columns`);
    parts.push(element('details', 'page-fold', {}, words, table));
  } else if (input.schema) {
    const words = element('summary', '', {}, 'Schema');
    const text = element('pre', 'page-pre', {}, input.schema);
    parts.push(element('details', 'page-fold', {}, words, text));
  }
  return element('div', 'page-box', {}, ...parts);
}
