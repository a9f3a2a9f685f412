import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { starterPlugin } from './starter';

/** Every plugin of the extension: one file each. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [starterPlugin];

export default plugins;
