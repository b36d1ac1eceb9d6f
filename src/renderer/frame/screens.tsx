import { CalendarClock, FlaskConical, History, type LucideIcon, Plug, Waypoints } from 'lucide-react'
import { type ComponentType, lazy, Suspense } from 'react'
import type { Screen } from '../store/ui.ts'
import { useUi } from '../store/ui.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import './screens.css'

interface ScreenEntry {
  readonly id: Exclude<Screen, 'editor'>
  readonly icon: LucideIcon
  /** Loaded when it is first shown. */
  readonly component: ComponentType
}

/** Screens of the rail besides the editor, in its order. */
export const SCREENS: readonly ScreenEntry[] = [
  {
    id: 'runs',
    icon: History,
    component: lazy(async () => ({ default: (await import('../runs/runs-screen.tsx')).RunsScreen })),
  },
  {
    id: 'schedules',
    icon: CalendarClock,
    component: lazy(async () => ({ default: (await import('../schedules/schedules-screen.tsx')).SchedulesScreen })),
  },
  {
    id: 'tests',
    icon: FlaskConical,
    component: lazy(async () => ({ default: (await import('../tests/tests-screen.tsx')).TestsScreen })),
  },
  {
    id: 'connections',
    icon: Plug,
    component: lazy(async () => ({
      default: (await import('../connections/connections-screen.tsx')).ConnectionsScreen,
    })),
  },
  {
    id: 'lineage',
    icon: Waypoints,
    component: lazy(async () => ({ default: (await import('../lineage/lineage-view.tsx')).LineageView })),
  },
]

/** Lies over the editor, which keeps its place, its size and what is selected in it. */
export function ScreenLayer() {
  const screen = useUi((state) => state.screen)
  const entry = SCREENS.find(({ id }) => id === screen)
  if (!entry) return null
  const { component: Component } = entry
  return (
    <main className="screen" key={screen}>
      <ErrorBoundary>
        <Suspense fallback={<div aria-busy="true" />}>
          <Component />
        </Suspense>
      </ErrorBoundary>
    </main>
  )
}
