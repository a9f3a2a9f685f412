// @ts-check
/** Draws axes, bands and lines on a canvas; what has no place on an axis breaks them. */

import { element } from '../elements.js';
import { asPlace, asTick } from './scales.js';

/** @typedef {{text: string, muted: string, grid: string, ground: string}} Inks */
/**
 * @typedef {{
 *   x: import('./scales.js').Scale, y: import('./scales.js').Scale,
 *   left: number, right: number, top: number, bottom: number
 * }} Plot
 */

const FONT = '11px system-ui, sans-serif';
const DOT = 2.2;
const GRID_ALPHA = 0.65;

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {import('./scales.js').Axis} axis
 * @param {Inks} inks
 */
export function paintAxes(pen, plot, axis, inks) {
  const { left, right, top, bottom } = plot;
  pen.font = FONT;
  pen.lineWidth = 1;
  pen.strokeStyle = inks.grid;
  pen.fillStyle = inks.muted;
  pen.textBaseline = 'middle';
  pen.textAlign = 'right';
  pen.beginPath();
  for (const tick of plot.y.ticks(5)) {
    const y = Math.round(plot.y.at(tick)) + 0.5;
    if (y > top - 2 && y < bottom + 2) {
      pen.moveTo(left, y);
      pen.lineTo(right, y);
      pen.fillText(asTick(tick), left - 6, y);
    }
  }
  pen.globalAlpha = GRID_ALPHA;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.textBaseline = 'top';
  pen.textAlign = 'center';
  const span = plot.x.inverse(right) - plot.x.inverse(left);
  const most = Math.max(2, Math.floor((right - left) / 90));
  let free = -Infinity;
  for (const tick of plot.x.ticks(most, axis)) {
    const words = asPlace(tick, axis, span);
    const half = pen.measureText(words).width / 2;
    const x = Math.min(Math.max(plot.x.at(tick), left - 20 + half), right + 10 - half);
    if (x - half > free && plot.x.at(tick) >= left - 1 && plot.x.at(tick) <= right + 1) {
      pen.fillText(words, x, bottom + 5);
      free = x + half + 6;
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {import('./series.js').Series} series
 * @param {string} colour
 * @param {number} alpha
 */
export function paintBand(pen, plot, series, colour, alpha) {
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  const size = series.x.length;
  for (let first = 0; first < size; first += 1) {
    let end = first;
    while (end < size && canBeSeen(series.highest[end], plot)) {
      end += 1;
    }
    if (end - first > 1) {
      pen.beginPath();
      for (let row = first; row < end; row += 1) {
        pen.lineTo(plot.x.at(series.x[row]), plot.y.at(series.highest[row]));
      }
      for (let row = end - 1; row >= first; row -= 1) {
        const low = series.lowest[row];
        const y = canBeSeen(low, plot) ? plot.y.at(low) : plot.bottom + 1;
        pen.lineTo(plot.x.at(series.x[row]), y);
      }
      pen.fill();
    }
    first = end;
  }
  pen.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {import('./series.js').Series} series
 * @param {Float32Array} values
 * @param {{colour: string, dash: string, width: number, alpha: number}} look
 */
export function paintLine(pen, plot, series, values, look) {
  pen.globalAlpha = look.alpha;
  pen.strokeStyle = look.colour;
  pen.fillStyle = look.colour;
  pen.lineWidth = look.width;
  pen.lineJoin = 'round';
  pen.setLineDash(look.dash ? look.dash.split(' ').map(Number) : []);
  const dots = [];
  let [length, lastX, lastY] = [0, 0, 0];
  pen.beginPath();
  for (let row = 0; row <= values.length; row += 1) {
    const value = values[row];
    const x = row < values.length ? plot.x.at(series.x[row]) : NaN;
    if (canBeSeen(value, plot) && Number.isFinite(x)) {
      const y = plot.y.at(value);
      if (length) {
        pen.lineTo(x, y);
      } else {
        pen.moveTo(x, y);
      }
      [length, lastX, lastY] = [length + 1, x, y];
    } else {
      if (length === 1) {
        dots.push([lastX, lastY]);
      }
      length = 0;
    }
  }
  pen.stroke();
  pen.setLineDash([]);
  for (const [x, y] of dots) {
    paintDot(pen, x, y, DOT);
  }
  pen.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function paintDot(pen, x, y, size) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fill();
}

/**
 * @param {number} value
 * @param {Plot} plot
 */
export function canBeSeen(value, plot) {
  return Number.isFinite(value) && !(plot.y.isLog && value <= 0);
}

/**
 * The colours of the page, which a canvas must be told.
 * @param {HTMLElement} el
 */
export function inksOf(el) {
  const probe = element('span', 'curves-probe');
  el.append(probe);
  const style = getComputedStyle(probe);
  const inks = {
    text: style.color,
    muted: style.outlineColor,
    grid: style.borderTopColor,
    ground: style.backgroundColor
  };
  probe.remove();
  return inks;
}
