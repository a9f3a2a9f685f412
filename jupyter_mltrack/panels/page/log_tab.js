// @ts-check
/** The Log tab: what the cell printed, and its traceback. */

import { element } from '../elements.js';
import { copyButton } from './copying.js';
import { whenNew } from './when_new.js';

/** @param {import('./run_page.js').Context} context @returns {import('./run_page.js').Tab} */
export function logTab(context) {
  const el = element('div');
  const draw = whenNew(data => el.replaceChildren(...drawLogs(data, context)));
  const isRunning = () => Boolean(context.head().running);
  const load = () =>
    void context.ask('log').then(data => draw({ ...data, isRunning: isRunning() }), context.fail);
  return { el, load, news: load };
}

/** @param {any} data @param {import('./run_page.js').Context} context */
function drawLogs({ logs, figures, isRunning }, context) {
  const parts = logs.map(drawLog);
  if (!logs.length) {
    const words = isRunning
      ? 'Nothing yet: %%track keeps what a cell prints when the cell ends.'
      : 'No output was kept: %%track on a cell keeps what it prints, and its traceback.';
    parts.push(element('p', 'note', {}, words));
  }
  if (figures) {
    const words = figures === 1 ? '1 figure is' : `${figures} figures are`;
    const open = element('button', 'page-link', { type: 'button' }, `${words} among the artifacts`);
    open.addEventListener('click', () => context.go('files'));
    parts.push(open);
  }
  return parts;
}

/** @param {{title: string, text: string, note: string}} log */
function drawLog({ title, text, note }) {
  const name = element('b', 'page-subtitle', {}, title);
  const bar = element('div', 'bar', {}, name, ...(text ? [copyButton(`Copy ${title}`, () => text)] : []));
  const block = element('pre', 'page-pre page-log', { tabindex: '0' }, text);
  block.hidden = !text;
  const box = element('section', 'page-table', {}, bar, element('p', 'note', {}, note), block);
  box.setAttribute('aria-label', title);
  return box;
}
