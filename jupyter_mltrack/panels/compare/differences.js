// @ts-check
/** What differs among runs: keys down, runs across; what is equal is folded. */

import { element } from '../elements.js';

/** @typedef {{id: string, label: string, colour: string, glyph: string, word: string}} Head */
/** @typedef {{key: string, texts: string[], shades: number[], best: number[],
 *   hovers: Record<string, string>, numeric: boolean}} Row
 */
/** @typedef {{title: string, rows: Row[], equal: [string, string][], omitted: number}} Section */

const STRONGEST = 30; // per cent of the accent in the ground of a cell

/**
 * The run at the top of a column, with a box that selects it.
 * @param {Head} head
 * @param {boolean} isTicked
 * @param {(isOn: boolean) => void} tick
 */
function columnHead(head, isTicked, tick) {
  const box = /** @type {HTMLInputElement} */ (
    element('input', '', { type: 'checkbox', 'aria-label': `Select ${head.label}` })
  );
  box.checked = isTicked;
  box.addEventListener('change', () => tick(box.checked));
  const dot = element('i', 'differences-dot');
  dot.style.background = head.colour;
  const glyph = element('span', 'differences-glyph', { role: 'img', 'aria-label': head.word, title: head.word },
    head.glyph);
  return element('th', 'differences-run', { scope: 'col', title: head.label },
    element('label', '', {}, box, dot, glyph, element('span', '', {}, head.label)));
}

/** @param {Row} row */
function bodyRow(row) {
  const cells = row.texts.map((text, at) => {
    const isBest = row.best.includes(at);
    const cell = element('td', row.numeric ? 'differences-number' : '', { title: row.hovers[at] ?? null },
      isBest ? element('b', '', { 'aria-label': `${text}, best` }, text) : text);
    if (row.shades[at]) {
      cell.style.setProperty('--shade', `${Math.round(row.shades[at] * STRONGEST)}%`);
    }
    return cell;
  });
  return element('tr', '', {}, element('th', 'differences-key', { scope: 'row', title: row.key }, row.key), ...cells);
}

/** @param {Section} section @param {number} columns @param {boolean} isOnlyDifferent */
function bodyOf(section, columns, isOnlyDifferent) {
  const count = section.rows.length + section.omitted;
  const words = count ? `${count} different` : 'no difference';
  const title = element('th', 'differences-title', { colspan: String(columns + 1), scope: 'rowgroup' },
    element('div', 'differences-stays', {}, element('b', '', {}, section.title),
      ` ${words}${section.equal.length ? `, ${section.equal.length} equal` : ''}`));
  const rows = section.rows.map(bodyRow);
  if (section.omitted) {
    rows.push(wideRow(`… and ${section.omitted} more`, columns));
  }
  if (section.equal.length && isOnlyDifferent) {
    const lines = section.equal.map(([key, value]) => `${key} = ${value}`).join('\n');
    const fold = element('details', '', {},
      element('summary', '', {}, `${section.equal.length} equal`),
      element('div', 'differences-equal', {}, lines));
    rows.push(wideRow(fold, columns));
  } else {
    rows.push(...section.equal.map(([key, value]) => bodyRow({
      key, texts: Array(columns).fill(value), shades: [], best: [], hovers: {}, numeric: false,
    })));
  }
  return element('tbody', '', {}, element('tr', '', {}, title), ...rows);
}

/** @param {Node | string} content @param {number} columns */
function wideRow(content, columns) {
  return element('tr', '', {}, element('td', 'differences-wide', { colspan: String(columns + 1) },
    element('div', 'differences-stays', {}, content)));
}

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} given */
function render({ model, el }) {
  let isOnlyDifferent = true;
  const box = /** @type {HTMLInputElement} */ (element('input', '', { type: 'checkbox' }));
  box.checked = isOnlyDifferent;
  const bar = element('div', 'bar', {}, element('label', 'small differences-only', {}, box, 'Only differences'));
  const place = element('div', 'differences-scroll', { tabindex: '0', role: 'region', 'aria-label': 'Differences' });
  const draw = () => {
    const heads = /** @type {Head[]} */ (model.get('heads'));
    const sections = /** @type {Section[]} */ (model.get('sections'))
      .filter(section => section.rows.length || section.equal.length);
    const tick = (/** @type {number} */ at, /** @type {boolean} */ isOn) => {
      const others = model.get('ticked').filter((/** @type {number} */ one) => one !== at);
      model.set('ticked', isOn ? [...others, at] : others);
      model.save_changes();
    };
    const ticked = model.get('ticked');
    const columns = heads.map((head, at) =>
      columnHead(head, ticked.includes(at), isOn => tick(at, isOn)));
    const corner = element('td', 'differences-key', {}, '');
    place.replaceChildren(sections.length
      ? element('table', 'differences-table', {},
        element('thead', '', {}, element('tr', '', {}, corner, ...columns)),
        ...sections.map(section => bodyOf(section, heads.length, isOnlyDifferent)))
      : element('div', 'note', {}, heads.length
        ? 'Nothing of this was logged by these runs.' : 'No run is left: clear a brush.'));
  };
  const toggle = () => {
    isOnlyDifferent = box.checked;
    draw();
  };
  box.addEventListener('change', toggle);
  model.on('change:sections', draw);
  draw();
  el.append(element('div', 'panel differences', { 'data-lm-suppress-shortcuts': 'true' }, bar, place));
  return () => model.off('change:sections', draw);
}

export default { render };
