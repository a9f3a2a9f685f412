// @ts-check
/** The registry: the list of models, or the page of one; draws the traits of registry_view.py. */

import { Asker, whileVisible } from '../asking.js';
import { element } from '../elements.js';
import { ModelPage } from './model_page.js';
import { ModelsList } from './models_list.js';

/** @typedef {import('../asking.js').Model} Model */
/**
 * What every part is given. `ask` breaks its promise if something is wrong; `tell` shows that above
 * all and gives null. While something is `hold`, nothing is drawn anew; call what it returns.
 * @typedef {{
 *   ask(kind: string, details?: Record<string, unknown>): Promise<import('../asking.js').Answer>,
 *   tell(kind: string, details?: Record<string, unknown>): Promise<any>,
 *   hold(): () => void, page(): any
 * }} Context
 */

const NEWS_MS = 3000;
/** Questions about one of many things: each is answered. */
const OF_MANY = new Set(['version', 'text', 'gates']);
/** Whether a panel is below after these. */
const BELOW = /** @type {Record<string, boolean>} */ ({
  run: true, compare: true, back: false, close: false
});

class RegistryPanelView {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.root = element('div', 'panel registry', { 'data-lm-suppress-shortcuts': 'true' });
    this.late = element('p', 'note', { role: 'status' });
    this.error = element('div', 'error', { role: 'alert' });
    this.asker = new Asker(model, words => (this.late.textContent = words));
    this.held = 0;
    this.isStale = false;
    this.context = this.makeContext();
    this.list = new ModelsList(this.context, model.get('query'));
    this.page = new ModelPage(this.context);
    this.body = element('div');
    this.closer = element('button', 'button', { type: 'button' }, 'Close what is below');
    this.closer.hidden = true;
    this.closer.addEventListener('click', () => this.context.tell('close'));
    this.root.append(this.late, this.error, this.body, this.closer);
    el.append(this.root);
    this.draw();
  }

  /** @returns {Context} */
  makeContext() {
    const ask = (/** @type {string} */ kind, details = {}) =>
      this.asker.ask(kind, details, { all: OF_MANY.has(kind) });
    return {
      ask,
      tell: async (kind, details) => {
        try {
          const answer = await ask(kind, details);
          this.error.textContent = '';
          this.closer.hidden = kind in BELOW ? !BELOW[kind] : this.closer.hidden;
          return answer;
        } catch (trouble) {
          this.error.textContent = /** @type {Error} */ (trouble).message;
          return null;
        }
      },
      hold: () => this.hold(),
      page: () => this.model.get('page')
    };
  }

  /** What is typed must not vanish because somebody else changed the registry. */
  hold() {
    this.held += 1;
    let isHeld = true;
    return () => {
      if (isHeld) {
        isHeld = false;
        this.held -= 1;
        if (this.isStale) {
          this.draw();
        }
      }
    };
  }

  draw() {
    this.isStale = this.held > 0;
    if (this.isStale) {
      return;
    }
    const page = this.model.get('page');
    const isPage = 'id' in page;
    const shown = isPage ? this.page : this.list;
    const focused = /** @type {HTMLElement | null} */ (
      this.root.contains(document.activeElement) ? document.activeElement : null
    )?.dataset.focus;
    if (shown.el.parentElement !== this.body) {
      this.error.textContent = '';
      this.body.replaceChildren(shown.el);
    }
    isPage ? this.page.draw(page) : this.list.draw(this.model.get('models'));
    if (focused) {
      const all = [.../** @type {NodeListOf<HTMLElement>} */ (
        this.root.querySelectorAll('[data-focus]')
      )];
      all.find(one => one.dataset.focus === focused)?.focus({ preventScroll: true });
    }
  }

  look() {
    if (!this.asker.waits('news')) {
      this.asker.ask('news').then(
        ({ note }) => (this.late.textContent = note ?? ''),
        trouble => (this.late.textContent = trouble.message)
      );
    }
  }

  listen() {
    const draw = () => this.draw();
    const requery = () => this.list.requery(this.model.get('query'));
    this.model.on('change:page', draw);
    this.model.on('change:models', draw);
    this.model.on('change:query', requery);
    const unwatch = whileVisible(this.root, () => this.look(), NEWS_MS);
    return () => {
      unwatch();
      this.asker.dispose();
      this.model.off('change:page', draw);
      this.model.off('change:models', draw);
      this.model.off('change:query', requery);
    };
  }
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new RegistryPanelView(model, el).listen();
}

export default { render };
