// @ts-check
/** The versions of a model: each with its stage, aliases and metrics; details open below a row. */

import { element } from '../elements.js';
import { ago } from '../times.js';
import { chipsInPlace } from './in_place.js';
import { stageChip } from './models_list.js';
import { moveForm } from './stage_forms.js';
import { metricText, versionDetails } from './version_details.js';

/** @typedef {import('./registry_view.js').Context} Context */

export class VersionsTable {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.ticked = /** @type {Set<number>} */ (new Set());
    this.details = /** @type {Map<number, any>} */ (new Map());
    this.count = element('span', 'small', { role: 'status' });
    this.compare = /** @type {HTMLButtonElement} */ (
      element('button', 'button', { type: 'button' }, 'Compare')
    );
    this.compare.title = 'Compare the runs of the versions that are ticked';
    this.compare.dataset.focus = 'compare';
    this.compare.addEventListener('click', () =>
      context.tell('compare', { versions: [...this.ticked] })
    );
    const title = element('b', 'registry-subtitle', {}, 'Versions');
    const bar = element('div', 'bar', {}, title, this.count, this.compare);
    this.body = element('div', 'registry-body');
    this.el = element('section', '', { 'aria-label': 'Versions' }, bar, this.body);
  }

  /** Another model begins with nothing ticked and nothing open. */
  forget() {
    this.ticked.clear();
    this.details.clear();
  }

  /** @param {any} page */
  draw(page) {
    this.count.textContent = page.total.toLocaleString('en');
    this.allow();
    const base = page.baseline === null ? '' : `Beside version ${page.baseline}: ▲ more, ▼ less`;
    const metrics = page.metrics.map((/** @type {string} */ key) =>
      element('th', 'registry-number', { scope: 'col', title: base }, key)
    );
    const tick = element('span', 'registry-hidden', {}, 'Compare');
    const heads = [
      element('th', '', { scope: 'col' }, tick),
      ...['Version', 'Stage', 'Aliases', 'Registered'].map(textHead),
      ...metrics,
      textHead('Description')
    ];
    const table = element('table', 'registry-table', {}, element('thead', '', {}, ...heads));
    const lines = page.versions.flatMap((/** @type {any} */ row) => this.lines(row, page));
    table.append(element('tbody', '', {}, ...lines));
    const none = element('p', 'note', {}, 'No version yet: register the model of a run.');
    this.body.replaceChildren(page.total ? table : none);
    if (page.versions.length < page.total) {
      const more = element('button', 'button', { type: 'button' }, 'Show older versions');
      more.dataset.focus = 'more versions';
      more.addEventListener('click', () => this.context.tell('more', { trail: false }));
      this.body.append(more);
    }
  }

  allow() {
    this.compare.disabled = this.ticked.size < 2;
  }

  /**
   * The row of a version, one for the form of its stage, and one for its details.
   * @param {any} row
   * @param {any} page
   */
  lines(row, page) {
    const [form, details] = [6, 6].map(columns => {
      const cell = element('td', '', { colspan: String(columns + page.metrics.length) });
      const below = element('tr', 'registry-below', {}, cell);
      below.hidden = true;
      return below;
    });
    const line = element(
      'tr',
      '',
      { 'data-version': String(row.version) },
      this.tickCell(row),
      this.versionCell(row, details),
      this.stageCell(row, page, form),
      element('td', '', {}, this.aliases(row, page)),
      this.madeCell(row),
      ...row.metrics.map((/** @type {any} */ one) =>
        element('td', 'registry-number', {}, ...(one ? metricText(one) : ['–']))
      ),
      element('td', 'registry-about small', { title: row.description }, row.description)
    );
    return [line, form, details];
  }

  /** @param {any} row */
  tickCell({ version, run }) {
    const box = /** @type {HTMLInputElement} */ (element('input', '', { type: 'checkbox' }));
    box.setAttribute('aria-label', `Compare version ${version}`);
    box.checked = this.ticked.has(version);
    box.disabled = run === null;
    box.dataset.focus = `tick ${version}`;
    box.addEventListener('change', () => {
      box.checked ? this.ticked.add(version) : this.ticked.delete(version);
      this.allow();
    });
    return element('td', '', {}, box);
  }

  /**
   * Its number opens all about it.
   * @param {any} row
   * @param {HTMLElement} below the row that they are in
   */
  versionCell({ version, status }, below) {
    const cell = /** @type {HTMLElement} */ (below.firstElementChild);
    const arrow = element('span', 'registry-arrow', { 'aria-hidden': 'true' }, '▸');
    const button = element('button', 'registry-name', { type: 'button' }, arrow, ` ${version}`);
    button.setAttribute('aria-label', `Details of version ${version}`);
    button.dataset.focus = `version ${version}`;
    const show = (/** @type {any} */ facts) => {
      if (!cell.querySelector('textarea, input')) { // nobody writes there now
        cell.replaceChildren(versionDetails(this.context, facts));
        below.hidden = false;
      }
    };
    const read = () =>
      this.context.ask('version', { version }).then(
        facts => {
          this.details.has(version) && this.details.set(version, facts);
          below.isConnected && this.details.has(version) && show(facts);
        },
        error => {
          cell.replaceChildren(element('p', 'error', { role: 'alert' }, error.message));
          below.hidden = false;
        }
      );
    const mark = () => {
      const isOpen = this.details.has(version);
      button.setAttribute('aria-expanded', String(isOpen));
      arrow.textContent = isOpen ? '▾' : '▸';
    };
    button.addEventListener('click', () => {
      if (this.details.delete(version)) {
        below.hidden = true;
      } else {
        this.details.set(version, null);
        read();
      }
      mark();
    });
    mark();
    if (this.details.has(version)) {
      const known = this.details.get(version);
      known && show(known);
      read();
    }
    const made = element('td', '', {}, button);
    status && made.append(element('div', 'small', { 'data-tone': 'bad' }, status));
    return made;
  }

  /**
   * @param {any} row
   * @param {any} page
   * @param {HTMLElement} below the row that the form opens in
   */
  stageCell(row, page, below) {
    if (page.at !== null) {
      return element('td', '', {}, stageChip(row.stage, row.tone));
    }
    const choice = /** @type {HTMLSelectElement} */ (element('select', 'input registry-stage'));
    choice.setAttribute('aria-label', `Stage of version ${row.version}`);
    choice.dataset.tone = row.tone;
    choice.dataset.focus = `stage ${row.version}`;
    const known = page.stages.includes(row.stage) ? page.stages : [row.stage, ...page.stages];
    choice.append(
      ...known.map((/** @type {string} */ stage) => element('option', '', { value: stage }, stage))
    );
    choice.value = row.stage;
    let release = () => {};
    const close = () => {
      choice.value = row.stage;
      below.hidden = true;
      choice.focus({ preventScroll: true });
      release();
    };
    choice.addEventListener('change', () => {
      if (choice.value === row.stage) {
        close();
        return;
      }
      const before = release;
      release = this.context.hold();
      before(); // of another choice, that was not confirmed
      below.firstElementChild?.replaceChildren(moveForm(this.context, row, choice.value, close));
      below.hidden = false;
      below.scrollIntoView({ block: 'nearest' });
    });
    return element('td', '', {}, choice);
  }

  /** @param {any} row @param {any} page */
  aliases({ version, aliases }, page) {
    const { ask, tell, hold } = this.context;
    return chipsInPlace({
      label: 'alias',
      items: aliases.map((/** @type {any} */ one) => ({ ...one, label: `@${one.label}` })),
      isFixed: page.at !== null,
      focus: `aliases ${version}`,
      hint: 'champion',
      remove: alias => tell('unalias', { alias }),
      add: alias => ask('alias', { version, alias }),
      hold
    });
  }

  /** @param {any} row */
  madeCell({ version, who, at, at_text: date, run }) {
    const when = element('span', '', { title: date }, ago(at, date.slice(0, 10)));
    const cell = element('td', 'registry-made', {}, when, ` by ${who}`);
    if (run) {
      const dot = element('span', 'registry-dot', { 'aria-hidden': 'true' });
      dot.style.background = run.colour;
      const open = element('button', 'registry-link', { type: 'button' }, run.title);
      open.title = 'Show the run that made it, below';
      open.dataset.focus = `run ${version}`;
      open.addEventListener('click', () => this.context.tell('run', { version }));
      cell.append(element('div', 'small', {}, dot, open));
    }
    return cell;
  }
}

/** @param {string} words */
function textHead(words) {
  return element('th', '', { scope: 'col' }, words);
}
