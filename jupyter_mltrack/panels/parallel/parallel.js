// @ts-check
/** Parallel coordinates: runs as lines across axes; brushes on the axes choose some of them. */

import { Asker, floats } from '../asking.js';
import { element } from '../elements.js';
import { brushing } from './brushing.js';
import { axisChooser, brushForm, legend } from './forms.js';
import { header } from './headers.js';
import { Picture } from './picture.js';

/** @typedef {import('./scales.js').Axis} Axis */
/** @typedef {import('./scales.js').Brush} Brush */
/** @typedef {import('./picture.js').Arrangement} Arrangement */

const THEME_MS = 400; // the style sheet of a theme arrives after its name
const RESIZE_MS = 60;

/** The runs as the kernel describes them. @param {any} given @returns {import('./picture.js').Runs} */
function described({ labels, colours, palette, scale }) {
  const tones = new Uint8Array(colours.buffer, colours.byteOffset, colours.byteLength);
  return { labels, colours: tones, palette, scale, count: labels.length };
}

/** @param {string} words @param {() => void} act */
function barButton(words, act) {
  const made = /** @type {HTMLButtonElement} */ (element('button', 'button', { type: 'button' }, words));
  made.addEventListener('click', act);
  return made;
}

class ParallelView {
  /** @param {import('../asking.js').Model} model */
  constructor(model) {
    this.model = model;
    this.runs = described(model.get('runs'));
    this.axes = new Map(model.get('axes').map((/** @type {Axis} */ axis) => [axis.id, axis]));
    this.shares = /** @type {Map<string, Float32Array>} */ (new Map());
    this.brushes = /** @type {Map<string, Brush>} */ (new Map());
    this.open = ''; // '', 'axes', or the axis whose form is open
    this.picture = new Picture(this.runs, this.axes, this.shares);
    this.count = element('b', '', { role: 'status' });
    this.colour = /** @type {HTMLSelectElement} */ (element('select', 'input'));
    this.colour.addEventListener('change', () => this.arrange({ colour: this.colour.value }));
    this.axesButton = barButton('Axes', () => this.toggle(this.open === 'axes' ? '' : 'axes'));
    this.clearButton = barButton('Clear brushes', () => this.send(new Map()));
    this.legendPlace = element('div');
    this.late = element('div', 'note', { role: 'status' });
    this.formPlace = element('div');
    this.headers = element('div', 'parallel-headers', { role: 'group', 'aria-label': 'Axes' });
    this.wide = element('div', 'parallel-wide', {}, this.headers, this.picture.el);
    this.scroll = element('div', 'parallel-scroll', {}, this.wide);
    this.said = element('div', 'parallel-said small');
    this.filter = element('code', 'parallel-filter');
    const label = element('label', 'small', {}, 'Colour ', this.colour);
    this.el = element('div', 'panel parallel', { 'data-lm-suppress-shortcuts': 'true' },
      element('div', 'bar', {}, this.count, label, this.legendPlace, this.axesButton, this.clearButton),
      element('p', 'note', {}, model.get('note')), this.late, this.formPlace, this.scroll,
      this.said, this.filter);
    this.asker = new Asker(model, words => { this.late.textContent = words; });
    const first = model.get('first');
    this.take(first.axes, first.shares);
    brushing(this.picture.front, {
      plot: () => this.picture.plot,
      brushes: () => this.brushes,
      brush: (axis, brush, isLast) => this.brush(axis, brush, isLast),
      hover: (x, y) => this.said.textContent = this.picture.hover(x, y) ?? this.said.textContent,
    });
  }

  /** @returns {Arrangement} */
  get arrangement() {
    return this.model.get('arrangement');
  }

  /** @param {Partial<Arrangement>} changed */
  arrange(changed) {
    this.model.set('arrangement', { ...this.arrangement, ...changed });
    this.model.save_changes();
  }

  /** @param {string[]} names @param {DataView} bytes their shares, one axis after the other */
  take(names, bytes) {
    const all = floats(bytes);
    names.forEach((name, at) => {
      this.shares.set(name, all.subarray(at * this.runs.count, (at + 1) * this.runs.count));
    });
  }

  /** Asks for what is shown and not here yet, then draws. */
  async show() {
    const { shown, colour } = this.arrangement;
    const named = [...shown, colour, ...this.brushes.keys()];
    const wanted = named.filter(name => this.axes.has(name) && !this.shares.has(name));
    if (wanted.length) {
      try {
        const answer = await this.asker.ask('shares', { axes: wanted });
        this.take(answer.axes, answer.buffers[0]);
      } catch (error) {
        this.late.textContent = /** @type {Error} */ (error).message;
        return;
      }
    }
    this.layOut();
  }

  layOut() {
    const { colour, log } = this.arrangement;
    const { picture } = this;
    picture.layOut(this.arrangement, this.scroll.clientWidth || 600);
    this.wide.style.width = `${picture.plot.width}px`;
    this.wide.hidden = !picture.plot.places.length;
    const axis = this.axes.get(colour);
    this.legendPlace.replaceChildren(legend(axis, log.includes(colour), this.runs));
    const names = [...this.axes.values()].reverse().map(one => new Option(one.label, one.id));
    this.colour.replaceChildren(new Option('by run', ''), ...names);
    this.colour.value = colour;
    this.said.textContent = this.emptiness();
    this.drawHeaders();
    this.drawForm();
    this.select();
  }

  /** What to say where there is nothing to see. */
  emptiness() {
    if (!this.runs.count) {
      return 'There are no runs to compare: use another filter, or log some.';
    }
    if (!this.axes.size) {
      return 'Nothing differs among these runs: compare runs whose params or metrics are not all equal.';
    }
    return this.picture.plot.places.length ? '' : 'All axes are hidden. Open Axes and tick some.';
  }

