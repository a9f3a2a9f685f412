// @ts-check
/** The clipboard, also of a page without https. */

import { element } from './elements.js';

/**
 * Whether a text is in the clipboard now; a browser may refuse.
 * @param {string} text
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedTheOldWay(text);
  }
}

/** @param {string} text */
function copiedTheOldWay(text) {
  const area = /** @type {HTMLTextAreaElement} */ (element('textarea'));
  Object.assign(area.style, { position: 'fixed', left: '-999px' });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
