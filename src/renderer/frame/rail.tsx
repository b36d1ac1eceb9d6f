import { FormGroup, HTMLSelect, PopoverNext, SegmentedControl } from '@blueprintjs/core'
import { Blocks, type LucideIcon, Settings, Workflow } from 'lucide-react'
import { t } from '../i18n/index.ts'
import { changeSettings, useSettings } from '../store/settings.ts'
import { type LeftPanel, showScreen, toggleLeft, useUi } from '../store/ui.ts'
import { SCREENS } from './screens.tsx'

const panels: readonly (readonly [LeftPanel, LucideIcon])[] = [
  ['pipelines', Workflow],
  ['steps', Blocks],
]

export function Rail() {
  const open = useUi((state) => (state.leftOpen && state.screen === 'editor' ? state.leftPanel : undefined))
  const screen = useUi((state) => state.screen)
  return (
    <nav className="rail" aria-label={t('rail.label')}>
      {panels.map(([panel, Icon]) => (
        <button
          key={panel}
          type="button"
          className={`rail-item${open === panel ? ' is-open' : ''}`}
          aria-pressed={open === panel}
          aria-label={t(`rail.${panel}`)}
          title={t(`rail.${panel}`)}
          onClick={() => toggleLeft(panel)}
        >
          <Icon size={18} strokeWidth={1.8} aria-hidden />
        </button>
      ))}
      <span className="rail-line" />
      {SCREENS.map(({ id, icon: Icon }) => (
        <button
          key={id}
          type="button"
          className={`rail-item${screen === id ? ' is-open' : ''}`}
          aria-pressed={screen === id}
          aria-label={t(`rail.${id}`)}
          title={t(`rail.${id}`)}
          onClick={() => showScreen(screen === id ? 'editor' : id)}
        >
          <Icon size={18} strokeWidth={1.8} aria-hidden />
        </button>
      ))}
      <span className="rail-space" />
      <PopoverNext
        content={<SettingsForm />}
        placement="right-end"
        transitionDuration={0}
        arrow={false}
        // The theme is chosen in it: it must follow at once, not keep the one in which it was opened.
        inheritDarkTheme={false}
      >
        <button type="button" className="rail-item" aria-label={t('rail.settings')} title={t('rail.settings')}>
          <Settings size={18} strokeWidth={1.8} aria-hidden />
        </button>
      </PopoverNext>
    </nav>
  )
}

function SettingsForm() {
  const theme = useSettings((state) => state.theme)
  const language = useSettings((state) => state.chosenLanguage)
  return (
    <div className="settings-form">
      <h2>{t('settings.title')}</h2>
      <FormGroup label={t('settings.theme')}>
        <SegmentedControl
          fill
          size="small"
          value={theme}
          onValueChange={(value) => changeSettings({ theme: value as typeof theme })}
          options={[
            { value: 'system', label: t('settings.system') },
            { value: 'light', label: t('settings.light') },
            { value: 'dark', label: t('settings.dark') },
          ]}
        />
      </FormGroup>
      <FormGroup label={t('settings.language')} labelFor="settings-language">
        <HTMLSelect
          id="settings-language"
          fill
          value={language}
          onChange={(event) => changeSettings({ language: event.currentTarget.value as typeof language })}
          options={[
            { value: 'system', label: t('settings.system') },
            { value: 'en', label: 'English' },
            { value: 'fr', label: 'Français' },
          ]}
        />
      </FormGroup>
    </div>
  )
}
