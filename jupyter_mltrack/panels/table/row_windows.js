// @ts-check
/** The rows that were fetched: of 100,000 only those near the ones that are shown. */

/**
 * A run, or a group of runs if `id` is null.
 * @typedef {{
 *   key: string, id: string | null, level: number, opens: boolean, open: boolean, colour: string,
 *   tone: string, pinned: boolean, baseline: boolean, label: string, texts: string[],
 *   started?: number, more: Record<string, {
 *     h?: string, b?: number, d?: string, w?: string, s?: string[]
 *   }>
 * }} Row
 */
/** @typedef {{generation: number, first: number, rows: Row[]}} Page */
/**
 * @typedef {(about: {
 *   first: number, count: number, generation: number, whole: boolean
 * }) => Promise<any>} Fetch
 */

const AHEAD = 20;
const MOST_AT_ONCE = 200;
const MOST_KEPT = 2_000;
const REST_MS = 100; // after rows arrived at a new place: to draw them, or scroll on

export class RowWindows {
  /**
   * @param {Fetch} fetch asks the kernel for rows
   * @param {(rows: Row[]) => void} arrived is called when some came
   * @param {(words: string) => void} failed
   */
  constructor(fetch, arrived, failed) {
    this.fetch = fetch;
    this.arrived = arrived;
    this.failed = failed;
    this.generation = -1;
    this.count = 0;
    this.rows = /** @type {Map<number, Row>} */ (new Map());
    this.stale = /** @type {Map<number, Row>} */ (new Map());
    this.wanted = { first: 0, end: 0 };
    this.isAsking = false;
    this.isResting = false;
    this.isUsed = false;
  }

  /** From now on rows are fetched ahead, and with their texts on hover; those that are here too. */
  use() {
    this.isUsed = true;
    this.stale = this.rows;
    this.rows = new Map();
  }

  get ahead() {
    return this.isUsed ? AHEAD : 0;
  }

  /**
   * Begins anew; until new rows arrive, the old ones may stand in for them.
   * @param {{generation: number, rows: number}} head
   * @param {Page} page
   * @param {boolean} mayStand whether the columns are the same
   */
  begin(head, page, mayStand) {
    if (head.generation !== this.generation) {
      this.stale = mayStand ? this.rows : new Map();
      this.rows = new Map();
    }
    this.generation = head.generation;
    this.count = head.rows;
    const here = new Set(page.rows.map(row => row.key));
    this.stale.forEach((row, index) => here.has(row.key) && this.stale.delete(index));
    if (this.isUsed) {
      page.rows.forEach((row, place) => this.stale.set(page.first + place, row));
    } else {
      this.keep(page);
    }
  }

  /**
   * @param {Page} page
   * @param {Map<number, Row>} rows
   */
  keep(page, rows = this.rows) {
    if (page.generation === this.generation) {
      page.rows.forEach((row, place) => rows.set(page.first + place, row));
    }
  }

  /** @param {number} index */
  at(index) {
    return this.rows.get(index) ?? this.stale.get(index);
  }

  /**
   * Fetches what is missing of a range; one question at a time, so that a dragged scrollbar asks
   * only for the places where it rests. At a new place it first asks for what is in sight, without
   * texts on hover; when that is drawn, for all and a little more.
   * @param {number} first
   * @param {number} end
   */
  async want(first, end) {
    this.wanted = { first, end };
    const { isUsed } = this;
    const isNew = isUsed && !places(first, end).some(at => this.at(at));
    const ahead = isNew ? 0 : this.ahead;
    const missing = this.missing(Math.max(0, first - ahead), Math.min(this.count, end + ahead));
    const waits = this.isAsking || (this.isResting && !isNew);
    if (waits || !missing || !this.isShortOf(first, end)) {
      return;
    }
    this.isAsking = true;
    try {
      const whole = isUsed && !isNew;
      const page = await this.fetch({ ...missing, generation: this.generation, whole });
      if (isUsed === this.isUsed) {
        this.keep(page, isNew ? this.stale : this.rows);
      }
      this.forgetFarRows();
      this.isAsking = false;
      if (page.generation === this.generation && page.rows.length) {
        this.isResting = isNew;
        this.arrived(page.rows);
        setTimeout(() => {
          this.isResting = false;
          this.want(this.wanted.first, this.wanted.end);
        }, isNew ? REST_MS : 0);
      }
    } catch (error) {
      this.isAsking = false;
      this.failed(String(/** @type {Error} */ (error).message));
    }
  }

  /**
   * Whether all of a range can be shown.
   * @param {{first: number, end: number}} range
   */
  has({ first, end }) {
    return places(first, end).every(at => this.at(at));
  }

  /**
   * Whether a question pays: something is missing in sight, or soon will be.
   * @param {number} first
   * @param {number} end
   */
  isShortOf(first, end) {
    const margin = this.ahead / 2;
    return Boolean(
      this.missing(Math.max(0, first - margin), Math.min(this.count, end + margin))
    );
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  missing(first, end) {
    let from = first;
    while (from < end && this.rows.has(from)) {
      from += 1;
    }
    let to = end;
    while (to > from && this.rows.has(to - 1)) {
      to -= 1;
    }
    return from < to ? { first: from, count: Math.min(to - from, MOST_AT_ONCE) } : null;
  }

  /**
   * The ids of the runs in a range; fetches what is not here.
   * @param {number} first
   * @param {number} end
   */
  async idsBetween(first, end) {
    const found = /** @type {Row[]} */ ([]);
    const { generation } = this;
    for (let at = first; at < end; at += MOST_AT_ONCE) {
      const to = Math.min(end, at + MOST_AT_ONCE);
      if (this.missing(at, to)) {
        const page = await this.fetch({ first: at, count: to - at, generation, whole: false });
        found.push(...page.rows);
      } else {
        for (let index = at; index < to; index += 1) {
          found.push(/** @type {Row} */ (this.rows.get(index)));
        }
      }
    }
    return found.flatMap(row => (row.id ? [row.id] : []));
  }

  forgetFarRows() {
    const { first, end } = this.wanted;
    for (const rows of [this.rows, this.stale]) {
      for (const index of rows.size > MOST_KEPT ? [...rows.keys()] : []) {
        if (index < first - MOST_KEPT / 2 || index > end + MOST_KEPT / 2) {
          rows.delete(index);
        }
      }
    }
  }
}

/** @param {number} first @param {number} end */
function places(first, end) {
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
}
