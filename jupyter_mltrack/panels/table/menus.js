// @ts-check
/** What the menus of a column and of a run offer. */

/** @typedef {import('./popover.js').MenuItem} MenuItem */
/** @typedef {(kind: string, details: Record<string, unknown>) => void} Order */

const FORMATS = /** @type {Record<string, [string, string]>} */ ({
  short: ['Four digits', '0.1235'],
  exact: ['All digits', '0.123456789'],
  percent: ['Percent', '12.35 %'],
  scientific: ['Scientific', '1.235e-1']
});
const BETTER = { lower: 'Lower is better', higher: 'Higher is better' };

/**
 * @param {import('./column_layout.js').Column} column
 * @param {{sort: import('./header.js').Sort[], group: string | null,
 *   groups: {id: string, label: string}[]}} head
 * @param {Order} order tells the kernel
 * @returns {MenuItem[]}
 */
export function columnMenu(column, head, order) {
  const { id } = column;
  const items = column.first ? sortItems(id, head.sort, order) : [];
  const isName = column.kind === 'run' || column.kind === 'status';
  if (!isName) {
    const pinned = !column.pinned;
    items.push(
      { words: pinned ? 'Keep at the left' : 'Put back in its place',
        act: () => order('column', { column: id, pinned }) },
      { words: 'Hide', act: () => order('column', { column: id, hidden: true }) }
    );
  }
  if (head.group === id) {
    items.push({ words: 'Do not group', act: () => order('group', { column: null }) });
  } else if (head.groups.some(one => one.id === id)) {
    items.push({ words: 'Group by this', act: () => order('group', { column: id }) });
  }
  if (column.kind === 'metric') {
    items.push({ words: 'Best value', heading: true });
    for (const [better, words] of Object.entries(BETTER)) {
      const checked = column.better === better;
      items.push({ words, checked, act: () => order('column', { column: id, better }) });
    }
  }
  if (column.numeric && (column.kind === 'metric' || column.kind === 'param')) {
    items.push({ words: 'Numbers', heading: true });
    for (const [format, [words, hint]] of Object.entries(FORMATS)) {
      const checked = (column.format ?? 'short') === format;
      items.push({ words, hint, checked, act: () => order('column', { column: id, format }) });
    }
  }
  return items;
}

/**
 * @param {string} column
 * @param {import('./header.js').Sort[]} sorts
 * @param {Order} order
 * @returns {MenuItem[]}
 */
function sortItems(column, sorts, order) {
  const now = sorts.find(one => one.column === column)?.direction ?? null;
  const item = (
    /** @type {string} */ words, /** @type {string | null} */ direction, add = false, hint = ''
  ) => ({ words, hint, act: () => order('sort', { column, direction, add }) });
  const items = [
    item('Sort up', 'ascending', false, '▲'),
    item('Sort down', 'descending', false, '▼')
  ];
  if (now) {
    items.push(item('Do not sort', null, sorts.length > 1));
  } else if (sorts.length) {
    items.push(
      item('Then sort up', 'ascending', true, '▲'),
      item('Then sort down', 'descending', true, '▼')
    );
  }
  return items;
}

/**
 * @param {import('./row_windows.js').Row & {id: string}} row
 * @param {{actions: string[], baseline: string | null}} head
 * @param {Order} order
 * @param {(id: string) => void} copy
 * @returns {MenuItem[]}
 */
export function rowMenu(row, { actions }, order, copy) {
  const { id, key } = row;
  const items = /** @type {MenuItem[]} */ ([]);
  if (actions.includes('open')) {
    items.push({ words: 'Open', hint: 'Enter', act: () => order('open', { run: id }) });
  }
  if (row.opens) {
    const words = row.open ? 'Collapse' : 'Expand';
    items.push({ words, act: () => order('expand', { key, open: !row.open }) });
  }
  items.push(
    { words: row.baseline ? 'Compare with no baseline' : 'Make it the baseline',
      act: () => order('baseline', { run: row.baseline ? null : id }) },
    { words: row.pinned ? 'Unpin' : 'Pin to the top',
      act: () => order('pin', { run: id, on: !row.pinned }) },
    { words: 'Copy its id', hint: id.slice(0, 8), act: () => copy(id) }
  );
  const deletes = actions.includes('restore') ? ['Restore', 'restore'] : ['Delete', 'delete'];
  if (actions.includes(deletes[1])) {
    items.push({ words: deletes[0], act: () => order(deletes[1], { runs: [id] }) });
  }
  return items;
}
