// @ts-check
/** How the code of two runs differs: choose them, read the changed cells. */

import { Asker } from '../asking.js';
import { element } from '../elements.js';

/** @typedef {{title: string, change: string, lines: [string, string][]}} CellDiff */
/** @typedef {{before: number, after: number, note: string, cells: CellDiff[],
 *   facts: {label: string, before: string, after: string}[]}} Diff
 */

const KINDS = /** @type {Record<string, string>} */ ({ '-': 'removed', '+': 'added', '@': 'gap' });
const SPOKEN = /** @type {Record<string, string>} */ ({ '-': 'removed: ', '+': 'added: ' });

/** @param {CellDiff} cell */
function linesOf(cell) {
  const lines = cell.lines.map(([sign, text]) => {
    const kind = KINDS[sign] ?? 'equal';
    const mark = element('span', 'code-sign', { 'aria-hidden': 'true' }, sign === '@' ? '⋯' : sign);
    const spoken = element('span', 'code-spoken', {}, SPOKEN[sign] ?? '');
    return element('div', `code-line code-${kind}`, {}, mark, spoken, text);
  });
  return element('div', 'code-lines', { tabindex: '0', role: 'region', 'aria-label': cell.title }, ...lines);
}

/** @param {CellDiff} cell */
function cellOf(cell) {
  const title = element('div', 'code-title', {}, cell.title, ' ',
    element('span', `code-badge code-badge-${cell.change}`, {}, cell.change));
  return element('div', 'code-cell', {}, title, linesOf(cell));
}

/** Cells that are the same, folded. @param {CellDiff[]} cells */
function sameCells(cells) {
  const words = cells.length === 1 ? '1 cell is the same' : `${cells.length} cells are the same`;
  return element('details', 'code-same', {}, element('summary', '', {}, words),
    ...cells.map(cell => element('details', '', {}, element('summary', '', {}, cell.title), linesOf(cell))));
}

/** @param {Diff} diff */
function factsOf(diff) {
  const rows = diff.facts.map(({ label, before, after }) => element('tr', '', {},
    element('th', '', { scope: 'row' }, label), element('td', '', {}, before),
    before === after
      ? element('td', 'small', { colspan: '2' }, 'the same in both')
      : element('td', '', { 'aria-label': 'becomes' }, '→'),
    ...(before === after ? [] : [element('td', 'code-other', {}, after)])));
  return element('table', 'code-facts', {}, element('tbody', '', {}, ...rows));
}

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} given */
function render({ model, el }) {
  const late = element('div', 'note', { role: 'status' });
  const asker = new Asker(model, words => { late.textContent = words; });
  const error = element('div', 'error', { role: 'alert' });
  const place = element('div');
  const heads = /** @type {{label: string}[]} */ (model.get('heads'));
  const selects = ['From', 'to'].map(words => {
    const select = /** @type {HTMLSelectElement} */ (element('select', 'input', {}));
    select.append(...heads.map((head, at) => new Option(head.label, String(at))));
    select.addEventListener('change', () => choose());
    return { select, label: element('label', 'small', {}, `${words} `, select) };
  });
  const [before, after] = selects.map(one => one.select);
  const choose = async () => {
    try {
      await asker.ask('pair', { before: Number(before.value), after: Number(after.value) });
      error.textContent = '';
    } catch (fault) {
      error.textContent = /** @type {Error} */ (fault).message;
    }
  };
  const swap = element('button', 'button', { type: 'button', title: 'Swap', 'aria-label': 'Swap the runs' }, '⇄');
  swap.addEventListener('click', () => {
    [before.value, after.value] = [after.value, before.value];
    choose();
  });
  const draw = () => {
    const diff = /** @type {Diff} */ (model.get('diff'));
    before.value = String(diff.before);
    after.value = String(diff.after);
    const changed = diff.cells.filter(cell => cell.change !== 'same');
    const same = diff.cells.filter(cell => cell.change === 'same');
    const words = diff.note || (diff.cells.length && !changed.length ? 'No cell differs.' : '');
    place.replaceChildren(factsOf(diff), element('p', 'note', {}, words), ...changed.map(cellOf),
      ...(same.length ? [sameCells(same)] : []));
  };
  model.on('change:diff', draw);
  draw();
  const bar = element('div', 'bar', {}, selects[0].label, swap, selects[1].label);
  bar.hidden = !heads.length;
  el.append(element('div', 'panel code', { 'data-lm-suppress-shortcuts': 'true' }, bar, late, error, place));
  return () => {
    model.off('change:diff', draw);
    asker.dispose();
  };
}

export default { render };
