// @ts-check
/** Tabs of a comparison's views, and how many runs are selected. */

import { Asker } from '../asking.js';
import { element } from '../elements.js';
import { tabRow } from '../tabs.js';

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} given */
function render({ model, el }) {
  const note = element('span', 'small', { role: 'status' });
  const late = element('div', 'note', { role: 'status' });
  const asker = new Asker(model, words => { late.textContent = words; });
  const clear = element('button', 'button', { type: 'button' }, 'Show all runs');
  const tabs = element('div');
  const line = element('div', 'bar', {}, note, clear);
  const drawTabs = () => {
    tabs.replaceChildren(tabRow('Views', model.get('views'), model.get('view'), name => {
      model.set('view', name);
      model.save_changes();
      asker.ask('heard').catch(error => { late.textContent = error.message; });
    }));
  };
  const drawNote = () => {
    note.textContent = model.get('note');
    clear.hidden = !model.get('can_clear');
    line.hidden = !model.get('note');
  };
  const changed = () => {
    const chosen = tabs.querySelector('[aria-selected=true]');
    if (!(chosen instanceof HTMLElement) || chosen.dataset.name !== model.get('view')) {
      drawTabs();
    }
  };
  clear.addEventListener('click', () => {
    asker.ask('all').catch(error => { late.textContent = error.message; });
  });
  const events = /** @type {[string, () => void][]} */ ([
    ['change:view', changed], ['change:note', drawNote], ['change:can_clear', drawNote],
  ]);
  events.forEach(([event, act]) => model.on(event, act));
  drawTabs();
  drawNote();
  el.append(element('div', 'panel view-switch', { 'data-lm-suppress-shortcuts': 'true' }, tabs, late, line));
  return () => {
    events.forEach(([event, act]) => model.off(event, act));
    asker.dispose();
  };
}

export default { render };
