// @ts-check
/** The Code tab: the run's own cell, the commit, and the cells executed before it, folded. */

import { element } from '../elements.js';
import { codeBlock, diffBlock } from './code_block.js';
import { copyButton } from './copying.js';
import { factList } from './overview_tab.js';
import { whenNew } from './when_new.js';

/** @typedef {import('./run_page.js').Context} Context */

/** @param {Context} context @returns {import('./run_page.js').Tab} */
export function codeTab(context) {
  const el = element('div');
  const draw = whenNew(data => el.replaceChildren(...drawCode(data, context)));
  return { el, load: () => void context.ask('code').then(draw, context.fail) };
}

/** @param {any} data @param {Context} context */
function drawCode(data, context) {
  return [
    ownCell(data),
    origin(data),
    ...data.patches.map((/** @type {string} */ path) => patch(path, context)),
    ...earlierCells(data, context)
  ];
}

/** @param {any} data */
function ownCell({ own, own_cut: isCut, is_notebook: isNotebook }) {
  const box = element('section', 'page-table', { 'aria-label': "The run's own cell" });
  if (own === null) {
    const words = isNotebook
      ? 'The cell of this run is not known: it began outside a cell, or was brought from elsewhere.'
      : 'No cell: this run began in a script.';
    box.append(element('p', 'note', {}, words));
    return box;
  }
  const title = element('b', 'page-subtitle', {}, "The run's own cell");
  box.append(element('div', 'bar', {}, title, copyButton('Copy the cell', () => own)));
  const block = codeBlock(own);
  block.classList.add('jp-mltrack-page-own');
  box.append(block, ...(isCut ? [element('p', 'note', {}, 'Only its beginning is shown.')] : []));
  return box;
}

/** @param {any} data */
function origin({ notebook, is_notebook: isNotebook, git }) {
  const facts = [{ label: isNotebook ? 'Notebook' : 'Script', text: notebook || 'not known' }];
  if (git) {
    facts.push({ label: 'Commit', text: git.commit }, { label: 'Branch', text: git.branch });
    facts.push({ label: 'Files', text: git.state }, { label: 'Remote', text: git.remote });
  } else {
    facts.push({ label: 'Commit', text: 'none: it ran outside a git checkout' });
  }
  return factList(facts.filter(({ text }) => text));
}

/** A diff that was logged, read when it is opened. @param {string} path @param {Context} context */
function patch(path, context) {
  const fold = element('details', 'page-fold', {}, element('summary', '', {}, path));
  fold.addEventListener('toggle', () => {
    if (fold.childElementCount === 1) {
      const show = (/** @type {any} */ { text, note }) =>
        fold.append(text === undefined ? element('p', 'note', {}, note) : diffBlock(text));
      context.ask('preview', { path }).then(show, context.fail);
    }
  });
  return fold;
}

/** @param {any} data @param {Context} context */
function earlierCells({ cells, earlier }, context) {
  if (!cells.length) {
    return [];
  }
  const count = cells.length + earlier;
  const words = count === 1 ? '1 cell' : `${count} cells`;
  const parts = cells.map((/** @type {any} */ cell) => foldedCell(cell, context));
  if (earlier) {
    parts.unshift(element('p', 'note', {}, `${earlier} earlier cells are not listed.`));
  }
  const title = element('summary', '', {}, `${words} executed before it in this session`);
  return [element('details', 'page-fold page-cells', {}, title, ...parts)];
}

/** @param {any} cell @param {Context} context */
function foldedCell({ number, count, took, failed, line }, context) {
  const place = element('span', 'small page-count', {}, count || `${number}.`);
  const code = element('code', 'page-first', {}, line);
  const state = element('span', 'small', {}, failed ? `✗ failed · ${took}` : took);
  const fold = element('details', 'page-cell', {}, element('summary', '', {}, place, code, state));
  fold.addEventListener('toggle', () => {
    if (fold.childElementCount === 1) {
      const show = (/** @type {any} */ { source }) => {
        const copy = copyButton(`Copy cell ${number}`, () => source);
        fold.append(element('div', 'page-copied', {}, copy, codeBlock(source)));
      };
      context.ask('cell', { number }).then(show, context.fail);
    }
  });
  return fold;
}
