// @ts-check
/** Brushes made with a pointer: drag to make one, drag it to move it, its ends to resize, click to
 * take it away. */

import { valueAt } from './scales.js';

const REACH = 12; // pixels beside an axis
const END = 6; // pixels around the end of a brush
const LEAST_DRAG = 3; // pixels; less is a click

/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {import('./plot.js').Place} Place */
/** @typedef {import('./scales.js').Brush} Brush */
/**
 * @typedef {{plot(): Plot, brushes(): Map<string, Brush>,
 *   brush(axis: string, brush: Brush | null, isLast: boolean): void,
 *   hover(x: number, y: number): void}} Owner
 */

/**
 * The brush between two heights of an axis; the lane of what is missing belongs to it if one of
 * them is there.
 * @param {Plot} plot
 * @param {Place} place
 * @param {number} one
 * @param {number} other
 * @returns {Brush | null}
 */
function between(plot, place, one, other) {
  const { axis, isLog } = place;
  const missing = axis.missing > 0 && (plot.isLane(one) || plot.isLane(other));
  const isOnlyLane = plot.isLane(one) && plot.isLane(other);
  const shares = [plot.shareAt(place, one), plot.shareAt(place, other)].sort((a, b) => a - b);
  const brush = { axis: axis.id, missing };
  if (isOnlyLane) {
    return missing ? brush : null;
  }
  if (axis.choices.length) {
    const count = axis.choices.length;
    const choices = [...axis.choices.keys()].filter(
      at => (at + 0.75) / count > shares[0] && (at + 0.25) / count < shares[1],
    );
    return choices.length || missing ? { ...brush, choices } : null;
  }
  const [low, high] = shares.map(share => valueAt(axis, share, isLog));
  return { ...brush, low, high };
}

/**
 * What a press on an axis begins: the height that stays, and what moves with the pointer.
 * @param {Plot} plot
 * @param {Place} place
 * @param {Brush | undefined} brush
 * @param {number} y
 */
function grasp(plot, place, brush, y) {
  const stretch = brush && plot.stretches(place, brush).find(([a, b]) => y >= a - END && y <= b + END);
  if (!stretch || stretch[0] > plot.bottom) {
    return { fixed: y, moves: null, has: Boolean(stretch) };
  }
  const [upper, lower] = stretch;
  const isShort = lower - upper < 3 * END;
  if (!isShort && Math.abs(y - upper) <= END) {
    return { fixed: lower, moves: null, has: true };
  }
  if (!isShort && Math.abs(y - lower) <= END) {
    return { fixed: upper, moves: null, has: true };
  }
  return { fixed: y, moves: stretch, has: true };
}

/**
 * A stretch moved along its axis, not beyond its ends.
 * @param {Plot} plot
 * @param {Place} place
 * @param {[number, number]} stretch
 * @param {number} by
 */
function moved(plot, place, stretch, by) {
  const ends = [plot.heightOf(place, 0), plot.heightOf(place, 1)];
  const least = Math.min(...ends) - stretch[0];
  const most = Math.max(...ends) - stretch[1];
  const step = Math.min(most, Math.max(least, by));
  return between(plot, place, stretch[0] + step, stretch[1] + step);
}

/**
 * Listens to a canvas.
 * @param {HTMLElement} canvas
 * @param {Owner} owner
 */
export function brushing(canvas, owner) {
  let drag = /** @type {null | (ReturnType<typeof grasp> & {place: Place, from: number,
    isMoved: boolean, before: Brush | null})} */ (null);

  const at = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const dragged = (/** @type {number} */ y, /** @type {boolean} */ isLast) => {
    if (drag) {
      const { place, fixed, moves, from } = drag;
      const plot = owner.plot();
      const brush = moves
        ? moved(plot, place, moves, y - from)
        : between(plot, place, fixed, y);
      owner.brush(place.axis.id, brush, isLast);
    }
  };
  canvas.addEventListener('pointerdown', event => {
    const { x, y } = at(event);
    const place = owner.plot().placeNear(x, REACH);
    if (!place || event.button !== 0) {
      return;
    }
    const before = owner.brushes().get(place.axis.id);
    const held = grasp(owner.plot(), place, before, y);
    drag = { ...held, place, from: y, isMoved: false, before: before ?? null };
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', event => {
    const { x, y } = at(event);
    if (!drag) {
      const place = owner.plot().placeNear(x, REACH);
      canvas.style.cursor = place ? 'ns-resize' : 'default';
      owner.hover(x, y);
    } else if (drag.isMoved || Math.abs(y - drag.from) >= LEAST_DRAG) {
      drag.isMoved = true;
      dragged(y, false);
    }
  });
  canvas.addEventListener('pointerup', event => {
    const { y } = at(event);
    if (drag?.isMoved) {
      dragged(y, true);
    } else if (drag) {
      const { place, has } = drag;
      const plot = owner.plot();
      const isPoint = plot.isLane(y) || place.axis.choices.length > 0;
      const reach = place.axis.choices.length ? 1 : 0;
      owner.brush(
        place.axis.id,
        has || !isPoint ? null : between(plot, place, y - reach, y + reach),
        true,
      );
    }
    drag = null;
  });
  canvas.addEventListener('pointercancel', () => {
    if (drag) {
      owner.brush(drag.place.axis.id, drag.before, true);
      drag = null;
    }
  });
  canvas.addEventListener('pointerleave', () => owner.hover(-1, -1));
}
