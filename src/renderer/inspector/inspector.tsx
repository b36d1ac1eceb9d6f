import { t } from '../i18n/index.ts'

/** The form of the selected node. */
export function Inspector() {
  return <p>{t('panes.nothingSelected')}</p>
}
