import { useEffect, useState } from 'react'
import { Banners } from './frame/banners.tsx'
import { CommandPalette } from './frame/command-palette.tsx'
import { Dialogs } from './frame/dialogs.tsx'
import { ErrorBoundary } from './frame/error-boundary.tsx'
import { Rail } from './frame/rail.tsx'
import { ScreenLayer } from './frame/screens.tsx'
import { StatusLine } from './frame/status-line.tsx'
import { Toaster } from './frame/toaster.tsx'
import { TopBar } from './frame/top-bar.tsx'
import { useGlobalKeys } from './frame/use-global-keys.ts'
import { Workspace } from './frame/workspace.tsx'
import { startStudio } from './start-studio.ts'
import { useSettings } from './store/settings.ts'
import { useUi } from './store/ui.ts'
import { applyTheme } from './theme/theme.ts'
import './frame/frame.css'
import './frame/panes.css'
import './frame/status-and-overlays.css'

export function App() {
  const [ready, setReady] = useState(false)
  const language = useSettings((state) => state.language)
  const theme = useSettings((state) => state.theme)
  const screen = useUi((state) => state.screen)
  useEffect(() => startStudio(() => setReady(true)), [])
  useEffect(() => applyTheme(theme), [theme])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useGlobalKeys()
  if (!ready) {
    return (
      <>
        <div className="app-loading" aria-busy="true" />
        <Banners />
      </>
    )
  }
  return (
    // Words are looked up as the window is drawn, so another language draws it anew.
    <div className="app" key={language}>
      <TopBar />
      <Banners />
      <div className="app-middle">
        <Rail />
        <div className="app-stage">
          <div className="app-editor" inert={screen !== 'editor'}>
            <ErrorBoundary>
              <Workspace />
            </ErrorBoundary>
          </div>
          <ScreenLayer />
        </div>
      </div>
      <StatusLine />
      <Toaster />
      <Dialogs />
      <CommandPalette />
    </div>
  )
}
