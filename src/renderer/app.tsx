import { DataPane } from './data-pane/data-pane.tsx'
import { Inspector } from './inspector/inspector.tsx'

export function App() {
  return (
    <main>
      <Inspector />
      <DataPane />
    </main>
  )
}
