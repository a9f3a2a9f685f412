// @ts-check
/** A look into one file: a picture, text, a table, cells, or why there is none; and how to load it. */

import { element } from '../elements.js';
import { codeBlock } from './code_block.js';
import { copyButton, saveAs } from './copying.js';

// A picture is shown only as one of these, whatever the kernel says.
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export class Preview {
  /** @param {import('./run_page.js').Context} context */
  constructor(context) {
    this.context = context;
    this.url = '';
    this.kind = '';
    this.path = '';
    const words = 'Choose a file to look into it.';
    this.el = element('section', 'page-preview', {}, element('p', 'note', {}, words));
    this.el.setAttribute('aria-label', 'Preview');
    this.el.setAttribute('aria-live', 'polite');
  }

  /** The reader comes back to this tab. */
  back() {
    this.context.below(this.kind === 'plotly' ? 'figure' : '');
  }

  /** @param {string} path */
  async show(path) {
    this.path = path;
    this.context.below('');
    this.el.setAttribute('aria-busy', 'true');
    try {
      const file = await this.context.ask('preview', { path });
      this.draw(file);
    } catch (error) {
      this.kind = '';
      const name = element('b', 'page-subtitle', {}, path.split('/').pop() ?? path);
      const words = /** @type {Error} */ (error).message;
      this.el.replaceChildren(name, element('p', 'error', { role: 'alert' }, words));
    }
    this.el.removeAttribute('aria-busy');
  }

  /** @param {any} file */
  draw(file) {
    this.dispose();
    this.kind = file.kind;
    this.back();
    const title = element('b', 'page-subtitle', { title: file.path }, file.label);
    const save = element('button', 'button', { type: 'button' }, 'Download');
    const trouble = element('p', 'error', { role: 'alert' });
    save.addEventListener('click', () => this.download(file.path, trouble));
    const bar = element('div', 'bar', {}, title, save);
    const text = file.text ?? '';
    if (file.kind === 'text') {
      bar.append(copyButton('Copy the text', () => text));
    }
    const note = element('p', 'note', {}, file.note);
    this.el.replaceChildren(bar, trouble, ...this.content(file), note, snippet(file.snippet));
  }

  /** @param {any} file @returns {HTMLElement[]} */
  content(file) {
    if (file.kind === 'image' && PICTURES.has(file.type)) {
      this.url = URL.createObjectURL(new Blob([file.buffers[0]], { type: file.type }));
      return [element('img', 'page-picture', { src: this.url, alt: file.label })];
    }
    if (file.kind === 'text') {
      const isPython = file.path.endsWith('.py');
      return [isPython ? codeBlock(file.text) : element('pre', 'page-pre', {}, file.text)];
    }
    if (file.kind === 'table') {
      return [tableOf(file)];
    }
    if (file.kind === 'cells') {
      return file.cells.map(cellOf);
    }
    return file.kind === 'plotly' ? [element('p', 'note', {}, 'The figure is below.')] : [];
  }

  /** @param {string} path @param {HTMLElement} trouble */
  async download(path, trouble) {
    trouble.textContent = '';
    try {
      const { name, buffers } = await this.context.ask('download', { path });
      saveAs(buffers[0] ?? new DataView(new ArrayBuffer(0)), name);
    } catch (error) {
      trouble.textContent = /** @type {Error} */ (error).message;
    }
  }

  dispose() {
    if (this.url) {
      URL.revokeObjectURL(this.url);
      this.url = '';
    }
  }
}

/** @param {string} code */
function snippet(code) {
  const title = element('span', 'small', {}, 'Load it');
  const bar = element('div', 'bar', {}, title, copyButton('Copy the code', () => code));
  return element('div', 'page-snippet', {}, bar, codeBlock(code));
}

/** @param {any} file */
function tableOf({ columns, rows }) {
  const heads = columns.map((/** @type {any} */ one) => {
    const kind = element('span', 'small', {}, one.kind.toLowerCase());
    const attributes = { scope: 'col' };
    return element('th', one.numeric ? 'page-number' : '', attributes, one.label, ' ', kind);
  });
  const lines = rows.map((/** @type {(string | null)[]} */ row) =>
    element('tr', '', {}, ...columns.map((/** @type {any} */ one, /** @type {number} */ at) =>
      element('td', one.numeric ? 'page-number' : '', {}, row[at] ?? '')
    ))
  );
  const head = element('thead', '', {}, element('tr', '', {}, ...heads));
  const table = element('table', 'page-grid page-narrow', {}, head, element('tbody', '', {}, ...lines));
  return element('div', 'page-scroll page-rows', { tabindex: '0' }, table);
}

/** @param {{kind: string, source: string}} cell */
function cellOf({ kind, source }) {
  const block = kind === 'code' ? codeBlock(source) : element('pre', 'page-pre', {}, source);
  return element('div', 'page-notebook-cell', {}, element('span', 'small', {}, kind), block);
}
