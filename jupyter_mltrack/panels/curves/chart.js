// @ts-check
/** One small chart: lines of one metric on a canvas, a second one for what follows the mouse. */

import { element } from '../elements.js';
import { canBeSeen, paintAxes, paintBand, paintDot, paintLine } from './painting.js';
import { nearestRow, smoothed, valueAt } from './series.js';
import { Scale, asPlace, inDigits } from './scales.js';
import { steer } from './steering.js';
import { valueRows } from './value_list.js';

const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 8, 22];
const MOST_DOTS = 12;

/**
 * What all charts of a panel show alike.
 * @typedef {{
 *   axis: import('./scales.js').Axis, zoom: [number, number] | null,
 *   weight: number, logX: boolean, logY: boolean, band: boolean, isGrouped: boolean,
 *   lines: {label: string, colour: string, dash: string}[], hidden: Set<number>,
 *   picked: number, cursor: number | null, inks: import('./painting.js').Inks
 * }} View
 */
/**
 * What a chart tells its panel.
 * @typedef {{
 *   point(x: number | null, line: number): void, zoom(range: [number, number] | null): void,
 *   say(words: string): void
 * }} Host
 */

export class Chart {
  /**
   * @param {string} title
   * @param {Host} host
   */
  constructor(title, host) {
    this.title = title;
    this.host = host;
    this.series = /** @type {import('./series.js').Series[]} */ ([]);
    this.view = /** @type {View | null} */ (null);
    this.plot = /** @type {import('./painting.js').Plot | null} */ (null);
    this.drag = /** @type {{from: number, to: number} | null} */ (null);
    this.isUnderMouse = false;
    this.range = /** @type {[number, number]} */ ([0, 1]);
    this.note = element('span', 'curves-note');
    this.base = /** @type {HTMLCanvasElement} */ (element('canvas', 'curves-base', { role: 'img' }));
    this.cover = /** @type {HTMLCanvasElement} */ (element('canvas', 'curves-cover'));
    this.values = element('div', 'curves-values', { 'aria-hidden': 'true' });
    this.area = element('div', 'curves-area', { tabindex: '0', role: 'group' });
    this.area.append(this.base, this.cover, this.values);
    const name = element('span', 'curves-title', { title }, title);
    this.el = element('figure', 'curves-chart', {}, element('figcaption', '', {}, name, this.note));
    this.el.append(this.area);
    steer(this);
  }

  /** Draws all anew. @param {View} view */
  draw(view) {
    this.view = view;
    const shown = this.shown();
    const pen = this.paper(this.base);
    this.range = this.reach(shown, view);
    this.plot = this.measure(shown, view);
    this.tell(shown, view);
    if (!this.plot || !pen) {
      this.cover.getContext('2d')?.clearRect(0, 0, this.cover.width, this.cover.height);
      this.values.hidden = true;
      return;
    }
    const { plot } = this;
    paintAxes(pen, plot, view.axis, view.inks);
    pen.save();
    pen.beginPath();
    pen.rect(plot.left, plot.top - 3, plot.right - plot.left + 2, plot.bottom - plot.top + 6);
    pen.clip();
    const bands = shown.filter(one => view.isGrouped || (view.band && !one.whole));
    bands.forEach(one => paintBand(pen, plot, one, view.lines[one.line].colour, 0.16));
    const width = shown.length > 20 ? 1.2 : 1.6;
    if (view.weight && !view.isGrouped) {
      const raw = shown.length > 12 ? 0.13 : 0.25;
      shown.forEach(one => paintLine(pen, plot, one, one.mean, this.look(one, 1, raw)));
    }
    shown.forEach(one => paintLine(pen, plot, one, this.heights(one), this.look(one, width, 0.95)));
    pen.restore();
    this.follow(view);
  }

