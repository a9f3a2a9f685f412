// @ts-check
/** Forms below the bar: a brush typed instead of dragged, and which axes are shown. */

import { element } from '../elements.js';
import { written } from './scales.js';

/** @typedef {import('./scales.js').Axis} Axis */
/** @typedef {import('./scales.js').Brush} Brush */

/**
 * A tick box with a text beside it.
 * @param {string} text
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} change
 */
function tickBox(text, isOn, change) {
  const box = /** @type {HTMLInputElement} */ (element('input', '', { type: 'checkbox' }));
  box.checked = isOn;
  box.addEventListener('change', () => change(box.checked));
  return element('label', 'parallel-tick', {}, box, text);
}

/**
 * A form for the brush of one axis.
 * @param {Axis} axis
 * @param {Brush | undefined} brush
 * @param {(brush: Brush | null) => void} apply
 * @param {() => void} close
 */
export function brushForm(axis, brush, apply, close) {
  const chosen = new Set(brush?.choices ?? []);
  let missing = brush?.missing ?? false;
  const fault = element('span', 'parallel-fault', { role: 'alert' });
  const ends = axis.choices.length ? [] : [
    end('from', written(axis.low, axis), brush?.low), end('to', written(axis.high, axis), brush?.high),
  ];
  const boxes = axis.choices.map((text, at) =>
    tickBox(text, chosen.has(at), isOn => (isOn ? chosen.add(at) : chosen.delete(at))),
  );
  if (axis.missing) {
    const words = `missing (${axis.missing.toLocaleString('en')})`;
    boxes.push(tickBox(words, missing, isOn => { missing = isOn; }));
  }
  const form = element('form', 'parallel-form', { 'aria-label': `Filter ${axis.label}` },
    element('b', '', {}, axis.label),
    ...ends.map(one => one.label),
    element('span', 'parallel-choices', {}, ...boxes),
    button('Apply', 'submit'), button('Clear', 'reset'), button('Close', 'button'), fault);
  const read = () => {
    const made = /** @type {Brush} */ ({ axis: axis.id, missing });
    if (axis.choices.length) {
      return chosen.size || missing ? { ...made, choices: [...chosen].sort((a, b) => a - b) } : null;
    }
    const texts = ends.map(one => one.input.value.trim());
    if (missing && texts.every(text => !text)) {
      return made;
    }
    const [low, high] = [texts[0] ? Number(texts[0]) : axis.low, texts[1] ? Number(texts[1]) : axis.high];
    if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) {
      throw new Error('Write two numbers, the lower one first.');
    }
    return { ...made, low, high };
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    try {
      apply(read());
      fault.textContent = '';
    } catch (error) {
      fault.textContent = /** @type {Error} */ (error).message;
    }
  });
  form.addEventListener('reset', () => apply(null));
  form.querySelector('button[type=button]')?.addEventListener('click', close);
  form.addEventListener('keydown', event => event.key === 'Escape' && close());
  return form;
}

/**
 * @param {string} word
 * @param {string} limit
 * @param {number | null | undefined} value
 */
function end(word, limit, value) {
  const input = /** @type {HTMLInputElement} */ (
    element('input', 'input parallel-end', { inputmode: 'decimal', placeholder: limit })
  );
  input.value = typeof value === 'number' ? String(value) : '';
  return { input, label: element('label', '', {}, `${word} `, input) };
}

/** @param {string} words @param {string} type */
function button(words, type) {
  return element('button', 'button', { type }, words);
}

/**
 * Tick boxes for all axes, params first.
 * @param {Axis[]} axes
 * @param {string[]} shown
 * @param {(axis: string, isShown: boolean) => void} change
 */
export function axisChooser(axes, shown, change) {
  const groups = [['param', 'Parameters'], ['metric', 'Metrics']].map(([entity, words]) => {
    const boxes = axes
      .filter(axis => axis.entity === entity)
      .map(axis => tickBox(axis.label, shown.includes(axis.id), isOn => change(axis.id, isOn)));
    return element('fieldset', 'parallel-group', {}, element('legend', '', {}, words), ...boxes);
  });
  return element('div', 'parallel-chooser', {}, ...groups);
}

/**
 * What a colour means: a bar from low to high, or the first choices.
 * @param {Axis | undefined} axis
 * @param {boolean} isLog
 * @param {{palette: string[], scale: string[]}} runs
 */
export function legend(axis, isLog, runs) {
  const box = element('div', 'parallel-legend');
  if (!axis) {
    box.append('Every run has a colour of its own.');
  } else if (axis.choices.length) {
    axis.choices.slice(0, 8).forEach((text, at) => {
      const chip = element('i', 'parallel-chip');
      chip.style.background = runs.palette[at % runs.palette.length];
      box.append(chip, text);
    });
    if (axis.choices.length > 8) {
      box.append(`and ${axis.choices.length - 8} more; colours repeat`);
    }
  } else {
    const bar = element('i', 'parallel-scale');
    bar.style.background = `linear-gradient(to right, ${runs.scale.join(', ')})`;
    box.append(`${axis.label}${isLog ? ' (log)' : ''}: `, written(axis.low, axis), bar, written(axis.high, axis));
  }
  return box;
}
