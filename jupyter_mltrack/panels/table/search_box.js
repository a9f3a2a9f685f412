// @ts-check
/**
 * The search box: an input that completes names
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/), with the kernel's complaint below.
 */

import { element } from '../elements.js';
import { closeBox, openBeside, placeBeside } from './popover.js';

const MOST_SHOWN = 12;
const EXAMPLE = 'metrics.loss < 0.1 and params.depth = "6"';
const WORD = /[\w.\-/:`]*$/;
const IN_TEXT = /^(?:[^'"]|'[^']*'|"[^"]*")*['"][^'"]*$/;
const PLAIN = /^[\w.\-/:]+$/;

let boxes = 0;

export class SearchBox {
  /**
   * @param {() => string[]} names that can be completed
   * @param {() => void} search is called when Enter is pressed
   */
  constructor(names, search) {
    boxes += 1;
    this.names = names;
    this.search = search;
    this.active = -1;
    this.offers = /** @type {string[]} */ ([]);
    this.input = /** @type {HTMLInputElement} */ (
      element('input', 'input runs-search', {
        type: 'text',
        role: 'combobox',
        spellcheck: 'false',
        autocomplete: 'off',
        placeholder: EXAMPLE,
        'aria-label': 'Search runs in the filter language',
        'aria-autocomplete': 'list',
        'aria-expanded': 'false',
        'aria-controls': `jp-mltrack-runs-names-${boxes}`
      })
    );
    this.clear = element('button', 'runs-clear', { type: 'button', title: 'Show all runs' }, '×');
    this.clear.setAttribute('aria-label', 'Clear the search');
    this.el = element('div', 'runs-search-box', {}, this.input, this.clear);
    this.list = this.newList();
    this.input.addEventListener('input', () => this.offer());
    this.input.addEventListener('keydown', event => this.press(event));
    this.input.addEventListener('blur', () => this.close());
    this.clear.addEventListener('click', () => {
      this.input.value = '';
      this.search();
      this.input.focus();
    });
  }

  get text() {
    return this.input.value.trim();
  }

  /** @param {string} query */
  show(query) {
    if (document.activeElement !== this.input) {
      this.input.value = query;
    }
  }

  newList() {
    const about = { role: 'listbox', id: this.input.getAttribute('aria-controls') };
    const list = element('div', 'runs-menu runs-names-list', about);
    list.setAttribute('aria-label', 'Names');
    return list;
  }

  /** Offers the names that go on with the word before the caret. */
  offer(isAsked = false) {
    const word = this.word();
    this.offers = word || isAsked ? completions(this.names(), word ?? '') : [];
    if (!this.offers.length || (this.offers.length === 1 && this.offers[0] === word)) {
      this.close();
      return;
    }
    this.active = -1;
    if (!this.list.isConnected) {
      this.list = this.newList();
      openBeside(this.input, this.list, 'manual');
    }
    this.list.replaceChildren(...this.offers.map((name, place) => this.option(name, place)));
    placeBeside(this.input, this.list);
    this.input.setAttribute('aria-expanded', 'true');
    this.mark();
  }

  /**
   * @param {string} name
   * @param {number} place
   */
  option(name, place) {
    const id = `${this.input.getAttribute('aria-controls')}-${place}`;
    const [kind, key] = split(name);
    const faint = element('span', 'runs-faint', {}, kind);
    const option = element('div', 'runs-menu-item', { role: 'option', id }, faint, key);
    // The input must keep the focus, or the list would close before the click.
    option.addEventListener('mousedown', event => event.preventDefault());
    option.addEventListener('click', () => this.take(name));
    return option;
  }

  /** The word before the caret; null within a quoted text. */
  word() {
    const before = this.input.value.slice(0, this.input.selectionStart ?? 0);
    return IN_TEXT.test(before) ? null : (WORD.exec(before)?.[0] ?? '');
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const isOpen = this.list.isConnected;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && isOpen) {
      const count = this.offers.length;
      this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
      this.mark();
    } else if (event.key === 'ArrowDown' || (event.key === ' ' && event.ctrlKey)) {
      this.offer(true);
    } else if (isOpen && event.key === 'Tab' && !event.shiftKey) {
      this.take(this.offers[Math.max(0, this.active)]);
    } else if (isOpen && event.key === 'Enter' && this.active >= 0) {
      this.take(this.offers[this.active]);
    } else if (event.key === 'Enter') {
      this.close();
      this.search();
    } else if (event.key === 'Escape' && isOpen) {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  mark() {
    [...this.list.children].forEach((option, place) => {
      option.setAttribute('aria-selected', String(place === this.active));
    });
    const active = this.list.children[this.active];
    active?.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', active?.id ?? '');
  }

  /** @param {string} name */
  take(name) {
    const { value, selectionStart } = this.input;
    const caret = selectionStart ?? value.length;
    const from = caret - (this.word()?.length ?? 0);
    this.input.setRangeText(quoted(name), from, caret, 'end');
    this.close();
  }

  close() {
    closeBox(this.list);
    this.list.remove();
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}

/**
 * Names for a word: those that begin with it, whose key does, and that contain it.
 * @param {string[]} names
 * @param {string} word
 */
function completions(names, word) {
  const wanted = word.replaceAll('`', '').toLowerCase();
  const ranked = /** @type {string[][]} */ ([[], [], []]);
  for (const name of names) {
    const lower = name.replaceAll('`', '').toLowerCase();
    const place = lower.indexOf(wanted);
    if (place >= 0) {
      ranked[place === 0 ? 0 : lower[place - 1] === '.' ? 1 : 2].push(name);
    }
  }
  return ranked.flat().slice(0, MOST_SHOWN);
}

/**
 * `metrics.` and `loss`.
 * @param {string} name
 */
function split(name) {
  const dot = name.indexOf('.') + 1;
  return [name.slice(0, dot), name.slice(dot)];
}

/**
 * A name as the filter language takes it.
 * @param {string} name
 */
function quoted(name) {
  const [kind, key] = split(name);
  return PLAIN.test(key) || key.startsWith('`') ? name : `${kind}\`${key}\``;
}
