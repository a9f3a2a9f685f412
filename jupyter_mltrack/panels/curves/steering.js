// @ts-check
/** Mouse and keys over a chart: point, pick a line, drag or press + to zoom. */

import { canBeSeen } from './painting.js';
import { nearestRow } from './series.js';
import { asPlace, inDigits } from './scales.js';

/** @typedef {import('./chart.js').Chart} Chart */

const SHORTEST_DRAG = 5;
const NEAR = 24;
const STEP = 6;
const WALKS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });
const PICKS = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1 });
const REACHES = /** @type {Record<string, number>} */ ({ '+': 0.25, '=': 0.25, '-': 1 });

/** @param {Chart} chart */
export function steer(chart) {
  const { area, host } = chart;
  const leave = () => {
    chart.isUnderMouse = false;
    if (!chart.drag) {
      host.point(null, -1);
    }
  };
  area.addEventListener('pointermove', event => follow(chart, event.offsetX, event.offsetY));
  area.addEventListener('pointerleave', leave);
  area.addEventListener('blur', leave);
  area.addEventListener('pointerdown', event => {
    if (chart.plot && event.button === 0) {
      const x = within(chart.plot, event.offsetX);
      chart.drag = { from: x, to: x };
      area.setPointerCapture(event.pointerId);
    }
  });
  area.addEventListener('pointerup', () => endDrag(chart));
  area.addEventListener('pointercancel', () => endDrag(chart));
  area.addEventListener('dblclick', () => host.zoom(null));
  area.addEventListener('keydown', event => pressKey(chart, event));
}

/**
 * @param {Chart} chart
 * @param {number} across in pixels
 * @param {number} down
 */
function follow(chart, across, down) {
  const { plot } = chart;
  if (!plot) {
    return;
  }
  chart.isUnderMouse = true;
  const x = within(plot, across);
  if (chart.drag) {
    chart.drag.to = x;
  }
  const cursor = nearestPlace(chart, plot.x.inverse(x));
  const [nearest] = chart
    .at(cursor)
    .filter(({ value }) => canBeSeen(value, plot))
    .map(({ one, value }) => ({ line: one.line, far: Math.abs(plot.y.at(value) - down) }))
    .sort((a, b) => a.far - b.far);
  chart.host.point(cursor, nearest?.far < NEAR ? nearest.line : -1);
}

/** @param {Chart} chart */
function endDrag(chart) {
  const { drag, plot } = chart;
  chart.drag = null;
  if (drag && plot && Math.abs(drag.to - drag.from) >= SHORTEST_DRAG) {
    const [from, to] = [drag.from, drag.to].sort((a, b) => a - b);
    chart.host.zoom([plot.x.inverse(from), plot.x.inverse(to)]);
  }
}

/**
 * @param {Chart} chart
 * @param {KeyboardEvent} event
 */
function pressKey(chart, event) {
  const { plot, view, host } = chart;
  if (!plot || !view || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const cursor = view.cursor ?? nearestPlace(chart, plot.x.inverse((plot.left + plot.right) / 2));
  const { key } = event;
  if (WALKS[key]) {
    host.point(walked(chart, cursor, WALKS[key] * (event.shiftKey ? 5 : 1)), view.picked);
  } else if (PICKS[key]) {
    const found = chart.at(cursor);
    const place = found.findIndex(({ one }) => one.line === view.picked) + PICKS[key];
    const next = found[Math.min(Math.max(place, 0), found.length - 1)];
    host.point(cursor, next ? next.one.line : -1);
  } else if (REACHES[key]) {
    const reach = (plot.right - plot.left) * REACHES[key];
    const x = plot.x.at(cursor);
    host.zoom([plot.x.inverse(x - reach), plot.x.inverse(x + reach)]);
  } else if (key === '0' || key === 'Escape') {
    host.zoom(null);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  announce(chart);
}

/**
 * The next place in a direction at which there is a point.
 * @param {Chart} chart
 * @param {number} cursor
 * @param {number} steps
 */
function walked(chart, cursor, steps) {
  const plot = /** @type {import('./painting.js').Plot} */ (chart.plot);
  const start = plot.x.at(cursor);
  for (let x = start + STEP * steps; ; x += STEP * Math.sign(steps)) {
    const place = nearestPlace(chart, plot.x.inverse(within(plot, x)));
    if (place !== cursor && Math.sign(place - cursor) === Math.sign(steps)) {
      return place;
    }
    if (x < plot.left || x > plot.right) {
      return cursor;
    }
  }
}

/** @param {Chart} chart */
function announce(chart) {
  const { view } = chart;
  if (view && view.cursor !== null) {
    const found = chart.at(view.cursor);
    const picked = found.find(({ one }) => one.line === view.picked) ?? found[0];
    const place = asPlace(view.cursor, view.axis, chart.range[1] - chart.range[0]);
    const name = picked ? view.lines[picked.one.line].label : '';
    const value = picked ? `${name} ${inDigits(picked.value)}` : 'no values';
    chart.host.say(`${chart.title}, ${view.axis} ${place}: ${value}`);
  }
}

/**
 * The place of a point that is nearest to another place.
 * @param {Chart} chart
 * @param {number} x
 */
function nearestPlace(chart, x) {
  const places = chart.shown().map(one => one.x[nearestRow(one, x)]);
  const best = places.reduce((a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a), Infinity);
  return Number.isFinite(best) ? best : x;
}

/**
 * @param {import('./painting.js').Plot} plot
 * @param {number} x
 */
function within(plot, x) {
  return Math.min(Math.max(x, plot.left), plot.right);
}
