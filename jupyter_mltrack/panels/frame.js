// @ts-check
/** The tabs of the frame; what a tab shows is a panel of its own, below. */

import { Asker } from './asking.js';
import { element } from './elements.js';
import { tabRow } from './tabs.js';

/** @param {{model: import('./asking.js').Model, el: HTMLElement}} context */
function render({ model, el }) {
  const root = element('div', 'panel frame', { 'data-lm-suppress-shortcuts': 'true' });
  const error = element('div', 'error', { role: 'alert' });
  const late = element('p', 'note', { role: 'status' });
  const place = element('span', 'small frame-place');
  const note = element('p', 'note');
  const asker = new Asker(model, words => (late.textContent = words));
  const tabs = element('div', 'frame-tabs');
  root.append(tabs, error, late, note);
  el.append(root);

  const choose = (/** @type {string} */ tab) =>
    asker.ask('choose', { tab }).then(
      () => (error.textContent = ''),
      trouble => (error.textContent = trouble.message)
    );
  const draw = () => {
    const hadFocus = tabs.contains(document.activeElement);
    const row = tabRow('Parts of the tracker', model.get('names'), model.get('tab'), choose);
    place.textContent = model.get('place');
    tabs.replaceChildren(row, place);
    if (hadFocus) {
      /** @type {HTMLElement | null} */ (row.querySelector("[aria-selected='true']"))?.focus();
    }
    note.textContent = model.get('note');
  };
  draw();
  const changes = ['change:tab', 'change:names', 'change:place', 'change:note'];
  changes.forEach(change => model.on(change, draw));
  return () => {
    changes.forEach(change => model.off(change, draw));
    asker.dispose();
  };
}

export default { render };