  /** Draws the crosshair, the line that is pointed at, and the values there. @param {View} view */
  follow(view) {
    this.view = view;
    const { plot } = this;
    const pen = this.paper(this.cover);
    if (!plot || !pen) {
      return;
    }
    const picked = this.shown().find(one => one.line === view.picked);
    pen.save();
    pen.beginPath();
    pen.rect(plot.left, plot.top - 3, plot.right - plot.left + 2, plot.bottom - plot.top + 6);
    pen.clip();
    if (picked) {
      pen.globalAlpha = 0.62;
      pen.fillStyle = view.inks.ground;
      pen.fillRect(plot.left, plot.top - 3, plot.right - plot.left + 2, plot.bottom - plot.top + 6);
      paintLine(pen, plot, picked, this.heights(picked), this.look(picked, 2.4, 1));
    }
    if (this.drag) {
      pen.globalAlpha = 0.15;
      pen.fillStyle = view.inks.text;
      const [from, to] = [this.drag.from, this.drag.to];
      pen.fillRect(Math.min(from, to), plot.top, Math.abs(to - from), plot.bottom - plot.top);
    }
    pen.restore();
    this.values.hidden = true;
    if (view.cursor !== null && !this.drag) {
      this.cross(pen, plot, view, view.cursor);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {import('./painting.js').Plot} plot
   * @param {View} view
   * @param {number} cursor
   */
  cross(pen, plot, view, cursor) {
    const x = plot.x.at(cursor);
    if (!(x >= plot.left - 1 && x <= plot.right + 1)) {
      return;
    }
    pen.globalAlpha = 0.7;
    pen.strokeStyle = view.inks.muted;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(Math.round(x) + 0.5, plot.top);
    pen.lineTo(Math.round(x) + 0.5, plot.bottom);
    pen.stroke();
    pen.globalAlpha = 1;
    const found = this.at(cursor);
    for (const { one, value } of found.filter(({ value }) => canBeSeen(value, plot))) {
      if (found.length <= MOST_DOTS || one.line === view.picked) {
        const at = plot.x.at(one.x[nearestRow(one, cursor)]);
        pen.fillStyle = view.lines[one.line].colour;
        paintDot(pen, at, plot.y.at(value), one.line === view.picked ? 4 : 2.8);
      }
    }
    this.values.replaceChildren(...valueRows(found, view, cursor, this.range[1] - this.range[0]));
    this.values.hidden = !found.length || !(this.isUnderMouse || this.hasFocus());
    this.values.classList.toggle('jp-mltrack-curves-left', x > (plot.left + plot.right) / 2);
  }

  /** The values at a place, the highest first. @param {number} cursor */
  at(cursor) {
    return this.shown()
      .map(one => ({ one, value: valueAt(one, this.heights(one), cursor) }))
      .filter(({ value }) => !Number.isNaN(value))
      .sort((a, b) => b.value - a.value);
  }

  shown() {
    return this.series.filter(one => !this.view?.hidden.has(one.line) && one.x.length);
  }

  /** @param {import('./series.js').Series} one */
  heights(one) {
    return this.view && !this.view.isGrouped ? smoothed(one, this.view.weight) : one.mean;
  }

  /**
   * @param {import('./series.js').Series} one
   * @param {number} width
   * @param {number} alpha
   */
  look(one, width, alpha) {
    const { colour, dash } = /** @type {View} */ (this.view).lines[one.line];
    return { colour, dash, width, alpha };
  }

  hasFocus() {
    const root = /** @type {Document | ShadowRoot} */ (this.area.getRootNode());
    return root.activeElement === this.area;
  }

  /**
   * A canvas of the size it has on the page, empty.
   * @param {HTMLCanvasElement} canvas
   */
  paper(canvas) {
    const { clientWidth: width, clientHeight: height } = this.area;
    const ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext('2d');
    if (!width || !pen) {
      return null;
    }
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      [canvas.width, canvas.height] = [wide, high];
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  /**
   * What the x axis shows: the zoomed range if there is anything in it, else all.
   * @param {import('./series.js').Series[]} shown
   * @param {View} view
   * @returns {[number, number]}
   */
  reach(shown, view) {
    let [low, high] = [Infinity, -Infinity];
    for (const one of shown) {
      const first = view.logX ? one.x.find(x => x > 0) ?? Infinity : one.x[0];
      low = Math.min(low, first);
      high = Math.max(high, one.x[one.x.length - 1]);
    }
    const [from, to] = view.zoom ?? [low, high];
    return from <= high && to >= low && !(view.logX && from <= 0) ? [from, to] : [low, high];
  }

  /**
   * The scales that hold all that is shown; null if that is nothing.
   * @param {import('./series.js').Series[]} shown
   * @param {View} view
   */
  measure(shown, view) {
    const [from, to] = this.range;
    let [low, high] = [Infinity, -Infinity];
    const take = (/** @type {number} */ value) => {
      if (Number.isFinite(value) && !(view.logY && value <= 0)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    };
    for (const one of shown) {
      const withBand = view.isGrouped || (view.band && !one.whole);
      const drawn = [this.heights(one), ...(withBand ? [one.lowest, one.highest] : [one.mean])];
      for (let row = 0; row < one.x.length; row += 1) {
        if (one.x[row] >= from && one.x[row] <= to) {
          drawn.forEach(values => take(values[row]));
        }
      }
    }
    if (!(low <= high) || !(from <= to)) {
      return null;
    }
    const [left, right] = [LEFT, this.area.clientWidth - RIGHT];
    const [top, bottom] = [TOP, this.area.clientHeight - BOTTOM];
    const x = new Scale(from, to, view.logX, left, right);
    return { x, y: new Scale(low, high, view.logY, bottom, top), left, right, top, bottom };
  }

  /**
   * Says beside the title and to screen readers what there is, and what cannot be drawn.
   * @param {import('./series.js').Series[]} shown
   * @param {View} view
   */
  tell(shown, view) {
    const breaks = shown.filter(one => one.mean.some(Number.isNaN)).length;
    const notes = [];
    if (!this.plot) {
      notes.push(this.series.length ? 'nothing to draw here' : 'no points');
    } else if (breaks && !view.isGrouped) {
      notes.push(`NaN or ∞ in ${breaks} ${breaks === 1 ? 'line' : 'lines'}`);
    }
    this.note.textContent = notes.join(', ');
    const kind = view.isGrouped ? 'groups' : 'runs';
    const [from, to] = this.range.map(x => asPlace(x, view.axis, this.range[1] - this.range[0]));
    const height = (/** @type {'bottom' | 'top'} */ end) =>
      this.plot && inDigits(this.plot.y.inverse(this.plot[end]));
    const heights = this.plot ? `, from ${height('bottom')} to ${height('top')}` : '';
    const words = `${shown.length} ${kind}, ${view.axis} ${from} to ${to}${heights}`;
    this.base.setAttribute('aria-label', `${this.title}: ${words}`);
    const keys = 'Arrows move the crosshair and choose a line, plus and minus zoom, 0 shows all.';
    this.area.setAttribute('aria-label', `Chart of ${this.title}. ${keys}`);
  }
}
