// @ts-check
/** Buttons that copy a text, and links that save bytes. */

import { copied } from '../clipboard.js';
import { element } from '../elements.js';

const THANKS_MS = 1200;
const PAGES = 'http://www.w3.org/2000/svg';

/**
 * @param {string} label
 * @param {() => string} text is asked when the button is pressed
 */
export function copyButton(label, text) {
  const made = element('button', 'page-icon button', { type: 'button', title: label }, twoPages());
  made.setAttribute('aria-label', label);
  made.addEventListener('click', async () => {
    const done = await copied(text());
    made.textContent = done ? '✓' : '✗';
    made.title = done ? 'Copied' : 'The browser does not allow to copy';
    setTimeout(() => {
      made.replaceChildren(twoPages());
      made.title = label;
    }, THANKS_MS);
  });
  return made;
}

/** Fonts differ in the sign for this; so it is drawn. */
function twoPages() {
  const svg = document.createElementNS(PAGES, 'svg');
  const attributes = { width: '12', height: '12', viewBox: '0 0 12 12', 'aria-hidden': 'true' };
  Object.entries(attributes).forEach(one => svg.setAttribute(...one));
  const path = document.createElementNS(PAGES, 'path');
  const lines = { d: 'M4.5 3.5h6v8h-6z M2.5 8.5h-1v-8h6v1', fill: 'none', stroke: 'currentColor' };
  Object.entries(lines).forEach(one => path.setAttribute(...one));
  svg.append(path);
  return svg;
}

/**
 * Gives bytes to the browser to save: never to show, whatever is in them.
 * @param {DataView} bytes
 * @param {string} name
 */
export function saveAs(bytes, name) {
  const blob = new Blob([/** @type {BlobPart} */ (bytes)], { type: 'application/octet-stream' });
  const url = URL.createObjectURL(blob);
  const link = /** @type {HTMLAnchorElement} */ (element('a', '', { href: url, download: name }));
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
