// @ts-check
/** Boxes that open beside a button, above all else on the page; Esc or a click outside closes. */

import { element } from '../elements.js';

const GAP = 2;
const MARGIN = 8;

/**
 * Opens a box below an element, or above it where there is more room.
 * @param {HTMLElement} anchor
 * @param {HTMLElement} box
 * @param {'auto' | 'manual'} mode manual: it stays until it is told to close
 */
export function openBeside(anchor, box, mode = 'auto') {
  const root = anchor.closest('.jp-mltrack-panel') ?? document.body;
  box.classList.add('jp-mltrack-runs-popover');
  box.setAttribute('popover', mode);
  root.append(box);
  box.showPopover();
  placeBeside(anchor, box);
  const follow = () => (anchor.isConnected ? placeBeside(anchor, box) : closeBox(box));
  const watch = (/** @type {Event} */ event) =>
    event.target instanceof Node && !box.contains(event.target) && follow();
  window.addEventListener('scroll', watch, true);
  box.addEventListener('toggle', event => {
    if (/** @type {ToggleEvent} */ (event).newState === 'closed') {
      window.removeEventListener('scroll', watch, true);
      box.remove();
    }
  });
}

/**
 * @param {HTMLElement} anchor
 * @param {HTMLElement} box
 */
export function placeBeside(anchor, box) {
  const at = anchor.getBoundingClientRect();
  const below = window.innerHeight - at.bottom - MARGIN;
  const isBelow = below >= Math.min(box.scrollHeight, 320) || below > at.top;
  box.style.maxHeight = `${Math.max(80, (isBelow ? below : at.top - MARGIN) - GAP)}px`;
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(at.left, window.innerWidth - width - MARGIN);
  box.style.left = `${Math.max(MARGIN, left)}px`;
  box.style.top = `${isBelow ? at.bottom + GAP : at.top - GAP - height}px`;
}

/** @param {HTMLElement} box */
export function closeBox(box) {
  if (box.isConnected && box.matches(':popover-open')) {
    box.hidePopover();
  }
}

/**
 * @typedef {{
 *   words: string, act?: () => void, checked?: boolean, hint?: string, heading?: boolean
 * }} MenuItem
 */

/**
 * Opens a menu (https://www.w3.org/WAI/ARIA/apg/patterns/menu/): arrow keys, first letters, Esc.
 * @param {HTMLElement} back gets the focus back
 * @param {HTMLElement} anchor
 * @param {string} label
 * @param {MenuItem[]} items a heading begins a part of the menu
 */
export function openMenu(back, anchor, label, items) {
  const box = element('div', 'runs-menu', { role: 'menu' });
  box.setAttribute('aria-label', label);
  box.append(...items.map(item => menuLine(item, box, back)));
  const buttons = [...box.querySelectorAll('button')];
  box.addEventListener('keydown', event => {
    event.stopPropagation();
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = nextPlace(event.key, at, buttons);
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      closeBox(box);
      back.focus({ preventScroll: true });
    } else if (next !== null) {
      event.preventDefault();
      buttons[next].focus();
    }
  });
  openBeside(anchor, box);
  buttons[0]?.focus();
}

/**
 * @param {MenuItem} item
 * @param {HTMLElement} box
 * @param {HTMLElement} back
 */
function menuLine({ words, act, checked, hint = '', heading }, box, back) {
  if (heading) {
    return element('div', 'runs-menu-heading', { role: 'presentation' }, words);
  }
  const role = checked === undefined ? 'menuitem' : 'menuitemradio';
  const line = element('button', 'runs-menu-item', { type: 'button', role, tabindex: '-1' });
  if (checked !== undefined) {
    line.setAttribute('aria-checked', String(checked));
  }
  const mark = element('span', 'runs-menu-mark', { 'aria-hidden': 'true' }, checked ? '✓' : '');
  line.append(mark, words, element('span', 'runs-menu-hint', {}, hint));
  line.addEventListener('click', () => {
    closeBox(box);
    back.focus({ preventScroll: true });
    act?.();
  });
  return line;
}

/**
 * @param {string} key
 * @param {number} at
 * @param {HTMLElement[]} buttons
 */
function nextPlace(key, at, buttons) {
  const count = buttons.length;
  const places = /** @type {Record<string, number>} */ ({
    ArrowDown: (at + 1) % count,
    ArrowUp: (at - 1 + count) % count,
    Home: 0,
    End: count - 1
  });
  if (key in places) {
    return places[key];
  }
  if (key.length !== 1) {
    return null;
  }
  const after = [...buttons.keys()].map(place => (at + 1 + place) % count);
  const words = (/** @type {number} */ place) => buttons[place].childNodes[1]?.textContent ?? '';
  return after.find(place => words(place).toLowerCase().startsWith(key.toLowerCase())) ?? null;
}
