// @ts-check
/** The first tab: what went wrong, what changed, params and metrics, tags and description. */

import { element } from '../elements.js';
import { codeBlock } from './code_block.js';
import { copyButton } from './copying.js';
import { editor } from './editing.js';
import { TagList } from './tag_list.js';
import { metricColumns, ValueTable, valueCell } from './value_table.js';

/** @typedef {import('./run_page.js').Context} Context */

/** @param {Context} context @returns {import('./run_page.js').Tab} */
export function overviewTab(context) {
  const rows = (/** @type {string} */ table) => (/** @type {string} */ filter) =>
    /** @type {Promise<any>} */ (context.ask('rows', { table, filter }));
  const whole = (/** @type {any} */ row) => () =>
    context.ask('whole', { table: 'params', key: row.key });
  const params = new ValueTable(
    'Parameters',
    [
      ['Parameter', row => nameCell(row), row => row.key],
      ['Value', row => valueCell(row, whole(row)), row => row.value]
    ],
    'No parameters: log some with mlt.log_params({…}).',
    rows('params')
  );
  const metrics = new ValueTable(
    'Metrics',
    metricColumns(() => context.head().colour),
    'No metrics: log some with mlt.log_metric("loss", 0.2, step=1).',
    rows('metrics')
  );
  const failure = failureBox(context);
  const changed = element('section', 'page-box', { 'aria-label': 'What changed' });
  const facts = element('div', 'page-facts-row');
  const description = descriptionBox(context);
  const tags = new TagList(context);
  const tables = element('div', 'page-columns', {}, params.el, metrics.el);
  const words = element('div', 'page-columns', {}, tags.el, description.el);
  const el = element('div', '', {}, failure.el, changed, facts, tables, words);
  const draw = () => {
    const data = context.overview();
    failure.update(data);
    changed.replaceChildren(...changesOf(data.changes, context));
    facts.replaceChildren(factList(data.facts), ...childrenOf(data, context));
    params.update(data.params);
    metrics.update(data.metrics);
    tags.update(data.tags);
    description.update(data.description);
  };
  return { el, load: draw, news: draw };
}

/** @param {any} row */
function nameCell(row) {
  return element('th', '', { scope: 'row', title: row.key }, row.label);
}

/** The message of a failed run at once; its traceback and its cell when the kernel sends them. */
function failureBox(/** @type {Context} */ context) {
  const el = element('section', 'page-box page-failure', { 'aria-label': 'Why it failed' });
  let shown = '';
  const update = (/** @type {any} */ { failed, error }) => {
    el.hidden = !failed;
    const key = failed ? `${context.head().run_id} ${error}` : '';
    if (!failed || key === shown) {
      return;
    }
    shown = key;
    const title = element('b', '', {}, '✗ This run failed');
    el.replaceChildren(title, ...(error ? [element('pre', 'page-message', {}, error)] : []));
    context.ask('failure').then(({ traceback, cell }) => {
      const parts = [folded('Traceback', element('pre', 'page-pre', {}, traceback), traceback)];
      parts.push(folded('Its cell', codeBlock(cell), cell));
      el.append(...parts.filter(part => part !== null));
      if (!traceback && !error) {
        el.append(element('p', 'small', {}, '%%track on a cell keeps the traceback, too.'));
      }
    }, context.fail);
  };
  return { el, update };
}

/**
 * @param {string} title
 * @param {HTMLElement} content
 * @param {string} text to copy; nothing is made if it is empty
 */
function folded(title, content, text) {
  if (!text) {
    return null;
  }
  const head = element('summary', '', {}, title, ' ', copyButton(`Copy ${title}`, () => text));
  const made = element('details', 'page-fold', { open: 'open' }, head, content);
  return made;
}

/** @param {any} changes @param {Context} context */
function changesOf(changes, context) {
  if (!changes) {
    return [element('b', '', {}, 'The first run here'), ' — there is none before it to compare.'];
  }
  const before = link(changes.since_name, `Open ${changes.since_name}`, () =>
    context.open(changes.since_id)
  );
  const parts = [element('div', '', {}, element('b', '', {}, 'Changed since '), before)];
  const { params, more_params: moreParams, same_params: same } = changes;
  const equal = same ? element('span', 'small', {}, `${same} equal`) : '';
  const none = params.length ? [] : [element('span', 'small', {}, 'none changed')];
  parts.push(line('Parameters', [...params.map(change), ...none, more(moreParams), equal]));
  if (changes.metrics.length) {
    parts.push(line('Metrics', [...changes.metrics.map(change), more(changes.more_metrics)]));
  }
  parts.push(line('Code', [verdict(changes.code)]), line('Data', [verdict(changes.data)]));
  return parts;
}

