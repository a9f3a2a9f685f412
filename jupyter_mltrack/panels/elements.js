// @ts-check
/** Makes elements whose content is text: nothing a run holds is ever read as HTML. */

const SVG = 'http://www.w3.org/2000/svg';
const SPARKLINE = { width: '72', height: '20', 'aria-hidden': 'true' };

/**
 * An element; attributes that are empty are left out.
 * @param {string} tag
 * @param {string} names its classes, without `jp-mltrack-`
 * @param {Record<string, string | null>} attributes
 * @param {(Node | string)[]} children
 */
export function element(tag, names = '', attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const name of names.split(' ').filter(Boolean)) {
    made.classList.add(`jp-mltrack-${name}`);
  }
  for (const [key, value] of Object.entries(attributes)) {
    if (value) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

/**
 * A small curve, as sparkline.py draws it in a saved notebook.
 * @param {string[]} lines points of polylines
 * @param {string} colour
 */
export function sparkline(lines, colour) {
  const svg = document.createElementNS(SVG, 'svg');
  const style = { fill: 'none', stroke: colour, 'stroke-width': '1.5' };
  const curves = lines.map(points => {
    const curve = document.createElementNS(SVG, 'polyline');
    Object.entries({ points, ...style }).forEach(one => curve.setAttribute(...one));
    return curve;
  });
  Object.entries(SPARKLINE).forEach(one => svg.setAttribute(...one));
  svg.append(...curves);
  return svg;
}
