// @ts-check
/** The header of a run's page: who the run is, how it is, and what can be done with it. */

import { element } from '../elements.js';
import { elapsedSince } from '../times.js';
import { copyButton } from './copying.js';
import { editor } from './editing.js';

export class PageHeader {
  /** @param {import('./run_page.js').Context} context */
  constructor(context) {
    this.context = context;
    this.el = element('header', 'page-head');
    this.clock = element('span', 'small');
    this.isEditing = false;
  }

  draw() {
    if (this.isEditing) {
      return;
    }
    const head = this.context.head();
    const { glyph, word, tone } = head.status;
    const parts = [
      element('b', 'page-title', { title: head.run_id }, head.title),
      this.pencil(),
      element('span', 'page-status', { 'data-tone': tone }, `${glyph} ${word}`),
      this.clock,
      copyButton('Copy run id', () => head.run_id),
      element('span', 'small', {}, head.experiment),
      element('span', 'page-space')
    ];
    if (head.back) {
      parts.push(this.action(`← ${head.back}`, `Back to ${head.back}`, 'back'));
    }
    if (head.parent) {
      const label = `↑ ${head.parent.label}`;
      const open = () => this.context.open(head.parent.run_id);
      parts.push(button(label, `Open parent ${head.parent.label}`, open));
    }
    if (!head.deleted) {
      parts.push(this.action('Register', 'Make a model of this run a registered version', 'register'));
    }
    parts.push(
      head.deleted
        ? this.action('Restore', 'Take the run out of the bin', 'restore')
        : this.action('Delete', 'Put the run in the bin; it can be restored', 'delete')
    );
    const bin = 'This run is in the bin. Restore brings it back until mlt.gc() empties the bin.';
    const told = head.deleted ? [element('p', 'page-bin', { role: 'status' }, bin)] : [];
    this.el.replaceChildren(element('div', 'page-who', {}, ...parts), ...told);
    this.tick();
  }

  /** The run's age goes on while it does. */
  tick() {
    const head = this.context.head();
    this.clock.textContent = head.running ? elapsedSince(head.started) : `in ${head.took ?? '?'}`;
  }

  pencil() {
    const { deleted } = this.context.head();
    const open = (/** @type {string} */ name) => {
      this.isEditing = true;
      const form = editor({
        label: 'Name of the run',
        value: name,
        save: text => this.context.ask('rename', { name: text }),
        close: () => {
          this.isEditing = false;
          this.draw();
          this.el.querySelector('button')?.focus();
        }
      });
      this.el.querySelector('.jp-mltrack-page-who')?.replaceChildren(form);
      form.querySelector('input')?.select();
    };
    const pencil = button('✎', 'Edit the name', () => {
      const asked = this.context.ask('text', { of: 'name' });
      asked.then(({ text }) => open(text), this.context.fail);
    });
    pencil.classList.add('jp-mltrack-page-icon');
    pencil.hidden = deleted;
    return pencil;
  }

  /** @param {string} label @param {string} hint @param {string} kind */
  action(label, hint, kind) {
    return button(label, hint, () => this.context.ask(kind).catch(this.context.fail));
  }
}

/** @param {string} label @param {string} hint @param {() => void} click */
function button(label, hint, click) {
  const made = element('button', 'button', { type: 'button', title: hint }, label);
  made.setAttribute('aria-label', hint);
  made.addEventListener('click', click);
  return made;
}
