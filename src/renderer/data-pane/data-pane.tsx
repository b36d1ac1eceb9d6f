import { t } from '../i18n/index.ts'

/** Rows of the selected node. */
export function DataPane() {
  return <p>{t('panes.nothingSelected')}</p>
}
