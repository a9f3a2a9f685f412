// @ts-check
/** Python as text in colours; they are a guess by words, good enough to read by. */

import { element } from '../elements.js';

const WORDS =
  'False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally' +
  '|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield';
// Every part ends at the end of its line or of the text: nothing is looked at twice.
const TOKENS = new RegExp(
  [
    '(?<comment>#[^\\n]*)',
    '(?<string>"""[^]*?(?:"""|$)|\'\'\'[^]*?(?:\'\'\'|$)|"(?:\\\\.|[^"\\\\\\n])*"?|\'(?:\\\\.|[^\'\\\\\\n])*\'?)',
    `(?<keyword>\\b(?:${WORDS})\\b)`,
    '(?<literal>\\b\\d[\\w.]*)',
    '(?<magic>^[%!]{1,2}[^\\n]*)'
  ].join('|'),
  'gm'
);
const LONGEST = 50_000;

/** @param {string} source */
export function codeBlock(source) {
  const block = element('pre', 'page-pre page-code');
  if (source.length > LONGEST) {
    block.append(source);
    return block;
  }
  let done = 0;
  for (const match of source.matchAll(TOKENS)) {
    const kind = Object.entries(match.groups ?? {}).find(one => one[1] !== undefined)?.[0] ?? '';
    block.append(source.slice(done, match.index), element('span', `page-${kind}`, {}, match[0]));
    done = match.index + match[0].length;
  }
  block.append(source.slice(done));
  return block;
}

/** A diff: lines that were added and removed differ by sign and colour. @param {string} text */
export function diffBlock(text) {
  const lines = text.split('\n').map(line => {
    const isHead = line.startsWith('+++') || line.startsWith('---');
    const tone = isHead ? '' : line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : '';
    return element('span', 'page-diff', { 'data-tone': tone }, `${line}\n`);
  });
  return element('pre', 'page-pre', {}, ...lines);
}
