// @ts-check
/** The row above the charts: which metrics, what x is, smoothing, scales, groups. */

import { element } from '../elements.js';

const AXES = { step: 'Step', time: 'Time of day', relative: 'Time since start' };

/**
 * @typedef {{label: string, system: boolean, hint: string}} Metric
 * @typedef {{label: string, words: string[], of: number[]}} Grouping
 */
/**
 * @typedef {{
 *   choose(metric: number, isOn: boolean): void, axis(name: string): void,
 *   smooth(weight: number): void, flip(name: 'logY' | 'logX' | 'band'): void,
 *   group(nth: number): void, reset(): void
 * }} ControlsHost
 */

export class Controls {
  /**
   * @param {ControlsHost} host
   * @param {Grouping[]} groupings
   */
  constructor(host, groupings) {
    this.host = host;
    this.summary = element('summary', 'button');
    this.choices = element('div', 'curves-choices');
    this.search = /** @type {HTMLInputElement} */ (
      element('input', 'input', { type: 'search', placeholder: 'Find a metric' })
    );
    this.search.setAttribute('aria-label', 'Find a metric');
    this.search.addEventListener('input', () => this.filter());
    const menu = element('div', 'curves-menu', {}, this.search, this.choices);
    this.chooser = /** @type {HTMLDetailsElement} */ (
      element('details', 'curves-chooser', {}, this.summary, menu)
    );
    this.chooser.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        this.chooser.open = false;
        this.summary.focus();
        event.stopPropagation();
      }
    });
    this.chooser.addEventListener('focusout', event => {
      const next = /** @type {Node | null} */ (event.relatedTarget);
      if (next && !this.chooser.contains(next)) {
        this.chooser.open = false;
      }
    });
    this.toggles = /** @type {Record<string, HTMLElement>} */ ({
      logY: this.toggle('Log y', 'logY'),
      logX: this.toggle('Log x', 'logX'),
      band: this.toggle('Min–max', 'band')
    });
    this.reset = element('button', 'button', { type: 'button' }, 'Reset zoom');
    this.reset.addEventListener('click', () => host.reset());
    const axis = this.select('X axis', Object.entries(AXES), name => host.axis(name));
    const names = groupings.map((one, nth) => [String(nth), one.label]);
    const groups = this.select('Group by', [['-1', 'nothing'], ...names], nth =>
      host.group(Number(nth))
    );
    this.el = element('div', 'bar curves-controls', {}, this.chooser, axis, this.slider());
    this.el.append(...Object.values(this.toggles));
    if (groupings.length) {
      this.el.append(groups);
    }
    this.el.append(this.reset);
  }

  /**
   * @param {Metric[]} metrics
   * @param {number[]} chosen
   * @param {number} most
   */
  list(metrics, chosen, most) {
    this.summary.textContent = `Metrics: ${chosen.length} of ${metrics.length}`;
    this.chooser.hidden = metrics.length < 2;
    const boxes = metrics.map((metric, nth) => {
      const box = /** @type {HTMLInputElement} */ (element('input', '', { type: 'checkbox' }));
      box.checked = chosen.includes(nth);
      box.disabled = !box.checked && chosen.length >= most;
      box.addEventListener('change', () => this.host.choose(nth, box.checked));
      const name = element('span', 'curves-name', {}, metric.label);
      return element('label', 'curves-choice', { title: metric.hint }, box, name);
    });
    const own = boxes.filter((_, nth) => !metrics[nth].system);
    const system = boxes.filter((_, nth) => metrics[nth].system);
    const heading = element('div', 'curves-heading', {}, 'System metrics');
    const before = [...this.choices.querySelectorAll('input')];
    const focused = before.findIndex(box => box.matches(':focus'));
    this.choices.replaceChildren(...own, ...(system.length ? [heading, ...system] : []));
    this.choices.querySelectorAll('input')[focused]?.focus();
    this.search.hidden = metrics.length < 8;
    this.filter();
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const choice of this.choices.querySelectorAll('label')) {
      choice.hidden = !(choice.textContent ?? '').toLowerCase().includes(wanted);
    }
  }

  /** @param {{logY: boolean, logX: boolean, band: boolean, zoom: unknown}} view */
  mark(view) {
    for (const [name, button] of Object.entries(this.toggles)) {
      button.setAttribute('aria-pressed', String(view[/** @type {'logY'} */ (name)]));
    }
    this.reset.hidden = !view.zoom;
  }

  /**
   * @param {string} label
   * @param {'logY' | 'logX' | 'band'} name
   */
  toggle(label, name) {
    const button = element('button', 'button', { type: 'button' }, label);
    button.addEventListener('click', () => this.host.flip(name));
    return button;
  }

  /**
   * @param {string} label
   * @param {string[][]} options value and words
   * @param {(value: string) => void} choose
   */
  select(label, options, choose) {
    const box = /** @type {HTMLSelectElement} */ (element('select', 'input'));
    box.setAttribute('aria-label', label);
    for (const [value, words] of options) {
      box.append(element('option', '', { value }, words));
    }
    box.addEventListener('change', () => choose(box.value));
    return element('label', 'curves-field', {}, element('span', 'small', {}, label), box);
  }

  slider() {
    const settings = { type: 'range', min: '0', max: '0.99', step: '0.01', value: '0' };
    const box = /** @type {HTMLInputElement} */ (element('input', 'curves-range', settings));
    box.setAttribute('aria-label', 'Smoothing');
    const told = element('output', 'small', {}, '0');
    box.addEventListener('input', () => {
      told.textContent = box.value;
      this.host.smooth(Number(box.value));
    });
    const hint = 'Weight of what came before in a moving average; the raw line stays faint behind';
    const words = element('span', 'small', {}, 'Smoothing');
    return element('label', 'curves-field', { title: hint }, words, box, told);
  }
}
