// @ts-check
/** The tools of the whole table: what it is grouped by, its columns, deleted runs, code. */

import { element } from '../elements.js';
import { openChooser, openCode } from './chooser.js';

/**
 * @typedef {(kind: string, details?: Record<string, unknown>) => Promise<any>} Tell
 * asks the kernel; null if that failed, which the table then says.
 */

export class Toolbar {
  /**
   * @param {() => any} head of the table as it is now
   * @param {Tell} tell
   * @param {(language: string) => Promise<string>} code
   */
  constructor(head, tell, code) {
    this.group = /** @type {HTMLSelectElement} */ (element('select', 'input runs-group-by'));
    this.group.setAttribute('aria-label', 'Group by');
    this.fold = tool('⊟', 'Collapse all', () => tell('expand_all', { open: false }));
    this.unfold = tool('⊞', 'Expand all', () => tell('expand_all', { open: true }));
    this.columns = tool('Columns', 'Which columns are shown', () => {
      const { all_columns: choices, is_default: isDefault } = head();
      openChooser(this.columns, choices, isDefault, ids => tell('columns', { ids }));
    });
    this.columns.setAttribute('aria-haspopup', 'dialog');
    this.deleted = tool('Deleted', 'Show the deleted runs instead', () =>
      tell('deleted', { on: !head().deleted })
    );
    this.code = tool('As code', 'This search as Python or SQL', () => openCode(this.code, code));
    this.code.setAttribute('aria-haspopup', 'dialog');
    this.group.addEventListener('change', () =>
      tell('group', { column: this.group.value || null })
    );
    this.el = element(
      'div', 'runs-tools', {}, this.group, this.unfold, this.fold, this.columns, this.deleted,
      this.code
    );
    this.groups = '';
  }

  /** @param {any} head */
  show(head) {
    const groups = JSON.stringify(head.groups);
    if (groups !== this.groups) {
      this.groups = groups;
      const options = [{ id: '', label: 'No groups' }, ...head.groups].map(({ id, label }) =>
        element('option', '', {}, id ? `By ${label}` : label)
      );
      options.forEach((option, place) => {
        option.setAttribute('value', place ? head.groups[place - 1].id : '');
      });
      this.group.replaceChildren(...options);
    }
    this.group.value = head.group ?? '';
    this.group.hidden = !head.groups.length || !head.total;
    const isTree = Boolean(head.group || head.nested);
    this.fold.hidden = !isTree;
    this.unfold.hidden = !isTree;
    this.deleted.setAttribute('aria-pressed', String(head.deleted));
    this.code.hidden = !head.actions.includes('code');
  }
}

/**
 * @param {string} words
 * @param {string} hint
 * @param {() => void} act
 */
export function tool(words, hint, act) {
  const button = element('button', 'button', { type: 'button', title: hint }, words);
  if (words.length === 1) {
    button.setAttribute('aria-label', hint);
    button.classList.add('jp-mltrack-runs-icon');
  }
  button.addEventListener('click', act);
  return button;
}
