// @ts-check
/** The axes on the page: where they stand, what is written beside them, and their brushes. */

import { choiceShare, drawnShare, shareOf, ticks } from './scales.js';

const TOP = 12;
const AXIS_HEIGHT = 250;
const LANE = 30; // below the axes, where runs without a value are
const FOOT = 14;
const LEFT = 56;
const RIGHT = 74; // with the ticks of the last axis
const LEAST_GAP = 84;
const TICK_ROOM = 16;
export const BRUSH_WIDTH = 18;

/** @typedef {{axis: import('./scales.js').Axis, x: number, isLog: boolean, isFlipped: boolean}} Place */

export class Plot {
  /**
   * @param {Omit<Place, 'x'>[]} shown
   * @param {number} width what there is; many axes take more
   */
  constructor(shown, width) {
    const gaps = Math.max(1, shown.length - 1);
    this.gap = Math.max(LEAST_GAP, (width - LEFT - RIGHT) / gaps);
    this.width = Math.max(width, LEFT + RIGHT + this.gap * (shown.length - 1));
    this.hasLane = shown.some(({ axis }) => axis.missing > 0);
    this.bottom = TOP + AXIS_HEIGHT;
    this.lane = this.bottom + LANE;
    this.height = (this.hasLane ? this.lane : this.bottom) + FOOT;
    const first = shown.length === 1 ? this.width / 2 : LEFT;
    /** @type {Place[]} */
    this.places = shown.map((one, at) => ({ ...one, x: first + at * this.gap }));
  }

  /** @param {Place} place @param {number} share as it is drawn */
  heightOf(place, share) {
    const up = place.isFlipped ? 1 - share : share;
    return this.bottom - up * AXIS_HEIGHT;
  }

  /** @param {Place} place @param {number} y @returns {number} the share as it is drawn, 0 to 1 */
  shareAt(place, y) {
    const up = Math.min(1, Math.max(0, (this.bottom - y) / AXIS_HEIGHT));
    return place.isFlipped ? 1 - up : up;
  }

  /** Whether a height is that of the lane. @param {number} y */
  isLane(y) {
    return this.hasLane && y > this.bottom + LANE / 2;
  }

  /** @param {Place} place @param {Float32Array} shares linear ones; NaN is in the lane */
  heights(place, shares) {
    const { axis, isLog } = place;
    return shares.map(share =>
      share === share ? this.heightOf(place, drawnShare(axis, share, isLog)) : this.lane,
    );
  }

  /** @param {number} x @param {number} reach @returns {Place | undefined} */
  placeNear(x, reach) {
    return this.places.find(place => Math.abs(place.x - x) <= reach);
  }

  /**
   * The stretches that a brush covers, each from its upper to its lower height.
   * @param {Place} place
   * @param {import('./scales.js').Brush} brush
   * @returns {[number, number][]}
   */
  stretches(place, brush) {
    const { axis, isLog } = place;
    const found = /** @type {[number, number][]} */ ([]);
    if (typeof brush.low === 'number' && typeof brush.high === 'number') {
      const ends = [brush.low, brush.high].map(end =>
        this.heightOf(place, Math.min(1, Math.max(0, shareOf(axis, end, isLog)))),
      );
      const [upper, lower] = [Math.min(...ends), Math.max(...ends)];
      found.push(lower - upper < 4 ? [upper - 2, lower + 2] : [upper, lower]);
    }
    const half = AXIS_HEIGHT / Math.max(1, axis.choices.length) / 2;
    for (const choice of brush.choices ?? []) {
      const middle = this.heightOf(place, choiceShare(axis, choice));
      const [upper, lower] = [middle - half, middle + half];
      const above = found.find(one => Math.abs(one[1] - upper) < 0.5);
      const below = found.find(one => Math.abs(one[0] - lower) < 0.5);
      if (above) {
        above[1] = lower;
      } else if (below) {
        below[0] = upper;
      } else {
        found.push([upper, lower]);
      }
    }
    if (brush.missing) {
      found.push([this.lane - 9, this.lane + 9]);
    }
    return found;
  }

  /**
   * Draws axes, ticks and brushes.
   * @param {CanvasRenderingContext2D} pen
   * @param {Map<string, import('./scales.js').Brush>} brushes
   * @param {{text: string, muted: string, ground: string, accent: string, font: string}} look
   */
  draw(pen, brushes, look) {
    pen.font = `11px ${look.font}`;
    pen.textBaseline = 'middle';
    for (const place of this.places) {
      const brush = brushes.get(place.axis.id);
      line(pen, look.muted, place.x, TOP, this.bottom);
      if (brush) {
        this.drawBrush(pen, place, brush, look.accent);
      }
      const marks = ticks(place.axis, place.isLog, Math.floor(AXIS_HEIGHT / TICK_ROOM));
      for (const { share, text } of marks) {
        label(pen, look, place.x, this.heightOf(place, share), text, this.gap);
      }
      if (place.axis.missing) {
        label(pen, { ...look, text: look.muted }, place.x, this.lane, 'missing', this.gap);
      }
    }
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Place} place
   * @param {import('./scales.js').Brush} brush
   * @param {string} colour
   */
  drawBrush(pen, place, brush, colour) {
    for (const [upper, lower] of this.stretches(place, brush)) {
      const box = /** @type {const} */ ([
        place.x - BRUSH_WIDTH / 2,
        upper,
        BRUSH_WIDTH,
        lower - upper,
      ]);
      pen.fillStyle = colour;
      pen.globalAlpha = 0.25;
      pen.fillRect(...box);
      pen.globalAlpha = 1;
      pen.strokeStyle = colour;
      pen.lineWidth = 1.5;
      pen.strokeRect(...box);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} colour
 * @param {number} x
 * @param {number} upper
 * @param {number} lower
 */
function line(pen, colour, x, upper, lower) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(x, upper);
  pen.lineTo(x, lower);
  pen.stroke();
}

/**
 * A text beside an axis, with a rim that keeps it readable on the lines.
 * @param {CanvasRenderingContext2D} pen
 * @param {{text: string, ground: string, muted: string}} look
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {number} room
 */
function label(pen, look, x, y, text, room) {
  const most = Math.max(4, Math.floor((Math.min(room, 120) - 16) / 6));
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  pen.strokeStyle = look.muted;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x - 3, y);
  pen.lineTo(x + 3, y);
  pen.stroke();
  pen.lineJoin = 'round';
  pen.strokeStyle = look.ground;
  pen.lineWidth = 4;
  pen.globalAlpha = 0.85;
  pen.strokeText(cut, x + 7, y);
  pen.globalAlpha = 1;
  pen.fillStyle = look.text;
  pen.fillText(cut, x + 7, y);
}
