// @ts-check
/** The names above the axes: drag one, or use the arrow keys, to give it another place. */

import { element } from '../elements.js';

const LEAST_MOVE = 4; // pixels; less is a click
const HELP =
  'Drag, or left and right arrow, to move. Enter filters. F flips, L changes the scale,' +
  ' Delete hides.';

/** @typedef {import('./plot.js').Place} Place */
/**
 * @typedef {{move(axis: string, to: number): void, flip(axis: string): void,
 *   log(axis: string): void, hide(axis: string): void, filterBy(axis: string): void}} Actions
 */

/**
 * The header of one axis.
 * @param {Place} place
 * @param {number} at
 * @param {{count: number, gap: number, isBrushed: boolean}} how
 * @param {Actions} actions
 */
export function header(place, at, how, actions) {
  const { axis, x, isLog, isFlipped } = place;
  const words = [
    `${axis.label}, ${axis.entity === 'metric' ? 'metric' : 'parameter'}`,
    `axis ${at + 1} of ${how.count}`,
    isLog ? 'logarithmic' : '',
    isFlipped ? 'flipped' : '',
    how.isBrushed ? 'filtered' : '',
  ];
  const name = element('button', 'parallel-name', {
    type: 'button',
    title: `${axis.label}\n${HELP}`,
    'aria-label': words.filter(Boolean).join(', '),
    'aria-description': HELP,
  }, axis.label);
  name.classList.toggle('jp-mltrack-is-brushed', how.isBrushed);
  name.dataset.axis = axis.id;
  const tools = element('span', 'parallel-tools');
  const tool = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {() => void} */ act,
    /** @type {boolean | null} */ isPressed) => {
    const made = element('button', 'parallel-tool', {
      type: 'button', title: label, 'aria-label': `${label}: ${axis.label}`, tabindex: '-1',
      'aria-pressed': isPressed === null ? null : String(isPressed),
    }, sign);
    made.addEventListener('click', act);
    tools.append(made);
  };
  tool('⇅', 'Flip', () => actions.flip(axis.id), isFlipped);
  if (axis.log) {
    tool('log', 'Logarithmic', () => actions.log(axis.id), isLog);
  }
  tool('×', 'Hide', () => actions.hide(axis.id), null);
  const box = element('div', 'parallel-header', {}, name, tools);
  box.style.left = `${x - how.gap / 2}px`;
  box.style.width = `${how.gap}px`;
  name.addEventListener('keydown', event => keys(event, axis.id, at, actions));
  draggable(name, box, at, how, to => actions.move(axis.id, to), () => actions.filterBy(axis.id));
  return box;
}

/**
 * @param {KeyboardEvent} event
 * @param {string} axis
 * @param {number} at
 * @param {Actions} actions
 */
function keys(event, axis, at, actions) {
  const act = /** @type {Record<string, () => void>} */ ({
    ArrowLeft: () => actions.move(axis, at - 1),
    ArrowRight: () => actions.move(axis, at + 1),
    Enter: () => actions.filterBy(axis),
    Delete: () => actions.hide(axis),
    f: () => actions.flip(axis),
    l: () => actions.log(axis),
  })[event.key];
  if (act && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    act();
  }
}

/**
 * @param {HTMLElement} name
 * @param {HTMLElement} box
 * @param {number} at
 * @param {{count: number, gap: number}} how
 * @param {(to: number) => void} move
 * @param {() => void} click
 */
function draggable(name, box, at, how, move, click) {
  let from = /** @type {number | null} */ (null);
  let by = 0;
  const end = () => {
    from = null;
    box.style.transform = '';
    box.classList.remove('jp-mltrack-is-moving');
  };
  name.addEventListener('pointerdown', event => {
    if (event.button === 0) {
      from = event.clientX;
      by = 0;
      name.setPointerCapture(event.pointerId);
    }
  });
  name.addEventListener('pointermove', event => {
    if (from !== null) {
      by = event.clientX - from;
      const isMoving = Math.abs(by) >= LEAST_MOVE;
      box.classList.toggle('jp-mltrack-is-moving', isMoving);
      box.style.transform = isMoving ? `translateX(${by}px)` : '';
    }
  });
  name.addEventListener('pointerup', () => {
    const isClick = Math.abs(by) < LEAST_MOVE;
    const to = at + Math.round(by / how.gap);
    const wasHeld = from !== null;
    end();
    if (wasHeld && isClick) {
      click();
    } else if (wasHeld) {
      move(Math.min(how.count - 1, Math.max(0, to)));
    }
  });
  name.addEventListener('pointercancel', end);
}
