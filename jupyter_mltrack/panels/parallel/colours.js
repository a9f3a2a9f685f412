// @ts-check
/** The colours of lines: of the run itself, of a number by a scale, of a text by its place. */

import { drawnShare } from './scales.js';

const STEPS = 32;

/**
 * A colour of the scale.
 * @param {string[]} scale colours at equal distances, `#rrggbb`
 * @param {number} share
 */
export function scaleColour(scale, share) {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const lower = Math.min(Math.floor(place), scale.length - 2);
  const channels = [1, 3, 5].map(at => {
    const [one, other] = [scale[lower], scale[lower + 1]].map(c => parseInt(c.slice(at, at + 2), 16));
    return Math.round(one + (other - one) * (place - lower));
  });
  return `rgb(${channels.join(',')})`;
}

/**
 * The colour of each line, as indices of a short list of colours.
 * @param {{colours: Uint8Array, palette: string[], scale: string[], count: number}} runs
 * @param {import('./scales.js').Axis | undefined} axis none: each run has its own
 * @param {Float32Array | undefined} shares
 * @param {boolean} isLog
 * @param {string} missing what a run without a value gets
 * @returns {{list: string[], of: Uint8Array}}
 */
export function lineColours(runs, axis, shares, isLog, missing) {
  if (!axis || !shares) {
    return { list: runs.palette, of: runs.colours };
  }
  const of = new Uint8Array(runs.count);
  const choices = axis.choices.length;
  const list = choices
    ? [...runs.palette, missing]
    : [...Array(STEPS).keys()].map(step => scaleColour(runs.scale, step / (STEPS - 1)));
  if (!choices) {
    list.push(missing);
  }
  for (let run = 0; run < runs.count; run += 1) {
    const share = shares[run];
    if (share !== share) {
      of[run] = list.length - 1;
    } else if (choices) {
      of[run] = Math.floor(share * choices) % runs.palette.length;
    } else {
      of[run] = Math.round(drawnShare(axis, share, isLog) * (STEPS - 1));
    }
  }
  return { list, of };
}
