// @ts-check
/** Fills in what `wire.py` leaves out of heads and rows. */

/** @typedef {import('./row_windows.js').Row} Row */

const NO_COLUMN = { numeric: false, first: null, better: null, format: null, pinned: false };
const NO_ROW = {
  id: null, level: 0, opens: false, open: false, colour: '', tone: 'quiet', pinned: false,
  baseline: false, label: '', more: {}
};
const BETWEEN = '\x7f'; // the texts of a row
const USUAL = /** @type {Record<string, object>} */ ({
  metrics: { group: 'Metrics', kind: 'metric', numeric: true, first: 'descending' },
  params: { group: 'Parameters', kind: 'param', first: 'ascending' },
  tags: { group: 'Tags', kind: 'tag', first: 'ascending' },
  curve: { group: 'Metrics', kind: 'curve', numeric: true }
});
const NAMEABLE = /^(metrics|params|tags)\./;

/**
 * @param {string} id
 * @returns {any}
 */
function usual(id) {
  const dot = id.indexOf('.');
  const label = id.slice(dot + 1);
  return { ...NO_COLUMN, label, hint: label, ...USUAL[id.slice(0, dot)], id };
}

/** A name whose key has odd characters. @param {string} id */
function inBackticks(id) {
  const [kind, ...keys] = id.split('.');
  return `${kind}.\`${keys.join('.').replaceAll('`', '``')}\``;
}

/** Heads that were filled in, by what was sent. @type {WeakMap<object, any>} */
const heads = new WeakMap();

/** A head as `head.py` describes it. @param {any} head */
export function filled(head) {
  if (!heads.has(head)) {
    heads.set(head, filledAnew(head));
  }
  return heads.get(head);
}

/** @param {any} head */
function filledAnew(head) {
  const columns = head.columns.map((/** @type {any} */ one) => ({ ...usual(one.id), ...one }));
  const shown = new Set(columns.map((/** @type {any} */ one) => one.id));
  const choices = head.all_columns.map((/** @type {any} */ one) => {
    const choice = { ...usual(one.id ?? one), ...(one.id ? one : {}) };
    return { ...choice, shown: shown.has(choice.id) };
  });
  const labels = new Map(choices.map((/** @type {any} */ one) => [one.id, one.label]));
  const ids = choices.map((/** @type {any} */ one) => one.id);
  return {
    ...head,
    columns,
    all_columns: choices,
    groups: head.groups.map((/** @type {string} */ id) =>
      ({ id, label: labels.get(id) ?? usual(id).label })),
    names: [
      ...head.names,
      ...ids.filter((/** @type {string} */ id) =>
        NAMEABLE.test(id) && !head.names.includes(inBackticks(id)))
    ]
  };
}

/**
 * A page with rows as `windows.py` describes them.
 * @param {any} page
 */
export function filledPage(page) {
  const rows = page.rows.map((/** @type {any} */ row) =>
    ({ ...NO_ROW, key: row.id, ...row, texts: row.texts.split(BETWEEN) }));
  return { ...page, rows: /** @type {Row[]} */ (rows) };
}
