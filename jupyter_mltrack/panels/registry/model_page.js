// @ts-check
/** The page of a model: what it is, what stands in which stage, its versions and its history. */

import { element } from '../elements.js';
import { ago } from '../times.js';
import { textInPlace } from './in_place.js';
import { stageChip } from './models_list.js';
import { rollBackForm } from './stage_forms.js';
import { timelineOf } from './timeline.js';
import { snippetOf, tagChips } from './version_details.js';
import { VersionsTable } from './versions_table.js';

const DATE_HINT = '2026-05-03 14:00, yesterday';

export class ModelPage {
  /** @param {import('./registry_view.js').Context} context */
  constructor(context) {
    this.context = context;
    this.id = '';
    this.at = /** @type {number | null} */ (null);
    this.head = element('div', 'registry-head');
    this.when = /** @type {HTMLInputElement} */ (
      element('input', 'input registry-as-of', { type: 'text', placeholder: DATE_HINT })
    );
    this.when.setAttribute('aria-label', 'As of');
    this.now = element('button', 'button', { type: 'button' }, 'Now');
    this.about = element('div', 'registry-about-model');
    this.standing = element('div', 'registry-standing');
    this.form = element('div');
    this.versions = new VersionsTable(context);
    this.trail = element('div');
    this.el = element('div', '', {}, this.head, this.about, this.standing, this.form);
    this.el.append(this.versions.el, this.trail);
    this.when.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        context.tell('as_of', { when: this.when.value });
      }
    });
    this.now.addEventListener('click', () => context.tell('as_of', { when: '' }));
  }

  /** @param {any} page */
  draw(page) {
    if (page.id !== this.id || page.at !== this.at) {
      this.id = page.id;
      this.at = page.at;
      this.when.value = page.at_text;
      this.versions.forget();
    }
    this.drawHead(page);
    this.drawAbout(page);
    this.drawStanding(page);
    this.versions.draw(page);
    this.trail.replaceChildren(timelineOf(page.trail, page.changes, this.context));
  }

  /** @param {any} page */
  drawHead(page) {
    const back = element('button', 'button', { type: 'button' }, '← Models');
    back.dataset.focus = 'back';
    back.addEventListener('click', () => this.context.tell('back'));
    const made = `created ${page.created_at.slice(0, 10)} by ${page.who}`;
    this.now.hidden = page.at === null;
    const asOf = element('label', 'small', {}, 'As of ', this.when);
    this.head.replaceChildren(
      back,
      element('b', 'registry-title', {}, page.name),
      element('span', 'small', { title: page.created_at }, made),
      element('span', 'registry-space'),
      asOf,
      this.now
    );
    this.el.toggleAttribute('data-past', page.at !== null);
  }

  /** @param {any} page */
  drawAbout(page) {
    const { ask, hold } = this.context;
    const parts = [];
    if (page.gone) {
      parts.push(element('p', 'error', { role: 'alert' }, page.gone));
    }
    if (page.at !== null) {
      const words = `This is how it was at ${page.at_text}. The past cannot be changed.`;
      parts.push(element('p', 'registry-past', { role: 'status' }, words));
    }
    const description = textInPlace({
      label: 'the description',
      text: page.description,
      empty: 'No description.',
      isFixed: page.at !== null,
      focus: 'description',
      read: async () => (await ask('text')).text,
      save: text => ask('describe', { text }),
      hold
    });
    this.about.replaceChildren(...parts, description, tagChips(this.context, page.tags));
  }

  /** What is in use, and how to load it. @param {any} page */
  drawStanding(page) {
    const cards = page.standing.map((/** @type {any} */ one) => this.card(one, page.at === null));
    const parts = page.total ? [...cards, snippetOf(page.snippet)] : cards;
    this.standing.replaceChildren(...parts);
  }

  /**
   * @param {any} one
   * @param {boolean} canChange
   */
  card(one, canChange) {
    const card = element('div', 'registry-card', { 'data-tone': one.tone });
    const more = one.others ? ` and ${one.others} more` : '';
    const number = element('b', 'registry-big', {}, `version ${one.version}`);
    card.append(element('div', '', {}, stageChip(one.stage, one.tone), ' ', number, more));
    if (one.since !== null) {
      const words = `moved there ${ago(one.since, one.since_text.slice(0, 10))} by ${one.who}`;
      card.append(element('div', 'small', { title: one.since_text }, words));
    }
    if (canChange) {
      const words = `Roll back ${one.stage}`;
      const back = element('button', 'button', { type: 'button', 'aria-label': words }, '⟲ Roll back');
      back.title = `Bring back the version that was in ${one.stage} before`;
      back.dataset.focus = `roll back ${one.stage}`;
      back.addEventListener('click', () => this.askRollBack(one, back));
      card.append(back);
    }
    return card;
  }

  /**
   * @param {any} one
   * @param {HTMLElement} button
   */
  askRollBack(one, button) {
    const release = this.context.hold();
    const close = () => {
      this.form.replaceChildren();
      button.focus({ preventScroll: true });
      release();
    };
    this.form.replaceChildren(rollBackForm(this.context, one, close));
    this.form.querySelector('input')?.focus();
  }
}
