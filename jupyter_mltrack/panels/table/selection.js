// @ts-check
/** The ticked runs: `selected_ids` of the widget, which the next cell reads as `panel.selected`. */

export class Selection {
  /**
   * @param {import('../asking.js').Model} model
   * @param {(first: number, end: number) => Promise<string[]>} idsBetween
   */
  constructor(model, idsBetween) {
    this.model = model;
    this.idsBetween = idsBetween;
    this.ids = /** @type {Set<string>} */ (new Set(model.get('selected_ids')));
    this.anchor = /** @type {number | null} */ (null);
  }

  /** Takes what the kernel says. */
  read() {
    this.ids = new Set(this.model.get('selected_ids'));
  }

  /** @param {Iterable<string>} ids */
  set(ids) {
    this.ids = new Set(ids);
    this.model.set('selected_ids', [...this.ids]);
    this.model.save_changes();
  }

  /**
   * Ticks a run, or with Shift all runs from the one that was ticked last.
   * @param {string} id
   * @param {number} index of its row
   * @param {boolean} isChosen
   * @param {boolean} toHere
   */
  async tick(id, index, isChosen, toHere) {
    const from = this.anchor ?? index;
    this.anchor = index;
    const ids = toHere && from !== index
      ? await this.idsBetween(Math.min(from, index), Math.max(from, index) + 1)
      : [id];
    const chosen = new Set(this.ids);
    ids.forEach(one => (isChosen ? chosen.add(one) : chosen.delete(one)));
    this.set(chosen);
  }

  /**
   * Shows in the rows what is ticked.
   * @param {Iterable<HTMLElement>} rows
   * @param {HTMLInputElement | null} all the box in the header
   * @param {number} found how many runs there are to tick
   */
  show(rows, all, found) {
    for (const row of rows) {
      const { id } = row.dataset;
      const box = row.querySelector('input');
      if (id !== undefined && box) {
        box.checked = this.ids.has(id);
        row.setAttribute('aria-selected', String(box.checked));
      }
    }
    if (all) {
      all.checked = this.ids.size > 0 && this.ids.size >= found;
      all.indeterminate = this.ids.size > 0 && !all.checked;
    }
  }
}
