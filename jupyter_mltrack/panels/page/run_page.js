// @ts-check
/** The page of one run: a header that stays, six tabs that load when they are opened. */

import { Asker, whileVisible } from '../asking.js';
import { element } from '../elements.js';
import { tabRow } from '../tabs.js';
import { codeTab } from './code_tab.js';
import { chartsTab, dataTab } from './data_tab.js';
import { filesTab } from './files_tab.js';
import { PageHeader } from './header.js';
import { logTab } from './log_tab.js';
import { overviewTab } from './overview_tab.js';

/** @typedef {import('../asking.js').Model} Model */
/**
 * What every tab is given.
 * @typedef {{
 *   ask(kind: string, details?: Record<string, unknown>): Promise<import('../asking.js').Answer>,
 *   fail(error: Error): void, open(run: string): void, head(): any, overview(): any,
 *   below(name: string): void, go(tab: string, path?: string): void
 * }} Context
 */
/**
 * `load` draws what the kernel says now; `news` is called when the run has changed.
 * @typedef {{el: HTMLElement, load(path?: string): void, news?: () => void,
 *   leave?: () => void, dispose?: () => void}} Tab
 */

const NEWS_MS = 2000;
const LOOKS_AT_ENDED = 5;
/** Questions about one of many things: each is answered. */
const OF_MANY = new Set(['whole', 'text', 'cell']);
const MAKERS = /** @type {Record<string, [string, (context: Context) => Tab]>} */ ({
  overview: ['Overview', overviewTab],
  charts: ['Charts', chartsTab],
  code: ['Code', codeTab],
  data: ['Data & env', dataTab],
  files: ['Artifacts', filesTab],
  log: ['Log', logTab]
});
const NAMES = Object.fromEntries(Object.entries(MAKERS).map(([key, [name]]) => [key, name]));

class RunPageView {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.root = element('div', 'panel page', { 'data-lm-suppress-shortcuts': 'true' });
    this.late = element('p', 'note', { role: 'status' });
    this.trouble = element('p', 'error', { role: 'alert' });
    this.asker = new Asker(model, words => (this.late.textContent = words));
    this.context = this.makeContext();
    this.header = new PageHeader(this.context);
    this.tabs = element('div');
    this.body = element('div', 'page-body', { role: 'tabpanel' });
    this.opened = /** @type {Map<string, Tab>} */ (new Map());
    this.now = 'overview';
    this.run = '';
    this.looks = 0;
    this.root.append(this.header.el, this.late, this.trouble, this.tabs, this.body);
    el.append(this.root);
    this.draw();
  }

  /** @returns {Context} */
  makeContext() {
    const fail = (/** @type {Error} */ error) => this.tell(error.message);
    return {
      ask: (kind, details = {}) => this.asker.ask(kind, details, { all: OF_MANY.has(kind) }),
      fail,
      open: run => void this.asker.ask('open', { run }).catch(fail),
      head: () => this.model.get('head'),
      overview: () => this.model.get('overview'),
      below: name => (this.root.dataset.below = name),
      go: (tab, path) => this.go(tab, path)
    };
  }

  /** Draws the header and the first tab anew; another run begins at its overview. */
  draw() {
    const head = this.model.get('head');
    this.header.draw();
    this.root.style.setProperty('--jp-mltrack-run', head.colour);
    this.root.toggleAttribute('data-deleted', head.deleted);
    if (head.run_id !== this.run) {
      this.run = head.run_id;
      this.tell('');
      this.forget();
      this.go('overview');
    }
  }

  /** @param {string} name @param {string} [path] */
  go(name, path) {
    this.now = name;
    this.tabs.replaceChildren(tabRow('About this run', NAMES, name, next => this.show(next)));
    this.show(name, path);
  }

  /** @param {string} name @param {string} [path] */
  show(name, path) {
    this.opened.get(this.now)?.leave?.();
    this.now = name;
    this.context.below('');
    this.tell('');
    this.root.dataset.tab = name;
    this.body.setAttribute('aria-label', NAMES[name]);
    const tab = this.opened.get(name) ?? MAKERS[name][1](this.context);
    this.opened.set(name, tab);
    this.body.replaceChildren(tab.el);
    tab.load(path);
  }

  forget() {
    this.opened.forEach(tab => tab.dispose?.());
    this.opened.clear();
  }

  /** A run that goes on is looked at every two seconds, one that has ended every ten. */
  look() {
    if (this.asker.waits('news')) {
      return;
    }
    this.looks += 1;
    if (!this.model.get('head').running && this.looks % LOOKS_AT_ENDED) {
      return;
    }
    this.asker.ask('news').then(
      ({ changed }) => {
        if (this.trouble.dataset.from === 'news') {
          this.tell('');
        }
        return changed && this.opened.get(this.now)?.news?.();
      },
      error => this.tell(error.message, 'news')
    );
  }

  /** @param {string} words @param {string} from what went wrong, so that it can be taken back */
  tell(words, from = '') {
    this.trouble.textContent = words;
    this.trouble.dataset.from = from;
  }

  listen() {
    const draw = () => this.draw();
    const redraw = () => this.opened.get('overview')?.news?.();
    this.model.on('change:head', draw);
    this.model.on('change:overview', redraw);
    const clock = setInterval(() => this.header.tick(), 1000);
    const unwatch = whileVisible(this.root, () => this.look(), NEWS_MS);
    return () => {
      clearInterval(clock);
      unwatch();
      this.forget();
      this.asker.dispose();
      this.model.off('change:head', draw);
      this.model.off('change:overview', redraw);
    };
  }
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new RunPageView(model, el).listen();
}

export default { render };