  select() {
    this.picture.select(this.brushes);
    const [some, all] = [this.picture.selected.length, this.runs.count].map(n => n.toLocaleString('en'));
    this.count.textContent = this.brushes.size ? `${some} of ${all} runs`
      : `${all} ${this.runs.count === 1 ? 'run' : 'runs'}`;
    this.clearButton.disabled = !this.brushes.size;
  }

  drawHeaders() {
    const held = this.headers.contains(document.activeElement) ? document.activeElement : null;
    const name = held instanceof HTMLElement ? held.dataset.axis : '';
    const { places, gap } = this.picture.plot;
    this.headers.replaceChildren(...places.map((place, at) => header(place, at, {
      count: places.length, gap, isBrushed: this.brushes.has(place.axis.id),
    }, this)));
    [...this.headers.querySelectorAll('button')].find(one => name && one.dataset.axis === name)?.focus();
  }

  /** Shows a form in place of another. @param {string} name '', 'axes' or an axis */
  toggle(name) {
    this.open = name;
    this.drawForm();
    this.formPlace.querySelector('input')?.focus();
  }

  drawForm() {
    const { open } = this;
    const axis = this.axes.get(open);
    this.axesButton.setAttribute('aria-expanded', String(open === 'axes'));
    if (open === 'axes') {
      if (!this.formPlace.querySelector('.jp-mltrack-parallel-chooser')) {
        const change = (/** @type {string} */ name, /** @type {boolean} */ isShown) =>
          (isShown ? this.arrange({ shown: [...this.arrangement.shown, name] }) : this.hide(name));
        this.formPlace.replaceChildren(
          axisChooser([...this.axes.values()], this.arrangement.shown, change));
      }
    } else if (axis) {
      this.formPlace.replaceChildren(brushForm(axis, this.brushes.get(open),
        brush => this.brush(open, brush, true), () => this.toggle('')));
    } else {
      this.formPlace.replaceChildren();
    }
  }

  // What headers can do ----------------------------------------------------------------------

  /** @param {string} axis @param {number} to */
  move(axis, to) {
    const others = this.arrangement.shown.filter(name => name !== axis);
    if (to >= 0 && to <= others.length) {
      this.arrange({ shown: [...others.slice(0, to), axis, ...others.slice(to)] });
    }
  }

  /** @param {string} axis */
  flip(axis) {
    this.arrange({ flipped: toggled(this.arrangement.flipped, axis) });
  }

  /** @param {string} axis */
  log(axis) {
    if (this.axes.get(axis)?.log) {
      this.arrange({ log: toggled(this.arrangement.log, axis) });
    }
  }

  /** @param {string} axis */
  hide(axis) {
    if (this.brushes.has(axis)) {
      this.brush(axis, null, true);
    }
    this.arrange({ shown: this.arrangement.shown.filter(name => name !== axis) });
  }

  /** @param {string} axis */
  filterBy(axis) {
    this.toggle(this.open === axis ? '' : axis);
  }

  // Brushes ----------------------------------------------------------------------------------

  /** @param {string} axis @param {Brush | null} brush @param {boolean} isLast of a drag */
  brush(axis, brush, isLast) {
    const brushes = new Map(this.brushes);
    brushes.delete(axis);
    if (brush) {
      brushes.set(axis, brush);
    }
    if (isLast) {
      this.send(brushes);
    } else {
      this.brushes = brushes;
      this.select();
    }
  }

  /** @param {Map<string, Brush>} brushes */
  send(brushes) {
    this.model.set('brushes', [...brushes.values()]);
    this.model.save_changes();
    this.asker.ask('heard').catch(error => { this.late.textContent = error.message; });
  }

  /** Takes the brushes of the kernel, or those that were just sent to it. */
  readBrushes() {
    this.brushes = new Map(this.model.get('brushes').map((/** @type {Brush} */ one) => [one.axis, one]));
    this.drawHeaders();
    this.drawForm();
    this.select();
  }
}

/** @param {string[]} names @param {string} name */
const toggled = (names, name) =>
  (names.includes(name) ? names.filter(one => one !== name) : [...names, name]);

/** @param {{model: import('../asking.js').Model, el: HTMLElement}} given */
function render({ model, el }) {
  const view = new ParallelView(model);
  el.append(view.el);
  let seen = '';
  const changed = {
    'change:brushes': () => {
      // The kernel sends back what it made of the brushes it was sent: the same, in full.
      const now = JSON.stringify(model.get('brushes').map(plain));
      if (now !== seen) {
        seen = now;
        view.readBrushes();
      }
    },
    'change:arrangement': () => view.show(),
    'change:filter_text': () => { view.filter.textContent = model.get('filter_text'); },
  };
  Object.entries(changed).forEach(([event, act]) => model.on(event, act));
  changed['change:filter_text']();
  changed['change:brushes']();
  view.show();
  let timer = setTimeout(() => {}, 0);
  const later = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => view.layOut(), ms);
  };
  let width = view.scroll.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (view.scroll.clientWidth && view.scroll.clientWidth !== width) {
      width = view.scroll.clientWidth;
      later(RESIZE_MS);
    }
  });
  sizes.observe(view.scroll);
  const themes = new MutationObserver(() => later(THEME_MS));
  themes.observe(document.body, { attributeFilter: ['data-jp-theme-name', 'class'] });
  return () => {
    Object.entries(changed).forEach(([event, act]) => model.off(event, act));
    clearTimeout(timer);
    sizes.disconnect();
    themes.disconnect();
    view.asker.dispose();
  };
}

/** @param {Brush} brush */
function plain({ axis, low, high, choices, missing }) {
  return [axis, low ?? null, high ?? null, choices ?? [], missing ?? false];
}

export default { render };
