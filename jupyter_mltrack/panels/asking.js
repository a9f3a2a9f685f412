// @ts-check
/** Questions to the kernel: `{id, kind, …}` is answered with the same id, or with an error. */

/**
 * @typedef {{
 *   get(name: string): any, set(name: string, value: unknown): void, save_changes(): void,
 *   send(content: unknown): void,
 *   on(event: string, callback: (...args: any[]) => void): void,
 *   off(event: string, callback: (...args: any[]) => void): void
 * }} Model
 */
/** @typedef {Record<string, any> & {buffers: DataView[]}} Answer */

const PATIENCE_MS = 1500;
const BUSY = 'The kernel is busy: what you see is the last it said. It answers when its cell ends.';

export class Asker {
  /**
   * @param {Model} model
   * @param {(words: string) => void} tell is given what to say while an answer is late, and ''
   */
  constructor(model, tell = () => {}) {
    this.model = model;
    this.tell = tell;
    this.last = 0;
    this.waiting = /** @type {Map<number, {kind: string, resolve: (answer: Answer) => void,
      reject: (error: Error) => void, timer: ReturnType<typeof setTimeout>}>} */ (new Map());
    this.hear = this.hear.bind(this);
    model.on('msg:custom', this.hear);
  }

  /**
   * Asks; the promise is kept when the kernel answers, and broken with what it says is wrong.
   * Of several questions of one kind only the latest is answered: the others stay open for ever.
   * @param {string} kind
   * @param {Record<string, unknown>} details
   * @param {{all?: boolean}} how all: answer earlier questions of this kind, too
   * @returns {Promise<Answer>}
   */
  ask(kind, details = {}, { all = false } = {}) {
    this.last += 1;
    const id = this.last;
    if (!all) {
      this.forget(kind);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.tell(BUSY), PATIENCE_MS);
      this.waiting.set(id, { kind, resolve, reject, timer });
      this.model.send({ id, kind, ...details });
    });
  }

  /**
   * Whether a question of this kind has no answer yet: what is asked now and then need not queue.
   * @param {string} kind
   */
  waits(kind) {
    return [...this.waiting.values()].some(one => one.kind === kind);
  }

  /** @param {string} kind */
  forget(kind) {
    for (const [id, one] of this.waiting) {
      if (one.kind === kind) {
        clearTimeout(one.timer);
        this.waiting.delete(id);
      }
    }
  }

  /**
   * @param {Record<string, any>} content
   * @param {DataView[]} buffers
   */
  hear(content, buffers) {
    const asked = this.waiting.get(content?.id);
    if (!asked) {
      return;
    }
    clearTimeout(asked.timer);
    this.waiting.delete(content.id);
    this.tell('');
    if (content.error) {
      asked.reject(new Error(content.error));
    } else {
      asked.resolve({ ...content, buffers: buffers ?? [] });
    }
  }

  dispose() {
    this.model.off('msg:custom', this.hear);
    for (const { timer } of this.waiting.values()) {
      clearTimeout(timer);
    }
    this.waiting.clear();
  }
}

/**
 * Numbers of a buffer; a copy, because a view's bytes may begin at an odd place.
 * @param {DataView} view
 */
export function floats(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/**
 * Calls `tick` now and then while an element can be seen; returns what ends that.
 * @param {HTMLElement} el
 * @param {() => void} tick
 * @param {number} ms
 */
export function whileVisible(el, tick, ms) {
  let isSeen = false;
  const watcher = new IntersectionObserver(entries => {
    isSeen = entries[entries.length - 1].isIntersecting;
  });
  watcher.observe(el);
  const timer = setInterval(() => isSeen && !document.hidden && tick(), ms);
  return () => {
    watcher.disconnect();
    clearInterval(timer);
  };
}
