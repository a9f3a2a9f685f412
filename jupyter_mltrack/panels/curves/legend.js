// @ts-check
/** The lines of all charts by name: point at one to find it, press it to hide it. */

import { element } from '../elements.js';

const GROUP_COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const GROUP_DASHES = ['', '7 3', '2 3', '9 3 2 3'];
const SVG_SPACE = 'http://www.w3.org/2000/svg';

/**
 * @typedef {{label: string, colour: string, dash: string, running?: boolean}} Line
 * @typedef {{
 *   toggle(line: number): void, only(line: number): void, all(isShown: boolean): void,
 *   point(line: number): void
 * }} LegendHost
 */

export class Legend {
  /** @param {LegendHost} host */
  constructor(host) {
    this.host = host;
    this.list = element('div', 'curves-lines', { role: 'group', 'aria-label': 'Lines shown' });
    this.count = element('span', 'small');
    const all = element('button', 'curves-link', { type: 'button' }, 'all');
    const none = element('button', 'curves-link', { type: 'button' }, 'none');
    all.addEventListener('click', () => host.all(true));
    none.addEventListener('click', () => host.all(false));
    this.el = element('div', 'curves-legend');
    this.el.append(element('div', 'curves-count', {}, this.count, all, none), this.list);
    this.list.addEventListener('pointerleave', () => host.point(-1));
    this.list.addEventListener('focusout', () => host.point(-1));
  }

  /**
   * @param {Line[]} lines
   * @param {Set<number>} hidden
   * @param {string} kind
   */
  show(lines, hidden, kind) {
    const focused = [...this.list.children].findIndex(one => one.matches(':focus'));
    this.list.replaceChildren(...lines.map((line, nth) => this.button(line, nth, hidden)));
    this.count.textContent = `${lines.length - hidden.size} of ${lines.length} ${kind}`;
    if (focused >= 0) {
      /** @type {HTMLElement | undefined} */ (this.list.children[focused])?.focus();
    }
  }

  /** @param {number} picked */
  mark(picked) {
    [...this.list.children].forEach((one, nth) =>
      one.classList.toggle('jp-mltrack-curves-picked', nth === picked)
    );
    const line = /** @type {HTMLElement | undefined} */ (this.list.children[picked]);
    if (line) {
      const over = line.offsetTop - this.list.offsetTop;
      const { scrollTop, clientHeight } = this.list;
      const highest = Math.max(scrollTop, over + line.offsetHeight - clientHeight);
      this.list.scrollTop = Math.min(highest, over);
    }
  }

  /**
   * @param {Line} line
   * @param {number} nth
   * @param {Set<number>} hidden
   */
  button(line, nth, hidden) {
    const hint = `${line.label}: press to hide or show, with Shift to show it alone`;
    const name = element('span', 'curves-name', {}, line.label);
    const button = element('button', 'curves-line', { type: 'button', title: hint }, stroke(line));
    button.setAttribute('aria-pressed', String(!hidden.has(nth)));
    button.append(name, ...(line.running ? [element('span', 'curves-live', {}, 'running')] : []));
    button.addEventListener('click', event =>
      event.shiftKey ? this.host.only(nth) : this.host.toggle(nth)
    );
    button.addEventListener('pointerenter', () => this.host.point(nth));
    button.addEventListener('focus', () => this.host.point(nth));
    return button;
  }
}

/** A piece of the line as the charts draw it. @param {Line} line */
function stroke(line) {
  const svg = document.createElementNS(SVG_SPACE, 'svg');
  const piece = document.createElementNS(SVG_SPACE, 'line');
  const look = { stroke: line.colour, 'stroke-width': '2.5', 'stroke-dasharray': line.dash };
  const place = { x1: '0', y1: '6', x2: '26', y2: '6' };
  Object.entries({ ...look, ...place }).forEach(one => piece.setAttribute(...one));
  const size = { width: '26', height: '12', 'aria-hidden': 'true' };
  Object.entries(size).forEach(one => svg.setAttribute(...one));
  svg.append(piece);
  return svg;
}

/** Groups as lines. @param {string[]} words */
export function groupLines(words) {
  return words.map((label, nth) => ({
    label,
    colour: GROUP_COLOURS[nth % GROUP_COLOURS.length],
    dash: GROUP_DASHES[Math.floor(nth / GROUP_COLOURS.length) % GROUP_DASHES.length]
  }));
}
