// @ts-check
/** Where the table is scrolled to: a page that was hidden for a moment forgets it, we do not. */

export class Scrolling {
  /**
   * @param {HTMLElement} frame scrolls
   * @param {() => void} moved is called in the next frame
   * @param {() => void} resized
   */
  constructor(frame, moved, resized) {
    this.frame = frame;
    this.place = 0;
    this.wasHidden = false;
    this.watcher = new ResizeObserver(() => {
      if (!frame.clientHeight) {
        this.wasHidden = true;
        return;
      }
      this.goBack();
      this.wasHidden = false;
      resized();
    });
    this.watcher.observe(frame);
    frame.addEventListener('scroll', () => {
      if (!this.wasHidden) {
        this.place = frame.scrollTop;
      }
      requestAnimationFrame(moved);
    });
  }

  /** Scrolls to where the table was when it was seen last. */
  goBack() {
    if (!this.frame.scrollTop && this.place) {
      this.frame.scrollTop = this.place;
    }
  }

  goToTop() {
    this.place = 0;
    this.frame.scrollTop = 0;
  }

  dispose() {
    this.watcher.disconnect();
  }
}
