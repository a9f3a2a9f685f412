// @ts-check
/** The picture: grey lines below, the selected runs in colour, axes and brushes on top. */

import { element } from '../elements.js';
import { lineColours } from './colours.js';
import { LineLayer, Lines, opacity } from './lines.js';
import { Plot } from './plot.js';
import { test, written } from './scales.js';

/** @typedef {import('./scales.js').Axis} Axis */
/** @typedef {import('./scales.js').Brush} Brush */
/** @typedef {{shown: string[], flipped: string[], log: string[], colour: string}} Arrangement */
/** @typedef {{labels: string[], colours: Uint8Array, palette: string[], scale: string[],
 *   count: number}} Runs
 */

const RUNS_AXIS = 'run_id';
const MISSING_COLOUR = '#999999';
const GREY_ALPHA = 0.6; // of a pale grey: many lines on each other stay pale

export class Picture {
  /**
   * @param {Runs} runs
   * @param {Map<string, Axis>} axes
   * @param {Map<string, Float32Array>} shares where the runs are on the axes
   */
  constructor(runs, axes, shares) {
    this.runs = runs;
    this.axes = axes;
    this.shares = shares;
    this.plot = new Plot([], 600);
    this.lines = new Lines([], [], 0, 1);
    this.selected = /** @type {number[]} */ ([]);
    this.brushes = /** @type {Map<string, Brush>} */ (new Map());
    this.hovered = -1;
    this.look = { text: '', muted: '', pale: '', ground: '', accent: '', font: '' };
    this.colours = { list: runs.palette, of: runs.colours };
    this.hasGrey = false;
    const canvases = [0, 1, 2].map(
      () => /** @type {HTMLCanvasElement} */ (element('canvas', 'parallel-canvas', { 'aria-hidden': 'true' })),
    );
    this.grey = new LineLayer(canvases[0]);
    this.coloured = new LineLayer(canvases[1]);
    this.front = canvases[2];
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.front.getContext('2d'));
    this.el = element('div', 'parallel-picture', { role: 'img' }, ...canvases);
  }

  /**
   * Places axes and lines; `select` draws them.
   * @param {Arrangement} arrangement
   * @param {number} width
   */
  layOut({ shown, flipped, log, colour }, width) {
    const places = shown.filter(name => this.shares.has(name)).map(name => ({
      axis: /** @type {Axis} */ (this.axes.get(name)),
      isLog: log.includes(name),
      isFlipped: flipped.includes(name),
    }));
    this.plot = new Plot(places, width);
    const { plot } = this;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const canvas of [this.grey.canvas, this.coloured.canvas, this.front]) {
      canvas.width = Math.round(plot.width * ratio);
      canvas.height = Math.round(plot.height * ratio);
      canvas.style.width = `${plot.width}px`;
      canvas.style.height = `${plot.height}px`;
    }
    this.el.style.height = `${plot.height}px`;
    const names = plot.places.map(place => place.axis.label).join(', ');
    this.el.setAttribute('aria-label', `${this.runs.count} runs as lines across ${names}`);
    const down = plot.places.map(place =>
      plot.heights(place, /** @type {Float32Array} */ (this.shares.get(place.axis.id))));
    this.lines = new Lines(plot.places.map(place => place.x), down, this.runs.count, ratio);
    this.colours = lineColours(
      this.runs, this.axes.get(colour), this.shares.get(colour), log.includes(colour), MISSING_COLOUR,
    );
    this.readLook();
    this.hasGrey = false;
    this.hovered = -1;
  }

  /** The colours of the page, which change with its theme. */
  readLook() {
    const style = getComputedStyle(this.el);
    const value = (/** @type {string} */ name) => {
      const probe = element('i', `parallel-look-${name}`);
      this.el.append(probe);
      const found = getComputedStyle(probe).color;
      probe.remove();
      return found;
    };
    this.look = {
      text: style.color, muted: value('muted'), pale: value('pale'), ground: value('ground'),
      accent: value('accent'), font: style.fontFamily,
    };
  }

  /**
   * Works out which runs are in every brush, and draws those in colour.
   * @param {Map<string, Brush>} brushes
   */
  select(brushes) {
    const { count } = this.runs;
    this.brushes = brushes;
    const kept = new Uint8Array(count).fill(1);
    for (const [name, brush] of brushes) {
      const axis = this.axes.get(name);
      const shares = this.shares.get(name);
      const some = new Set(name === RUNS_AXIS ? brush.choices : []);
      const isIn = axis ? test(axis, brush) : null;
      for (let run = 0; run < count; run += 1) {
        if (isIn && shares ? !isIn(shares[run]) : name === RUNS_AXIS && !some.has(run)) {
          kept[run] = 0;
        }
      }
    }
    this.selected = [...kept.keys()].filter(run => kept[run]);
    this.draw();
  }

  draw() {
    const { count } = this.runs;
    const isBrushed = this.brushes.size > 0;
    if (isBrushed && !this.hasGrey) {
      const everyone = new Uint8Array(count);
      const colours = { list: [this.look.pale], of: everyone, alpha: GREY_ALPHA };
      this.grey.draw(this.lines, [...everyone.keys()], colours);
      this.hasGrey = true;
    }
    this.grey.canvas.style.visibility = isBrushed ? 'visible' : 'hidden';
    const alpha = opacity(this.selected.length);
    this.coloured.draw(this.lines, this.selected, { ...this.colours, alpha });
    this.overlay();
  }

  /** Draws the line under the pointer, axes and brushes. */
  overlay() {
    const { pen, look, lines } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.front.width, this.front.height);
    pen.setTransform(lines.ratio, 0, 0, lines.ratio, 0, 0);
    if (this.hovered >= 0) {
      pen.lineJoin = 'round';
      for (const [width, colour] of /** @type {[number, string][]} */ ([[7, look.ground], [3, look.text]])) {
        pen.lineWidth = width;
        pen.strokeStyle = colour;
        lines.trace(pen, this.hovered);
      }
    }
    this.plot.draw(pen, this.brushes, look);
  }

  /**
   * Lights the line near a place up; says which, '' for none.
   * @param {number} x
   * @param {number} y
   * @returns {string | null} null if nothing changed
   */
  hover(x, y) {
    const found = x < 0 ? -1 : this.lines.nearest(x, y, this.selected);
    if (found === this.hovered) {
      return null;
    }
    this.hovered = found;
    this.overlay();
    return found < 0 ? '' : this.words(found);
  }

  /** A run and its values on the axes. @param {number} run */
  words(run) {
    const values = this.plot.places.map(({ axis }) => {
      const share = this.shares.get(axis.id)?.[run] ?? NaN;
      if (share !== share) {
        return `${axis.label} missing`;
      }
      const choice = axis.choices[Math.floor(share * axis.choices.length)];
      return `${axis.label} ${choice ?? written(axis.low + share * (axis.high - axis.low), axis)}`;
    });
    return `${this.runs.labels[run]}  —  ${values.join(' · ')}`;
  }
}
