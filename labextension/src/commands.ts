/** Ids of all commands this extension adds. */
export const CommandIDs = {
  /** Insert the cells that track a first run below the active cell. */
  insertStarter: 'mltrack:insert-starter'
} as const;
