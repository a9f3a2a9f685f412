// @ts-check
/** Small charts of metrics side by side, of the same runs, zoomed and pointed at together. */

import { Asker, floats, whileVisible } from '../asking.js';
import { element } from '../elements.js';
import { Chart } from './chart.js';
import { Controls } from './controls.js';
import { Legend, groupLines } from './legend.js';
import { CurveData } from './curve_data.js';
import { inksOf } from './painting.js';
import { groupMeans } from './series.js';

const NEWS_MS = 2000;
const MOST_BANDS = 10;
const FIRST_CHARTS = 6;

class CurvesView {
  /**
   * @param {import('../asking.js').Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.head = structuredClone(model.get('head'));
    this.chosen = /** @type {number[]} */ ([...this.head.chosen]);
    this.note = element('div', 'note', { role: 'status' });
    this.error = element('div', 'error', { role: 'alert' });
    this.speech = element('div', 'curves-unseen', { 'aria-live': 'polite' });
    this.grid = element('div', 'curves-grid');
    this.table = element('div', 'curves-unseen');
    this.asker = new Asker(model, words => this.tell(words));
    this.data = new CurveData(this.asker, this.head.runs.length);
    this.charts = /** @type {Map<number, Chart>} */ (new Map());
    this.off = { runs: new Set(), groups: new Set() };
    this.grouping = -1;
    this.frame = 0;
    this.isWhole = false;
    this.view = /** @type {import('./chart.js').View} */ ({
      axis: 'step', zoom: null, weight: 0, logX: false, logY: false,
      band: this.head.runs.length <= MOST_BANDS, isGrouped: false, lines: this.head.runs,
      hidden: this.off.runs, picked: -1, cursor: null, inks: inksOf(el)
    });
    this.el = el;
    this.controls = new Controls(this.steering(), this.head.groupings);
    this.legend = new Legend(this.hiding());
    const body = element('div', 'curves-body', {}, this.grid, this.legend.el);
    const parts = [this.controls.el, this.note, this.error, body, this.table, this.speech];
    el.replaceChildren(...parts);
    this.data.take(model.get('first'), floats(model.get('first').columns), true);
    this.table.replaceChildren(this.lastValues());
    this.lay();
  }

  /** What the controls can do. */
  steering() {
    return {
      choose: (/** @type {number} */ metric, /** @type {boolean} */ isOn) => {
        this.chosen = this.chosen.filter(one => one !== metric).concat(isOn ? [metric] : []);
        this.chosen.sort((a, b) => a - b);
        this.lay();
        if (isOn) {
          this.fetch();
        }
      },
      axis: (/** @type {any} */ name) => {
        this.data.axis = name; // the view changes with the answer
        this.view.zoom = null;
        this.data.close = null;
        this.view.logX = this.view.logX && name !== 'time';
        this.fetch();
      },
      smooth: (/** @type {number} */ weight) => {
        this.view.weight = weight;
        this.redraw();
      },
      flip: (/** @type {'logY' | 'logX' | 'band'} */ name) => {
        this.view[name] = !this.view[name];
        this.redraw();
      },
      group: (/** @type {number} */ nth) => {
        this.grouping = nth;
        this.redraw();
      },
      reset: () => this.zoom(null)
    };
  }

  /** What the legend can do. */
  hiding() {
    return {
      toggle: (/** @type {number} */ line) => {
        const { hidden } = this.view;
        if (!hidden.delete(line)) {
          hidden.add(line);
        }
        this.redraw();
      },
      only: (/** @type {number} */ line) => {
        this.view.lines.forEach((_, nth) => nth !== line && this.view.hidden.add(nth));
        this.view.hidden.delete(line);
        this.redraw();
      },
      all: (/** @type {boolean} */ isShown) => {
        this.view.hidden.clear();
        this.view.lines.forEach((_, nth) => isShown || this.view.hidden.add(nth));
        this.redraw();
      },
      point: (/** @type {number} */ line) => this.point(this.view.cursor, line)
    };
  }

  /** @param {string} words what is said while an answer is late */
  tell(words) {
    const { runs, metrics, note } = this.head;
    let empty = '';
    if (!runs.length) {
      empty = 'There are no runs to draw. Tick some in a table of runs, or pass their ids.';
    } else if (!metrics.length) {
      empty = 'These runs have logged no metric yet. Log one: mlt.log_metric("loss", 0.5, step=1)';
    } else if (!this.chosen.length) {
      empty = 'No metric is chosen. Choose one above.';
    }
    this.note.textContent = words || empty || note;
    for (const part of [this.controls.el, this.legend.el]) {
      part.hidden = !runs.length || !metrics.length;
    }
  }

  /** One chart for each chosen metric, in their order. */
  lay() {
    const host = {
      point: (/** @type {number | null} */ x, /** @type {number} */ line) => this.point(x, line),
      zoom: (/** @type {[number, number] | null} */ range) => this.zoom(range),
      say: (/** @type {string} */ words) => {
        this.speech.textContent = words;
      }
    };
    const known = this.charts;
    this.charts = new Map(
      this.chosen.map(metric => [
        metric,
        known.get(metric) ?? new Chart(this.head.metrics[metric].label, host)
      ])
    );
    this.grid.replaceChildren(...[...this.charts.values()].map(chart => chart.el));
    this.grid.classList.toggle('jp-mltrack-curves-single', this.charts.size === 1);
    this.controls.list(this.head.metrics, this.chosen, this.head.most);
    this.tell('');
    this.redraw();
  }

  /** @param {number[] | null} runs whose curves to fetch; null is all */
  async fetch(runs = null) {
    try {
      await this.data.fetch(this.chosen, this.view, runs);
      this.error.textContent = '';
      this.table.replaceChildren(this.lastValues());
      this.redraw();
    } catch (error) {
      const said = /** @type {Error} */ (error).message;
      this.error.textContent = `${said}\nWhat you see is the last that was read.`;
    }
  }

  /** The last values, for screen readers. */
  lastValues() {
    const cells = (/** @type {string} */ tag, /** @type {string[]} */ texts) =>
      element('tr', '', {}, ...texts.map(text => element(tag, '', {}, text)));
    const labels = this.chosen.map(metric => this.head.metrics[metric].label);
    const value = (/** @type {string} */ place) => this.data.last.get(place) || 'none';
    const rows = this.head.runs.map((/** @type {{label: string}} */ { label }, /** @type {number} */ nth) =>
      cells('td', [label, ...this.chosen.map(metric => value(`${nth} ${metric}`))])
    );
    const table = element('table', '', {}, element('caption', '', {}, 'Last values'));
    table.append(cells('th', ['Run', ...labels]), ...rows);
    return table;
  }

  /** @param {[number, number] | null} range */
  zoom(range) {
    if (!range && !this.view.zoom) {
      return;
    }
    this.view.zoom = range;
    this.data.close = null;
    this.redraw();
    if (range || this.data.lacks(this.chosen)) {
      this.fetch();
    }
  }

  /**
   * @param {number | null} x
   * @param {number} line
   */
  point(x, line) {
    this.view.cursor = x;
    this.view.picked = line;
    this.schedule(false);
  }

  redraw() {
    this.schedule(true);
  }

  /** @param {boolean} isWhole whether more than the crosshair has changed */
  schedule(isWhole) {
    this.isWhole ||= isWhole;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.isWhole) {
        this.isWhole = false;
        this.draw();
      } else {
        this.charts.forEach(chart => chart.follow(this.view));
      }
      this.legend.mark(this.view.picked);
    });
  }

  draw() {
    const { view, head } = this;
    const grouping = head.groupings[this.grouping];
    view.isGrouped = Boolean(grouping);
    view.lines = grouping ? groupLines(grouping.words) : head.runs;
    view.hidden = grouping ? this.off.groups : this.off.runs;
    view.inks = inksOf(this.el);
    const all = this.data.close ?? this.data.wide;
    for (const [metric, chart] of this.charts) {
      const own = all.filter(one => one.metric === metric);
      const shown = grouping ? own.filter(one => !this.off.runs.has(one.line)) : own;
      chart.series = grouping ? groupMeans(shown, grouping.of, view.weight) : own;
      chart.draw(view);
    }
    this.controls.mark(view);
    this.legend.show(view.lines, view.hidden, grouping ? 'groups' : 'runs');
  }

  async news() {
    if (!this.head.runs.some((/** @type {{running: boolean}} */ run) => run.running)) {
      return;
    }
    const answer = await this.asker.ask('news');
    if (answer.changed.length) {
      const isFirst = !this.head.metrics.length;
      this.head.runs = answer.runs;
      this.head.metrics = answer.metrics;
      if (isFirst) {
        this.chosen = [...answer.metrics.keys()].slice(0, FIRST_CHARTS);
      }
      this.lay();
      this.fetch(isFirst ? null : answer.changed);
    }
  }
}

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} context */
function render({ model, el }) {
  el.classList.add('jp-mltrack-panel', 'jp-mltrack-curves');
  el.dataset.lmSuppressShortcuts = 'true';
  const view = new CurvesView(model, el);
  const sizes = new ResizeObserver(() => view.redraw());
  sizes.observe(view.grid);
  const themes = new MutationObserver(() => setTimeout(() => view.redraw(), 250));
  themes.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-jp-theme-name', 'data-vscode-theme-kind']
  });
  const rest = whileVisible(el, () => view.news().catch(() => {}), NEWS_MS);
  return () => {
    rest();
    sizes.disconnect();
    themes.disconnect();
    cancelAnimationFrame(view.frame);
    view.asker.dispose();
  };
}

export default { render };
