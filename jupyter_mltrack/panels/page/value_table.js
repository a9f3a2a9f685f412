// @ts-check
/** A table of names and values with a filter and a copy button; long ones are cut by the kernel. */

import { element, sparkline } from '../elements.js';
import { copyButton } from './copying.js';

const FEWEST_FOR_FILTER = 8;
const TYPING_MS = 150;

/** @typedef {{rows: any[], found: number, total: number}} Rows */
/** @typedef {[label: string, cell: (row: any) => HTMLElement, text: (row: any) => string,
 *   isNumber?: boolean]} Column */

export class ValueTable {
  /**
   * @param {string} title
   * @param {Column[]} columns
   * @param {string} empty what is said where there are no rows
   * @param {(text: string) => Promise<Rows>} find asks for the rows whose name holds a text
   */
  constructor(title, columns, empty, find) {
    this.columns = columns;
    this.empty = empty;
    this.find = find;
    this.rows = /** @type {any[]} */ ([]);
    this.title = element('b', 'page-subtitle', {}, title);
    this.count = element('span', 'small', { role: 'status' });
    this.filter = /** @type {HTMLInputElement} */ (
      element('input', 'input page-filter', { type: 'search', placeholder: 'Filter' })
    );
    this.filter.setAttribute('aria-label', `Filter ${title.toLowerCase()}`);
    this.copy = copyButton(`Copy ${title.toLowerCase()}`, () => this.asText());
    const bar = element('div', 'bar', {}, this.title, this.count, this.filter, this.copy);
    this.body = element('div', 'page-scroll');
    this.el = element('section', 'page-table', {}, bar, this.body);
    this.el.setAttribute('aria-label', title);
    let timer = 0;
    this.filter.addEventListener('input', () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => this.search(), TYPING_MS);
    });
  }

  /** @param {Rows} data */
  update(data) {
    if (this.filter.value) {
      this.search();
    } else {
      this.draw(data);
    }
  }

  search() {
    this.find(this.filter.value).then(
      data => this.draw(data),
      error => (this.count.textContent = error.message)
    );
  }

  /** @param {Rows} data */
  draw({ rows, found, total }) {
    this.rows = rows;
    const part = found < total ? `${found.toLocaleString('en')} of ` : '';
    const cut = rows.length < found ? `, the first ${rows.length} shown` : '';
    this.count.textContent = `${part}${total.toLocaleString('en')}${cut}`;
    this.filter.hidden = total < FEWEST_FOR_FILTER;
    this.copy.hidden = total === 0;
    if (!rows.length) {
      const words = total ? 'None has this text in its name.' : this.empty;
      this.body.replaceChildren(element('p', 'note', {}, words));
      return;
    }
    const heads = this.columns.map(([label, , , isNumber]) =>
      element('th', isNumber ? 'page-number' : '', { scope: 'col' }, label)
    );
    const lines = rows.map(row =>
      element('tr', '', {}, ...this.columns.map(([, cell]) => cell(row)))
    );
    const head = element('thead', '', {}, element('tr', '', {}, ...heads));
    const body = element('tbody', '', {}, ...lines);
    this.body.replaceChildren(element('table', 'page-grid', {}, head, body));
  }

  /** Names and values, to be put into a spreadsheet. */
  asText() {
    return this.rows.map(row => this.columns.map(one => one[2](row)).join('\t')).join('\n');
  }
}

/**
 * A value; one that was cut can be asked for in full.
 * @param {{value: string, cut: boolean}} row
 * @param {() => Promise<any>} whole
 */
export function valueCell(row, whole) {
  const text = element('span', 'page-value', {}, row.value || "''");
  const cell = element('td', '', {}, text);
  if (row.cut) {
    const more = element('button', 'page-link', { type: 'button' }, '… show all');
    more.addEventListener('click', () =>
      whole().then(answer => {
        row.value = text.textContent = answer.text;
        more.remove();
      })
    );
    cell.append(more);
  }
  return cell;
}

/** The columns of metrics. @param {() => string} colour @returns {Column[]} */
export function metricColumns(colour) {
  const number = (/** @type {string} */ text, hint = '') =>
    element('td', 'page-number', { title: hint }, text);
  const [none, nothing] = [() => '', () => element('td')];
  return [
    ['Metric', row => element('th', '', { scope: 'row', title: row.key }, row.label), r => r.key],
    ['Last', row => number(row.text, `${row.exact} at step ${row.step}`), row => row.exact, true],
    ['Min', row => number(row.extremes[0]), row => row.extremes[0], true],
    ['Max', row => number(row.extremes[1]), row => row.extremes[1], true],
    ['Points', row => number(row.points), row => row.points, true],
    [
      '',
      row => {
        const cell = nothing();
        cell.append(...(row.lines.length ? [sparkline(row.lines, colour())] : []));
        return cell;
      },
      none
    ]
  ];
}
