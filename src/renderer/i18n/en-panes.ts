/** Words of the inspector, the data pane and the expression editor. */
export const enPanes = {
  'panes.nothingSelected': 'Select a node to see its settings and data.',
} as const
