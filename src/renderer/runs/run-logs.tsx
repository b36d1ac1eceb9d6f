import './run-parts.css'
import { Button, HTMLSelect, InputGroup, Switch } from '@blueprintjs/core'
import { Copy, Search } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RunSummary } from '../../shared/runs/history.ts'
import { type LogLevel, type LogLine, logLevelSchema } from '../../shared/runs/log-line.ts'
import { t } from '../i18n/index.ts'
import { select } from '../store/selection.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { showScreen } from '../store/ui.ts'
import { useLog } from './log-lines.ts'
import { clockOf } from './run-words.ts'

const ROW = 22
/** Rows drawn beyond what is seen, so that scrolling shows no gap. */
const BEYOND = 20
/** Older lines are asked for before their place is seen. */
const NEAR_TOP = 100 * ROW

/** What the run and the engine said, followed while the run goes. */
export function RunLogs({ run }: { readonly run: RunSummary }) {
  const [level, setLevel] = useState<LogLevel>('info')
  const [contains, setContains] = useState('')
  const [following, setFollowing] = useState(true)
  const { lines, problem, hasOlder, loadOlder, readAll } = useLog(run.runId, level, contains)
  const copy = async () => {
    const all = await readAll()
    await navigator.clipboard.writeText(all.map(lineText).join('\n'))
  }
  return (
    <div className="run-part run-logs">
      <div className="run-logs-bar">
        <InputGroup
          size="small"
          leftElement={<Search size={13} className="runs-filter-icon" />}
          placeholder={t('logs.search')}
          aria-label={t('logs.search')}
          value={contains}
          onValueChange={setContains}
        />
        <HTMLSelect
          aria-label={t('logs.level')}
          value={level}
          onChange={({ currentTarget }) => setLevel(logLevelSchema.parse(currentTarget.value))}
          options={logLevelSchema.options.map((value) => ({ value, label: t(`logs.level.${value}`) }))}
        />
        <Switch
          className="run-logs-follow"
          checked={following}
          label={t('logs.follow')}
          onChange={({ currentTarget }) => setFollowing(currentTarget.checked)}
        />
        <span className="run-logs-count">{t(hasOlder ? 'logs.countMore' : 'logs.count', { count: lines.length })}</span>
        <Button
          size="small"
          variant="minimal"
          icon={<Copy size={13} />}
          text={t('logs.copy')}
          disabled={lines.length === 0}
          onClick={() => void copy().catch(toastError)}
        />
      </div>
      {problem !== undefined && <p className="run-failure">{problem}</p>}
      {lines.length === 0 ? (
        <p className="panel-none">{t('logs.none')}</p>
      ) : (
        <Lines
          lines={lines}
          path={run.path}
          following={following}
          onScrolledUp={() => setFollowing(false)}
          onNearTop={() => void loadOlder()}
        />
      )}
    </div>
  )
}

interface LinesProps {
  readonly lines: readonly LogLine[]
  readonly path: string
  readonly following: boolean
  readonly onScrolledUp: () => void
  readonly onNearTop: () => void
}

/** Draws the lines that are seen, of however many there are. */
function Lines({ lines, path, following, onScrolledUp, onNearTop }: LinesProps) {
  const element = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(400)
  // What is read stays where it is when older lines come above it.
  const last = useRef(lines)
  useLayoutEffect(() => {
    const { current } = element
    const before = last.current
    last.current = lines
    const above = before[0] === undefined ? 0 : placeOfFirst(before, lines)
    if (current && above > 0) current.scrollTop += above * ROW
  }, [lines])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end.
  useEffect(() => {
    const { current } = element
    if (!current) return
    setHeight(current.clientHeight)
    if (following) current.scrollTop = current.scrollHeight
  }, [lines.length, following])
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND)
  const shown = lines.slice(first, first + Math.ceil(height / ROW) + 2 * BEYOND)
  const goTo = async (nodeId: string) => {
    await openPipeline(path)
    showScreen('editor')
    select([nodeId])
  }
  return (
    <div
      className="run-logs-lines mono"
      ref={element}
      role="log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard.
      tabIndex={0}
      aria-label={t('runs.part.logs')}
      onScroll={({ currentTarget }) => {
        const up = currentTarget.scrollTop < top
        setTop(currentTarget.scrollTop)
        setHeight(currentTarget.clientHeight)
        if (up && following) onScrolledUp()
        if (up && currentTarget.scrollTop < NEAR_TOP) onNearTop()
      }}
    >
      <div style={{ height: lines.length * ROW, position: 'relative' }}>
        {shown.map((line, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added, and a place shows what is there.
            key={first + index}
            className={`run-logs-line is-${line.level}`}
            style={{ top: (first + index) * ROW }}
            title={lineText(line)}
          >
            <time dateTime={line.at}>{clockOf(line.at)}</time>
            <span className="run-logs-level">{line.level}</span>
            {line.nodeId === undefined ? (
              <span />
            ) : (
              <button
                type="button"
                className="text-button truncate"
                onClick={() => void goTo(line.nodeId ?? '').catch(toastError)}
              >
                {line.nodeId}
              </button>
            )}
            <span className="truncate">{line.message}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

/** How many lines came before those that were there: lines are added at either end, and the last of the old first page stays itself. */
function placeOfFirst(before: readonly LogLine[], now: readonly LogLine[]): number {
  const known = before[1] ?? before[0]
  const at = known === undefined ? -1 : now.indexOf(known)
  return before[1] === undefined ? Math.max(0, at) : Math.max(0, at - 1)
}

const lineText = ({ at, level, nodeId, message }: LogLine): string =>
  [at, level, nodeId, message].filter((part) => part !== undefined).join(' ')
