// @ts-check
/** Draws runs as lines on a canvas, some in each frame, and finds the one under the pointer. */

const FRAME_MS = 14;
const FEW = 20; // lines, which are drawn thicker
const MANY = 1000; // lines: a device pixel wide, which Chromium draws six times as fast as 1.2
const NEAR = 7; // pixels from the pointer to the line it means

/** A canvas on which lines appear little by little; what was asked last wins. */
export class LineLayer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    // Without a graphics card, a canvas in the computer's own memory is many times as fast.
    this.pen = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
    this.frame = 0;
  }

  /**
   * @param {Lines} lines
   * @param {ArrayLike<number>} order which runs, the last one on top
   * @param {{list: string[], of: ArrayLike<number>, alpha: number}} colours
   */
  draw(lines, order, colours) {
    cancelAnimationFrame(this.frame);
    const { pen } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(lines.ratio, 0, 0, lines.ratio, 0, 0);
    pen.globalAlpha = colours.alpha;
    pen.lineWidth = width(order.length, lines.ratio);
    pen.lineJoin = 'round';
    this.canvas.dataset.drawn = '';
    const began = performance.now();
    let next = 0;
    const more = () => {
      const until = performance.now() + FRAME_MS;
      while (next < order.length && (next % 64 || performance.now() < until)) {
        pen.strokeStyle = colours.list[colours.of[order[next]]];
        lines.trace(pen, order[next]);
        next += 1;
      }
      if (next < order.length) {
        this.frame = requestAnimationFrame(more);
      } else {
        this.canvas.dataset.milliseconds = String(Math.round(performance.now() - began));
        this.canvas.dataset.drawn = String(order.length);
      }
    };
    more();
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}

/** Where every run crosses every axis, in pixels. */
export class Lines {
  /**
   * @param {number[]} across of each axis
   * @param {Float32Array[]} down for each axis, of each run
   * @param {number} count of runs
   * @param {number} ratio device pixels in a pixel
   */
  constructor(across, down, count, ratio) {
    this.across = across;
    this.down = down;
    this.count = count;
    this.ratio = ratio;
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} run
   */
  trace(pen, run) {
    const { across, down } = this;
    pen.beginPath();
    if (across.length === 1) {
      pen.moveTo(across[0] - 12, down[0][run]);
      pen.lineTo(across[0] + 12, down[0][run]);
    }
    for (let axis = 0; axis < across.length; axis += 1) {
      pen.lineTo(across[axis], down[axis][run]);
    }
    pen.stroke();
  }

  /**
   * The run whose line is nearest to a place, -1 if none is near.
   * @param {number} x
   * @param {number} y
   * @param {ArrayLike<number>} among runs
   */
  nearest(x, y, among) {
    const { across, down } = this;
    const right = across.findIndex(each => each >= x);
    if (!across.length || right < 0 || (right === 0 && across[0] - x > NEAR)) {
      return -1;
    }
    const [one, other] = [down[Math.max(0, right - 1)], down[right]];
    const span = right ? across[right] - across[right - 1] : 1;
    const part = right ? (x - across[right - 1]) / span : 1;
    let found = -1;
    let least = NEAR;
    for (let at = 0; at < among.length; at += 1) {
      const run = among[at];
      const slope = (other[run] - one[run]) / span;
      const distance =
        Math.abs(one[run] + (other[run] - one[run]) * part - y) / Math.sqrt(1 + slope * slope);
      if (distance < least) {
        least = distance;
        found = run;
      }
    }
    return found;
  }
}

/**
 * How wide each of so many lines is.
 * @param {number} count
 * @param {number} ratio device pixels in a pixel
 */
function width(count, ratio) {
  return count <= FEW ? 2.2 : count < MANY ? 1.2 : 1 / ratio;
}

/**
 * How opaque each of so many lines is: few are strong, many let others show through.
 * @param {number} count
 */
export function opacity(count) {
  return Math.max(0.08, Math.min(0.9, 12 / Math.sqrt(count + 1)));
}
