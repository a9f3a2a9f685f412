// @ts-check
/** The Artifacts tab: a tree whose folders are read when they open, and a look into a file. */

import { element } from '../elements.js';
import { Preview } from './preview.js';

/** @typedef {import('./run_page.js').Context} Context */

/** @param {Context} context @returns {import('./run_page.js').Tab} */
export function filesTab(context) {
  const preview = new Preview(context);
  const tree = new FileTree(context, path => preview.show(path));
  const el = element('div', 'page-files', {}, tree.el, preview.el);
  return {
    el,
    load: path => {
      tree.load();
      path ? preview.show(path) : preview.back();
    },
    news: () => tree.load(),
    dispose: () => preview.dispose()
  };
}

class FileTree {
  /**
   * @param {Context} context
   * @param {(path: string) => void} choose
   */
  constructor(context, choose) {
    this.context = context;
    this.choose = choose;
    this.open = new Set(['']);
    this.chosen = '';
    this.top = element('ul', 'page-tree');
    this.el = element('nav', 'page-tree-box', { 'aria-label': 'Artifacts' }, this.top);
    this.el.addEventListener('keydown', event => this.walk(event));
  }

  load() {
    this.fill(this.top, '');
  }

  /** @param {HTMLElement} list @param {string} path */
  async fill(list, path) {
    let answer;
    try {
      answer = await this.context.ask('files', { path });
    } catch (error) {
      this.context.fail(/** @type {Error} */ (error));
      return;
    }
    const { entries, more } = answer;
    const focused = /** @type {HTMLElement | null} */ (this.el.contains(document.activeElement)
      ? document.activeElement : null)?.dataset.path;
    list.replaceChildren(...entries.map((/** @type {any} */ one) => this.entry(one)));
    if (more) {
      list.append(element('li', 'small', {}, `${more.toLocaleString('en')} more are not listed`));
    }
    if (!entries.length) {
      const words = path ? 'empty' : 'No artifacts: log some with mlt.log_artifact("model.bin").';
      list.append(element('li', 'small', {}, words));
    }
    for (const button of list.querySelectorAll('button')) {
      if (button.dataset.path === focused) {
        button.focus();
      }
    }
    // One after the other: of several questions of a kind only the latest is answered.
    for (const folder of entries.filter((/** @type {any} */ one) => one.folder)) {
      const below = this.open.has(folder.path) && this.listOf(list, folder.path);
      if (below) {
        await this.fill(below, folder.path);
      }
    }
  }

  /** @param {HTMLElement} list @param {string} path */
  listOf(list, path) {
    const buttons = [...list.querySelectorAll('button')];
    const found = buttons.find(button => button.dataset.path === path);
    return /** @type {HTMLElement | null} */ (found?.nextElementSibling ?? null);
  }

  /** @param {any} one */
  entry({ path, label, folder, size }) {
    const isOpen = folder && this.open.has(path);
    const glyph = element('span', 'page-glyph', { 'aria-hidden': 'true' });
    const name = element('span', 'page-name', { title: label }, label);
    const button = element('button', 'page-entry', { type: 'button' }, glyph, name);
    button.dataset.path = path;
    button.append(element('span', 'small', {}, size));
    const item = element('li', '', {}, button);
    if (folder) {
      const below = element('ul', 'page-tree');
      below.hidden = !isOpen;
      button.setAttribute('aria-expanded', String(isOpen));
      button.addEventListener('click', () => this.toggle(button, below, path));
      item.append(below);
    } else {
      button.setAttribute('aria-current', String(path === this.chosen));
      button.addEventListener('click', () => this.pick(path));
    }
    return item;
  }

  /** @param {HTMLElement} button @param {HTMLElement} below @param {string} path */
  toggle(button, below, path) {
    const opens = !this.open.has(path);
    opens ? this.open.add(path) : this.open.delete(path);
    button.setAttribute('aria-expanded', String(opens));
    below.hidden = !opens;
    if (opens) {
      this.fill(below, path);
    }
  }

  /** @param {string} path */
  pick(path) {
    this.chosen = path;
    for (const button of this.el.querySelectorAll('button')) {
      if (!button.hasAttribute('aria-expanded')) {
        button.setAttribute('aria-current', String(button.dataset.path === path));
      }
    }
    this.choose(path);
  }

  /** Arrow keys walk through what is shown. @param {KeyboardEvent} event */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const shown = [...this.el.querySelectorAll('button')].filter(one => one.offsetParent);
      const at = shown.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      shown[Math.max(0, Math.min(shown.length - 1, at + step))]?.focus();
      event.preventDefault();
    }
  }
}