/** @param {string} label @param {(Node | string)[]} content */
function line(label, content) {
  const words = content.filter(Boolean);
  return element(
    'div',
    'page-line',
    {},
    element('span', 'small', {}, label),
    element('div', 'page-chips', {}, ...words)
  );
}

/** @param {any} one */
function change({ label, before, after, hint, delta, tone }) {
  const name = element('span', 'small', {}, label);
  const old = before === null ? '' : `${before} → `;
  const now = after === null ? element('i', '', {}, 'gone') : element('b', '', {}, after);
  const made = element('span', 'page-chip', { title: hint }, name, ' ', old, now);
  if (before === null) {
    made.append(' ', element('i', 'small', {}, 'new'));
  }
  if (delta) {
    made.append(' ', element('span', 'page-delta', { 'data-tone': tone }, delta));
  }
  return made;
}

/** @param {string} words */
function verdict(words) {
  const [first] = words.split(':');
  const tone = first === 'changed' ? 'changed' : 'quiet';
  const sign = { changed: '≠ ', same: '= ' }[first] ?? '';
  return element('span', 'page-chip', { 'data-tone': tone }, `${sign}${words}`);
}

/** @param {number} count */
function more(count) {
  return count ? element('span', 'small', {}, `+ ${count} more`) : '';
}

/** Pairs of a label and a text. @param {{label: string, text: string}[]} facts */
export function factList(facts) {
  const parts = facts.flatMap(({ label, text }) => {
    const value = element('dd', '', { title: text }, text);
    if (label === 'Run ID') {
      value.append(' ', copyButton('Copy this run id', () => text));
    }
    return [element('dt', 'small', {}, label), value];
  });
  return element('dl', 'page-facts', {}, ...parts);
}

/** @param {any} data @param {Context} context */
function childrenOf(data, context) {
  if (!data.children.length) {
    return [];
  }
  const links = data.children.map((/** @type {any} */ child) => {
    const made = link('', `Open ${child.label}`, () => context.open(child.run_id));
    const dot = element('span', 'page-dot');
    dot.style.background = child.colour;
    const state = element('span', 'page-status', { 'data-tone': child.tone }, child.glyph);
    state.setAttribute('title', child.word);
    made.append(dot, child.label, ' ', state);
    return made;
  });
  const count = data.children.length + data.more_children;
  const title = element('span', 'small', {}, count === 1 ? '1 run inside' : `${count} runs inside`);
  return [element('div', 'page-children', {}, title, ...links, more(data.more_children))];
}

/** @param {string} words @param {string} hint @param {() => void} click */
function link(words, hint, click) {
  const made = element('button', 'page-link', { type: 'button', title: hint }, words);
  made.setAttribute('aria-label', hint);
  made.addEventListener('click', click);
  return made;
}

/** The description as plain text, edited in place. */
function descriptionBox(/** @type {Context} */ context) {
  const body = element('div');
  let value = '';
  let isEditing = false;
  const edit = element('button', 'page-icon button', { type: 'button' }, '✎');
  edit.setAttribute('aria-label', 'Edit the description');
  const draw = () => {
    edit.hidden = isEditing || context.head().deleted;
    if (!isEditing) {
      const empty = element('p', 'note', {}, 'No description.');
      body.replaceChildren(value ? element('p', 'page-description', {}, value) : empty);
    }
  };
  const open = (/** @type {string} */ text) => {
    isEditing = true;
    const form = editor({
      label: 'Description',
      value: text,
      isLong: true,
      save: changed => context.ask('describe', { text: changed }),
      close: () => {
        isEditing = false;
        draw();
        edit.focus();
      }
    });
    body.replaceChildren(form);
    draw();
    form.querySelector('textarea')?.focus();
  };
  edit.addEventListener('click', () => {
    context.ask('text', { of: 'description' }).then(({ text }) => open(text), context.fail);
  });
  const bar = element('div', 'bar', {}, element('b', 'page-subtitle', {}, 'Description'), edit);
  const el = element('section', 'page-table', { 'aria-label': 'Description' }, bar, body);
  return {
    el,
    update: (/** @type {string} */ text) => {
      value = text;
      draw();
    }
  };
}
