// @ts-check
/** The forms that move a version to a stage, and roll a stage back. */

import { element } from '../elements.js';

/** @typedef {{gate: string, passed: boolean, said: string}} Gate */
/** @typedef {import('./registry_view.js').Context} Context */

/**
 * Moves a version: what the gates say, a comment, and what becomes of the version that is there.
 * @param {Context} context
 * @param {{version: number, stage: string}} row
 * @param {string} stage
 * @param {() => void} close
 */
export function moveForm(context, row, stage, close) {
  const { standing, still } = context.page();
  const others = standing.find((/** @type {any} */ one) => one.stage === stage);
  const archive = /** @type {HTMLInputElement} */ (element('input', '', { type: 'checkbox' }));
  const canArchive = others !== undefined && !still.includes(stage);
  const words = ` Archive what is in ${stage} now: version ${others?.version}`;
  const more = others?.others ? ` and ${others.others} more` : '';
  const tick = element('label', 'registry-tick', {}, archive, words + more);
  archive.checked = canArchive;
  const title = `Move version ${row.version} from ${row.stage} to ${stage}`;
  const details = () => ({ version: row.version, stage, archive: archive.checked });
  const form = new DecisionForm(title, canArchive ? [tick] : [], close, sent =>
    context.ask('move', { ...details(), ...sent })
  );
  form.gates.textContent = 'Asking the gates …';
  context.ask('gates', { version: row.version, stage }).then(
    answer => form.showGates(answer.gates),
    error => {
      form.gates.textContent = '';
      form.trouble.textContent = error.message;
    }
  );
  return form.el;
}

/**
 * Brings back what was in a stage before.
 * @param {Context} context
 * @param {{stage: string, version: number}} one
 * @param {() => void} close
 */
export function rollBackForm(context, { stage, version }, close) {
  const title = `Roll back ${stage}`;
  const words = `The version that was in ${stage} before version ${version} comes back; version ${version} becomes Archived.`;
  const note = element('p', 'registry-said', {}, words);
  const form = new DecisionForm(title, [note], close, sent =>
    context.ask('roll_back', { stage, ...sent })
  );
  return form.el;
}

/** A comment, what the gates say, and the reason to go on although one of them says no. */
class DecisionForm {
  /**
   * @param {string} title
   * @param {HTMLElement[]} parts of its own
   * @param {() => void} close
   * @param {(sent: Record<string, unknown>) => Promise<any>} decide
   */
  constructor(title, parts, close, decide) {
    this.close = close;
    this.decide = decide;
    this.isBusy = false;
    this.isRefused = false;
    this.gates = element('div', 'registry-gates', { role: 'status' });
    this.trouble = element('p', 'error', { role: 'alert' });
    this.comment = inputOf('Comment');
    this.override = inputOf('Reason to override');
    this.reason = labelled('Reason to override the gates, kept in the history', this.override);
    this.reason.hidden = true;
    const confirm = element('button', 'button registry-confirm', { type: 'submit' }, 'Confirm');
    this.confirm = /** @type {HTMLButtonElement} */ (confirm);
    const cancel = element('button', 'button', { type: 'button' }, 'Cancel');
    cancel.addEventListener('click', close);
    this.el = element(
      'form',
      'registry-form',
      { 'aria-label': title },
      element('b', '', {}, title),
      this.gates,
      ...parts,
      labelled('Comment', this.comment),
      this.reason,
      this.trouble,
      element('div', 'bar', {}, confirm, cancel)
    );
    this.listen();
  }

  listen() {
    this.override.addEventListener('input', () => this.allow());
    this.el.addEventListener('submit', event => {
      event.preventDefault();
      this.submit();
    });
    this.el.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this.close();
      } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
        event.preventDefault(); // JupyterLab keeps a form from being submitted by this key
        this.submit();
      }
    });
  }

  /** @param {Gate[]} gates */
  showGates(gates) {
    this.isRefused = gates.some(one => !one.passed);
    this.gates.replaceChildren(...gates.map(gateLine));
    this.reason.hidden = !this.isRefused;
    this.allow();
  }

  allow() {
    this.confirm.disabled = this.isRefused && !this.override.value.trim();
  }

  async submit() {
    if (this.isBusy || this.confirm.disabled) {
      return;
    }
    this.isBusy = this.confirm.disabled = true;
    this.trouble.textContent = '';
    const override = this.isRefused ? this.override.value.trim() : '';
    try {
      const { gates } = await this.decide({ comment: this.comment.value, override });
      if (!gates) {
        this.close();
        return;
      }
      this.showGates(gates);
      this.trouble.textContent = 'A gate says no. Nothing was moved.';
      this.override.focus();
    } catch (error) {
      this.trouble.textContent = /** @type {Error} */ (error).message;
    }
    this.isBusy = false;
    this.allow();
  }
}

/**
 * What a gate said: never by its colour alone.
 * @param {Gate} gate
 */
export function gateLine({ gate, passed, said }) {
  const mark = element('b', '', {}, passed ? '✔ ' : '✘ ');
  const word = element('span', 'registry-hidden', {}, passed ? 'passed: ' : 'failed: ');
  const name = element('span', 'small', {}, ` ${gate}`);
  return element('div', '', { 'data-tone': passed ? 'good' : 'bad' }, mark, word, said, name);
}

/** @param {string} label */
function inputOf(label) {
  const input = element('input', 'input registry-wide', { type: 'text', 'aria-label': label });
  return /** @type {HTMLInputElement} */ (input);
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function labelled(words, input) {
  return element('label', 'registry-field small', {}, words, input);
}
