import type { ISharedNotebook } from '@jupyter/ydoc';

/** The part of a notebook widget this extension uses, in Lab and Notebook 7. */
export interface INotebookContent {
  activeCellIndex: number;
  readonly model: { readonly sharedModel: ISharedNotebook };
  scrollToItem(index: number): Promise<void>;
}

/**
 * The notebook a main-area widget shows, or null for any other widget.
 *
 * Looks at the widget's shape: asking for the notebook tracker would make
 * building this extension download the whole notebook package, twice the rest.
 */
export function notebookOf(widget: unknown): INotebookContent | null {
  const content = property(widget, 'content');
  const shared = property(property(content, 'model'), 'sharedModel');
  const isNotebook =
    typeof property(content, 'activeCellIndex') === 'number' &&
    typeof property(content, 'scrollToItem') === 'function' &&
    typeof property(shared, 'insertCells') === 'function';
  return isNotebook ? (content as INotebookContent) : null;
}

/** Insert code cells below the active one, as one undo step, and go to the first. */
export function insertBelowActiveCell(
  notebook: INotebookContent,
  sources: readonly string[]
): void {
  const index = notebook.activeCellIndex + 1;
  notebook.model.sharedModel.insertCells(
    index,
    sources.map(source => ({
      cell_type: 'code',
      // As cells the user adds by hand: what they print may be shown.
      metadata: { trusted: true },
      source
    }))
  );
  notebook.activeCellIndex = index;
  void notebook.scrollToItem(index);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
