// @ts-check
/** The tags of a run: the reader's own are edited in place, the tracker's are folded. */

import { element } from '../elements.js';
import { editor } from './editing.js';
import { valueCell } from './value_table.js';

export class TagList {
  /** @param {import('./run_page.js').Context} context */
  constructor(context) {
    this.context = context;
    this.tags = /** @type {any[]} */ ([]);
    this.isEditing = false;
    this.body = element('div');
    this.add = element('button', 'button', { type: 'button' }, '+ Tag');
    this.add.setAttribute('aria-label', 'Add a tag');
    this.add.addEventListener('click', () => this.addTag());
    const bar = element('div', 'bar', {}, element('b', 'page-subtitle', {}, 'Tags'), this.add);
    this.el = element('section', 'page-table', { 'aria-label': 'Tags' }, bar, this.body);
  }

  /** @param {any[]} tags */
  update(tags) {
    this.tags = tags;
    if (!this.isEditing) {
      this.draw();
    }
  }

  draw() {
    this.add.hidden = this.context.head().deleted;
    const own = this.tags.filter(tag => !tag.ours);
    const ours = this.tags.filter(tag => tag.ours);
    const parts = own.length
      ? [element('table', 'page-grid', {}, ...own.map(tag => this.row(tag)))]
      : [element('p', 'note', {}, 'No tags of yours.')];
    if (ours.length) {
      const words = ours.length === 1 ? '1 tag' : `${ours.length} tags`;
      const title = element('summary', 'small', {}, `${words} set by the tracker`);
      const table = element('table', 'page-grid', {}, ...ours.map(tag => this.row(tag)));
      parts.push(element('details', 'page-fold', {}, title, table));
    }
    this.body.replaceChildren(...parts);
  }

  /** @param {any} tag */
  row(tag) {
    const { key, label } = tag;
    const whole = () => this.context.ask('whole', { table: 'tags', key });
    const value = valueCell(tag, whole);
    const row = element('tr', '', {}, element('th', '', { scope: 'row', title: key }, label), value);
    if (tag.ours || this.context.head().deleted) {
      return row;
    }
    const edit = icon('✎', `Edit tag ${label}`, async () => {
      const asked = this.context.ask('text', { of: 'tag', key });
      await asked.then(({ text }) => this.edit(row, key, text), this.context.fail);
    });
    const remove = icon('×', `Remove tag ${label}`, () => {
      this.context.ask('untag', { key }).catch(this.context.fail);
    });
    row.append(element('td', 'page-actions', {}, edit, remove));
    return row;
  }

  /** @param {HTMLElement} row @param {string} key @param {string} value */
  edit(row, key, value) {
    this.isEditing = true;
    const form = editor({
      label: `Value of tag ${key}`,
      value,
      isLong: /[\r\n]/.test(value), // a field of one line would lose its breaks
      save: text => this.context.ask('tag', { key, value: text }),
      close: () => this.close()
    });
    const cell = element('td', '', { colspan: '2' }, form);
    row.replaceChildren(element('th', '', { scope: 'row' }, key), cell);
    /** @type {HTMLInputElement | null} */ (form.querySelector('input, textarea'))?.select();
  }

  /** A new tag is typed as `name = value`. */
  addTag() {
    this.isEditing = true;
    const form = editor({
      label: 'New tag, as name = value',
      value: '',
      save: text => {
        const at = text.indexOf('=');
        if (at < 1) {
          return Promise.reject(new Error('Write it as name = value.'));
        }
        const [key, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
        return this.context.ask('tag', { key, value });
      },
      close: () => this.close()
    });
    const field = form.querySelector('input');
    field?.setAttribute('placeholder', 'name = value');
    this.body.prepend(form);
    field?.focus();
  }

  close() {
    this.isEditing = false;
    this.draw();
    this.add.focus();
  }
}

/** @param {string} glyph @param {string} hint @param {() => void} click */
function icon(glyph, hint, click) {
  const made = element('button', 'page-icon button', { type: 'button', title: hint }, glyph);
  made.setAttribute('aria-label', hint);
  made.addEventListener('click', click);
  return made;
}
