import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Measurement, Workload } from './workload.ts'

const workloads: Readonly<Record<string, () => Promise<Workload>>> = {
  fused: async () => (await import('./fused.ts')).fused,
  counts: async () => (await import('./row-counts.ts')).counts,
  journal: async () => (await import('./journal.ts')).journal,
  preview: async () => (await import('./preview.ts')).preview,
  edit: async () => (await import('./edit.ts')).edit,
  cancel: async () => (await import('./cancel.ts')).cancel,
  csv: async () => (await import('./csv.ts')).csv,
  mongodb: async () => (await import('./mongodb.ts')).mongodb,
  mysql: async () => (await import('./mysql.ts')).mysql,
  postgres: async () => (await import('./postgres.ts')).postgres,
  s3: async () => (await import('./s3.ts')).s3,
  excel: async () => (await import('./excel.ts')).excel,
  canvas: async () => (await import('./canvas.ts')).canvas,
  start: async () => (await import('./start.ts')).start,
  fuzzy: async () => (await import('./fuzzy.ts')).fuzzy,
  transforms: async () => (await import('./transforms.ts')).transforms,
  wide: async () => (await import('./wide.ts')).wide,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'csv-megabytes': { type: 'string', default: '200' },
    rows: { type: 'string', default: '300000' },
    's3-megabytes': { type: 'string', default: '2000' },
  },
})
// What follows these two are names of transforms: `npm run bench -- transforms join union`.
const names = ['transforms', 'wide'].includes(positionals[0] ?? '') ? positionals.splice(1) : []
const unknown = positionals.filter((name) => !(name in workloads))
if (unknown.length > 0) {
  console.error(`No workload ${unknown.join(', ')}. There are: ${Object.keys(workloads).join(', ')}.`)
  process.exit(2)
}

const results = fileURLToPath(new URL('results', import.meta.url))
mkdirSync(results, { recursive: true })
const figure = (value: number | undefined) =>
  value === undefined ? '' : value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)
const columns = [52, 10, 10, 7, 7, 9, 0]
const line = (cells: readonly string[]) =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(columns[0] ?? 0) : cell.padStart(columns[index] ?? 0)))
    .join(' ')

const print = (measured: Measurement) => {
  console.log(
    line([
      measured.workload,
      `${figure(measured.ours)} ${measured.unit}`,
      measured.reference === undefined ? '' : `${figure(measured.reference)} ${measured.unit}`,
      figure(measured.ratio),
      figure(measured.cpuRatio),
      figure(measured.peakMegabytes),
      `  ${measured.met ? 'met' : 'NOT MET'}: ${measured.goal}`,
    ]),
  )
}

console.log(`${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n`)
console.log(line(['workload', 'ours', 'reference', 'ratio', 'CPU', 'peak MB', '  goal']))
const chosen = positionals.length > 0 ? positionals : Object.keys(workloads)
for (const name of chosen) {
  const folder = mkdtempSync(join(tmpdir(), `logidata-bench-${name}-`))
  try {
    const workload = await workloads[name]?.()
    const shown = new Set<Measurement>()
    const report = (measured: Measurement) => {
      shown.add(measured)
      print(measured)
    }
    const measurements =
      (await workload?.({
        folder,
        csvMegabytes: Number(values['csv-megabytes']),
        rows: Number(values.rows),
        s3Megabytes: Number(values['s3-megabytes']),
        names,
        report,
      })) ?? []
    for (const measured of measurements) if (!shown.has(measured)) print(measured)
    const machine = { load: loadavg()[0], processors: cpus().length, memoryBytes: totalmem(), node: process.version }
    writeFileSync(
      join(results, `${name}.json`),
      `${JSON.stringify({ name, at: new Date().toISOString(), machine, measurements }, null, 2)}\n`,
    )
  } catch (thrown) {
    console.error(`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
