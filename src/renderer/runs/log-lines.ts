import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { toErrorInfo } from '../../shared/errors.ts'
import type { LogLevel, LogLine } from '../../shared/runs/log-line.ts'
import { api } from '../api.ts'
import { withOlder } from './older-lines.ts'

/** How many lines come at a time; older ones come when somebody scrolls up to them. */
const PAGE = 2_000
/** For who wants all of them at once. */
const LARGE_PAGE = 10_000
/** Lines that come together are shown together. */
const BATCH_MILLISECONDS = 60

/** Lines of a run: the newest at once, those that come as they come, and older ones page by page. The search is the application's. */
export function useLog(runId: string, level: LogLevel, contains: string) {
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [problem, setProblem] = useState<string>()
  const filter = useMemo(
    () => ({ runId, level, ...(contains.trim() && { contains: contains.trim() }) }),
    [runId, level, contains],
  )
  /** Ends with the filter that it asks for. */
  const ending = useRef(new AbortController())
  const asking = useRef<string>(undefined)

  useEffect(() => {
    const mine = new AbortController()
    ending.current = mine
    asking.current = undefined
    let waiting: LogLine[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      const come = waiting
      waiting = []
      setLines((before) => [...before, ...come])
    }
    const follow = async () => {
      setLines([])
      setProblem(undefined)
      try {
        const asked = { ...filter, limit: PAGE, follow: true }
        for await (const come of api.stream('run.logs', asked, { signal: mine.signal })) {
          waiting.push(...come)
          timer ??= setTimeout(show, BATCH_MILLISECONDS)
        }
      } catch (thrown) {
        if (!mine.signal.aborted) setProblem(toErrorInfo(thrown).message)
      }
    }
    void follow()
    return () => {
      mine.abort()
      clearTimeout(timer)
    }
  }, [filter])

  const read = useCallback(
    async (before: string, limit: number): Promise<readonly LogLine[]> => {
      const page: LogLine[] = []
      const { signal } = ending.current
      for await (const come of api.stream('run.logs', { ...filter, limit, before, follow: false }, { signal }))
        page.push(...come)
      return page
    },
    [filter],
  )
  const older = lines[0]?.older
  const loadOlder = useCallback(async () => {
    if (older === undefined || asking.current === older) return
    asking.current = older
    const { signal } = ending.current
    try {
      const page = await read(older, PAGE)
      if (!signal.aborted) setLines((now) => withOlder(now, page, older))
    } catch (thrown) {
      if (signal.aborted) return
      asking.current = undefined
      setProblem(toErrorInfo(thrown).message)
    }
  }, [older, read])
  /** Every line that matches, also those that nobody scrolled to. @throws LogiDataError */
  const readAll = useCallback(async (): Promise<readonly LogLine[]> => {
    let all = lines
    for (let before = all[0]?.older; before !== undefined; before = all[0]?.older)
      all = withOlder(all, await read(before, LARGE_PAGE), before)
    return all
  }, [lines, read])
  return { lines, problem, hasOlder: older !== undefined, loadOlder, readAll }
}
