import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chain, toParquet } from './documents.ts'
import { openReference, runPipeline, withEngine } from './engine.ts'
import { type Measurement, timed, type Workload, watchMemory } from './workload.ts'

const ROWS = 100_000

/** Ten columns that look like sales: one million cells, half of them texts. */
const SALES = `SELECT i AS id, DATE '2010-01-01' + (i % 5000)::INTEGER AS day, ['France', 'Brazil', 'Norway', 'Japan'][i % 4 + 1] AS country,
  ((i * 7919) % 100000 / 100)::DECIMAL(9,2) AS amount, 'customer ' || i % 20000 AS customer, i % 3 = 0 AS paid, (i * 0.37)::DOUBLE AS weight,
  'the ' || i || 'th parcel' AS note, TIMESTAMP '2020-01-01 00:00:00' + INTERVAL (i) SECOND AS sent, 'A' || i % 977 AS code
  FROM range(${ROWS}) AS t(i)`

const READ =
  'import openpyxl, sys\nn = 0\nfor row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True): n += len(row)\nassert n == 1000010'
const WRITE = `import openpyxl, sys
from datetime import date, datetime, timedelta
wb = openpyxl.Workbook(write_only=True); ws = wb.create_sheet()
ws.append(['id','day','country','amount','customer','paid','weight','note','sent','code'])
countries = ['France', 'Brazil', 'Norway', 'Japan']
for i in range(${ROWS}): ws.append([i, date(2010,1,1)+timedelta(i%5000), countries[i%4], (i*7919)%100000/100, f'customer {i%20000}', i%3==0, i*0.37, f'the {i}th parcel', datetime(2020,1,1)+timedelta(seconds=i), f'A{i%977}'])
wb.save(sys.argv[1])`

/** LibreOffice itself: `soffice` is a script that starts it, whose memory is not its own. */
const OFFICE = [
  '/usr/lib/libreoffice/program/soffice.bin',
  '/usr/lib64/libreoffice/program/soffice.bin',
  '/opt/libreoffice/program/soffice.bin',
].find((path) => existsSync(path))

/** One million cells of Excel in and out, beside openpyxl where Python has it (`LOGIDATA_BENCH_PYTHON` names one that does) and LibreOffice. */
export const excel: Workload = async ({ folder }) => {
  const root = join(folder, 'project')
  for (const name of ['data', 'out']) mkdirSync(join(root, name), { recursive: true })
  const reference = await openReference()
  await reference.run(`COPY (${SALES}) TO '${join(root, 'data/sales.parquet')}' (FORMAT parquet)`)
  const python = process.env.LOGIDATA_BENCH_PYTHON ?? 'python3'
  const hasPeer = spawnSync(python, ['-c', 'import openpyxl']).status === 0
  return withEngine(root, async (client) => {
    const { processId } = await client.call('status', {})
    const office = async (what: string, ours: Measurement, to: string, from: string): Promise<Measurement> => {
      const workload = `Excel of 1 million cells, ${what}, beside LibreOffice`
      if (OFFICE === undefined)
        return { workload, ours: ours.ours, unit: 'ms', goal: 'no peer: LibreOffice is not installed', met: true }
      const profile = `-env:UserInstallation=file://${join(folder, 'office')}`
      const args = [
        profile,
        '--headless',
        '--norestore',
        '--convert-to',
        to,
        '--outdir',
        join(folder, 'office-out'),
        from,
      ]
      // Making a new profile takes long, and ends some versions at once; others would wait for somebody.
      await runPeer(OFFICE, [...args.slice(0, 3), '--terminate_after_init']).catch(() => undefined)
      const peer = await runPeer(OFFICE, args)
      const [mine = 0, others = 0] = [ours.peakMegabytes, peer.peak].map((peak) => Math.round(peak ?? 0))
      return {
        workload,
        ours: ours.ours,
        reference: peer.milliseconds,
        ratio: ours.ours / peer.milliseconds,
        ...(ours.peakMegabytes === undefined ? {} : { peakMegabytes: ours.peakMegabytes }),
        unit: 'ms',
        goal: `at most the time and memory of LibreOffice, which has a peak of ${others} MB (ratio ${(mine / Math.max(others, 1)).toFixed(2)})`,
        met: ours.ours <= peer.milliseconds && mine <= others,
      }
    }
    const measure = async (what: string, document: Parameters<typeof runPipeline>[2], code: string, file: string) => {
      const memory = watchMemory(processId)
      const { milliseconds } = await timed(() => runPipeline(client, root, document, 'none'))
      const peak = memory.stop()
      const peer = hasPeer ? await runPeer(python, ['-c', code, file]) : undefined
      const measured: Measurement = {
        workload: `Excel of 1 million cells, ${what}`,
        ours: milliseconds,
        ...(peer ? { reference: peer.milliseconds, ratio: milliseconds / peer.milliseconds } : {}),
        ...(peak === undefined ? {} : { peakMegabytes: peak }),
        unit: 'ms',
        goal: peer
          ? `at most the time of openpyxl, which has a peak of ${Math.round(peer.peak ?? 0)} MB`
          : 'no peer: openpyxl is not installed',
        met: !peer || milliseconds <= peer.milliseconds,
      }
      return measured
    }
    const out = chain([
      ['extract.parquet', { path: 'data/sales.parquet' }],
      ['load.excel', { path: 'out/sales.xlsx' }],
    ])
    const back = chain([['extract.excel', { path: 'out/sales.xlsx' }], toParquet('out/sales.parquet')])
    const written = await measure('written', out, WRITE, join(folder, 'peer.xlsx'))
    const read = await measure('read', back, READ, join(root, 'out/sales.xlsx'))
    // It has no way in that is not a file: the text that it reads quickest.
    const text = join(folder, 'sales.csv')
    await reference.run(`COPY (${SALES}) TO '${text}' (FORMAT csv)`)
    return [
      written,
      read,
      await office('written', written, 'xlsx', text),
      await office('read', read, 'csv', join(root, 'out/sales.xlsx')),
    ]
  })
}

async function runPeer(command: string, args: readonly string[]) {
  let memory: ReturnType<typeof watchMemory> | undefined
  const { milliseconds } = await timed(
    () =>
      new Promise<void>((resolve, reject) => {
        const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
        if (child.pid !== undefined) memory = watchMemory(child.pid)
        child.once('error', reject)
        child.once('exit', (status) =>
          status === 0 ? resolve() : reject(new Error(`${command} ended with ${status}`)),
        )
      }),
  )
  return { milliseconds, peak: memory?.stop() }
}
