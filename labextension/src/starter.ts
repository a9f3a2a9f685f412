import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from './commands';
import { insertBelowActiveCell, notebookOf } from './notebook';

/** What `%load_ext` needs before the first tracked cell. */
const LOAD = '%load_ext jupyter_mltrack';

/** The smallest cell that shows a parameter and a curve. */
const TRACKED = `%%track
import jupyter_mltrack as mlt
mlt.log_param("learning_rate", 0.01)
for step in range(10):
    mlt.log_metric("loss", 1 / (step + 1), step=step)`;

/**
 * Adds the command that writes the starter into the current notebook.
 *
 * The magic must be the first line of its cell, and is known only after
 * `%load_ext` has run. So that line gets a cell of its own, unless the notebook
 * has it already.
 */
export const starterPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mltrack:starter',
  description: 'Inserts cells that track a first run.',
  autoStart: true,
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mltrack');
    app.commands.addCommand(CommandIDs.insertStarter, {
      label: trans.__('Insert tracking starter cell'),
      caption: trans.__('Insert cells that track a first run below this cell'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => notebookOf(app.shell.currentWidget) !== null,
      execute: () => {
        const notebook = notebookOf(app.shell.currentWidget);
        if (notebook) {
          const loaded = notebook.model.sharedModel.cells.some(cell =>
            cell.getSource().includes(LOAD)
          );
          insertBelowActiveCell(notebook, loaded ? [TRACKED] : [LOAD, TRACKED]);
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.insertStarter,
      category: trans.__('Experiment tracking')
    });
  }
};
