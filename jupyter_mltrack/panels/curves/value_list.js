// @ts-check
/** The values at the crosshair, the highest first; of many those around the line pointed at. */

import { element } from '../elements.js';
import { asPlace, inDigits } from './scales.js';

const MOST_VALUES = 12;
const BEFORE = { step: 'step ', time: '', relative: 'after ' };
const FINEST = 500; // a place is told as exactly as on an axis of this span

/**
 * @param {{one: import('./series.js').Series, value: number}[]} found the highest first
 * @param {import('./chart.js').View} view
 * @param {number} cursor
 * @param {number} width of the x axis
 * @returns {HTMLElement[]}
 */
export function valueRows(found, view, cursor, width) {
  const place = found.findIndex(({ one }) => one.line === view.picked);
  const first = Math.max(0, Math.min(place - MOST_VALUES / 2, found.length - MOST_VALUES));
  const rows = found.slice(first, first + MOST_VALUES).map(({ one, value }) => {
    const line = view.lines[one.line];
    const mark = element('span', 'curves-mark');
    mark.style.background = line.colour;
    const names = `curves-value ${one.line === view.picked ? 'curves-picked' : ''}`;
    const name = element('span', 'curves-name', {}, line.label);
    return element('div', names, {}, mark, name, element('b', '', {}, inDigits(value)));
  });
  const head = BEFORE[view.axis] + asPlace(cursor, view.axis, Math.min(width, FINEST));
  const left = found.length - rows.length;
  const rest = left > 0 ? [element('div', 'curves-place', {}, `+ ${left} more`)] : [];
  return [element('div', 'curves-place', {}, head), ...rows, ...rest];
}
