import type { enPanes } from './en-panes.ts'

export const frPanes: Readonly<Record<keyof typeof enPanes, string>> = {
  'panes.nothingSelected': 'Sélectionnez un nœud pour voir ses réglages et ses données.',
}
