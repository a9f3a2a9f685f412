// Takes times inside the page, so that no polling from outside blurs them.
window.mltrackClock = (() => {
  const QUIET_MS = 600;
  let released = 0;
  addEventListener('pointerup', () => { released = performance.now(); }, { capture: true });

  /** After the next frame is painted. */
  const painted = () => new Promise(resolve => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(0);
    });
  });

  /** When `test` first holds and that is painted. */
  const until = (test, patience) => new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      watcher.disconnect();
      reject(new Error(`It did not come within ${patience} ms: ${test}`));
    }, patience);
    const look = () => {
      if (test()) {
        clearTimeout(late);
        watcher.disconnect();
        resolve(painted());
      }
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.body, {
      attributes: true, characterData: true, childList: true, subtree: true,
    });
    look();
  });

  const small = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
  const print = canvas => {
    small.clearRect(0, 0, 64, 64);
    if (canvas.width && canvas.height) {
      small.drawImage(canvas, 0, 0, 64, 64);
    }
    const words = new Uint32Array(small.getImageData(0, 0, 64, 64).data.buffer);
    return words.reduce((sum, word, at) => (sum + word * (at + 1)) >>> 0, 0);
  };
  const ink = root => [...root.querySelectorAll('canvas')].map(print);

  /** When anything inside `root` last changed, pixels of canvases included; then it was quiet. */
  const settled = (root, isBegun, patience) => new Promise((resolve, reject) => {
    const began = performance.now();
    let last = began;
    let seen = '';
    const watcher = new MutationObserver(() => { last = performance.now(); });
    watcher.observe(root, { attributes: true, characterData: true, childList: true, subtree: true });
    const look = () => {
      const now = performance.now();
      const drawn = ink(root).join();
      if (drawn !== seen) {
        seen = drawn;
        last = now;
      }
      if (now - last > QUIET_MS && isBegun(root)) {
        watcher.disconnect();
        resolve(last);
      } else if (now - began > patience) {
        watcher.disconnect();
        reject(new Error(`It was not drawn within ${patience} ms: ${isBegun}`));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });

  const runCell = cell => {
    const { shell, commands } = window.jupyterapp;
    shell.currentWidget.content.activeCellIndex = cell;
    commands.execute('notebook:run-cell');
  };
  const output = cell => document.querySelectorAll('.jp-Notebook .jp-Cell')[cell]
    .querySelector('.jp-Cell-outputArea');

  return { until, settled, runCell, output, ink, released: () => released };
})();
