// @ts-check
/** The series that a panel has: of the whole range, and finer ones of the range it is zoomed to. */

import { floats } from '../asking.js';
import { decoded } from './series.js';

/** @typedef {import('./series.js').Series} Series */

const MARGIN = 0.3; // of a zoomed range, on each side: so that lines go on to the edge

export class CurveData {
  /**
   * @param {import('../asking.js').Asker} asker
   * @param {number} size how many runs there are
   */
  constructor(asker, size) {
    this.asker = asker;
    this.size = size;
    this.wide = /** @type {Series[]} */ ([]);
    this.close = /** @type {Series[] | null} */ (null);
    this.isStale = false; // the whole range has missed news while it was not shown
    this.isAsking = false;
    this.axis = /** @type {import('./scales.js').Axis} */ ('step'); // what is asked for
    this.wideMetrics = /** @type {Set<number>} */ (new Set());
    this.last = /** @type {Map<string, string>} */ (new Map());
  }

  /**
   * Asks for what a view shows; an answer that it has moved on from meanwhile is dropped.
   * @param {number[]} metrics
   * @param {import('./chart.js').View} view
   * @param {number[] | null} runs null is all; some are not asked for while all are
   */
  async fetch(metrics, view, runs) {
    if (!metrics.length || (runs && this.isAsking)) {
      return;
    }
    const { axis } = this;
    const { zoom } = view;
    const margin = zoom ? (zoom[1] - zoom[0]) * MARGIN : 0;
    const range = zoom ? { low: zoom[0] - margin, high: zoom[1] + margin } : {};
    this.isAsking = true;
    try {
      const asked = { metrics, axis, ...range, ...(runs ? { runs } : {}) };
      const answer = await this.asker.ask('curves', asked);
      if (axis === this.axis && zoom === view.zoom) {
        view.axis = axis;
        this.take(answer, floats(answer.buffers[0]), !zoom);
      }
    } finally {
      this.isAsking = false;
    }
  }

  /** Whether the whole range of these must be asked for. @param {number[]} metrics */
  lacks(metrics) {
    return this.isStale || metrics.some(one => !this.wideMetrics.has(one));
  }

  /**
   * Puts new series in the place of those they are newer than.
   * @param {Record<string, any>} content
   * @param {Float32Array} columns
   * @param {boolean} isWide
   */
  take(content, columns, isWide) {
    const [runs, metrics] = [new Set(content.runs), new Set(content.metrics)];
    const isPart = runs.size < this.size;
    const before = isWide ? this.wide : (this.close ?? []);
    const kept = before.filter(one => isPart && !(runs.has(one.line) && metrics.has(one.metric)));
    const all = kept.concat(decoded(content, columns));
    if (isWide) {
      [this.wide, this.isStale] = [all, false];
      this.wideMetrics = isPart ? this.wideMetrics : metrics;
    } else {
      this.close = all;
      this.isStale ||= isPart;
    }
    content.runs.forEach((/** @type {number} */ run, /** @type {number} */ row) =>
      content.metrics.forEach((/** @type {number} */ metric, /** @type {number} */ nth) =>
        this.last.set(`${run} ${metric}`, content.last[row][nth])
      )
    );
  }
}
