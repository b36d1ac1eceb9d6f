import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groupBy, type Row, readCsv, round, sum } from './sample-data.ts'

// The pipelines of the sample project, run as a person runs them, against the same figures computed here from the raw
// files by plain loops. Parquet is read with bare DuckDB; nothing else of this file's expectations comes from a query.

const repository = fileURLToPath(new URL('../..', import.meta.url))
const shipped = join(repository, 'resources/sample-project')
const project = mkdtempSync(join(tmpdir(), 'logidata-sample-'))
const inProject = (path: string) => join(project, path)

beforeAll(() => cpSync(shipped, project, { recursive: true, filter: (path) => !/[\\/](out|\.logidata)$/.test(path) }))
afterAll(() => rmSync(project, { recursive: true, force: true }))

interface RunReport {
  readonly state: string
  readonly nodes: Readonly<Record<string, { readonly state: string; readonly rows: Readonly<Record<string, number>> }>>
}

/** Runs a pipeline by the command line and gives its `--json` report. */
function run(pipeline: string, ...args: string[]): RunReport {
  const file = inProject(`pipelines/${pipeline}.pipeline.yaml`)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/logidata.js', 'run', file, '--json', ...args], {
    cwd: repository,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`exit code ${status}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout)
}

async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(`FROM read_parquet('${inProject(path)}', hive_partitioning = false)`)
    return reader.getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const readJson = (path: string): Record<string, unknown>[] => JSON.parse(readFileSync(inProject(path), 'utf8'))
const rawCsv = (path: string, options?: Parameters<typeof readCsv>[1]) => readCsv(join(shipped, 'data', path), options)

describe('revenue by country', () => {
  let report: RunReport
  beforeAll(() => {
    report = run('revenue-by-country', '--parameter', 'since=2022-01-01')
  })

  const germanDate = (text: string) => text.split('.').reverse().join('-')
  const broken = (row: Row) => row.total === '' || row.invoice_date === '31.02.2025' || row.total === 'k. A.'

  function invoices(): Map<string, Row> {
    const old: Row[] = rawCsv('music/invoices-2021-2024.csv')
    const recent: Row[] = rawCsv('music/invoices-2025.csv', { delimiter: ';', encoding: 'windows-1252' })
      .filter((row) => !broken(row))
      .map((row) => ({ ...row, invoice_date: germanDate(row.invoice_date ?? '') }))
    return new Map([...old, ...recent].map((row) => [row.invoice_id ?? '', row]))
  }

  interface SoldLine {
    readonly invoice_id: string
    readonly track_id: string
    readonly quantity: number
    readonly amount: number
    readonly country: string
    readonly year: string
  }

  function sold(): SoldLine[] {
    const known = invoices()
    return rawCsv('music/invoice-lines.csv').flatMap((line) => {
      const invoice = known.get(line.invoice_id ?? '')
      if (!invoice || (invoice.invoice_date ?? '') < '2022-01-01') return []
      const quantity = Number(line.quantity)
      return [
        {
          invoice_id: line.invoice_id ?? '',
          track_id: line.track_id ?? '',
          quantity,
          amount: Number(line.unit_price) * quantity,
          country: invoice.billing_country ?? '',
          year: invoice.invoice_date?.slice(0, 4) ?? '',
        },
      ]
    })
  }

  function byCountry() {
    return [...groupBy(sold(), (line) => `${line.year} ${line.country}`)].map(([key, lines]) => ({
      year: key.slice(0, 4),
      billing_country: key.slice(5),
      revenue: round(sum(lines.map((line) => line.amount)), 2),
      invoices: new Set(lines.map((line) => line.invoice_id)).size,
      tracks: sum(lines.map((line) => line.quantity)),
    }))
  }

  test('rejects the three lines that are broken, and says where they are', () => {
    const rejected = readCsv(inProject('out/revenue/bad-lines.csv'))
    expect(rejected.map((row) => Number(row.line))).toEqual([14, 41, 65])
    for (const row of rejected) expect(row.file).toBe('data/music/invoices-2025.csv')
    expect(rejected.map((row) => row.column)).toEqual([expect.anything(), 'invoice_date', 'total'])
    expect(report.nodes.invoices_2025?.rows?.reject).toBe(3)
  })

  test('writes the revenue of each country, a folder per year', async () => {
    const folders = readdirSync(inProject('out/revenue/by-country')).sort()
    expect(folders).toEqual(['year=2022', 'year=2023', 'year=2024', 'year=2025'])
    for (const folder of folders) {
      const year = folder.slice('year='.length)
      const written = await readParquet(`out/revenue/by-country/${folder}/*.parquet`)
      const expected = byCountry()
        .filter((row) => row.year === year && row.revenue >= 10)
        .sort((a, b) => b.revenue - a.revenue || (a.billing_country < b.billing_country ? -1 : 1))
      expect(
        written.map((row) => ({
          year,
          billing_country: row.billing_country,
          revenue: Number(row.revenue),
          invoices: Number(row.invoices),
          tracks: Number(row.tracks),
        })),
      ).toEqual(expected)
    }
  })

  test('lists the countries that earned less apart', () => {
    const written = readCsv(inProject('out/revenue/small-countries.csv'))
    const expected = byCountry().filter((row) => row.revenue < 10)
    const plain = (row: { year?: unknown; billing_country?: unknown; revenue?: unknown }) =>
      `${row.year} ${row.billing_country} ${Number(row.revenue)}`
    expect(written.map(plain).sort()).toEqual(expected.map(plain).sort())
  })

  test('writes the ten best genres', () => {
    const catalogue = new Map(
      readFileSync(join(shipped, 'data/music/catalogue.ndjson'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map((track) => [String(track.track_id), track]),
    )
    const lines = sold().map((line) => ({
      ...line,
      track: catalogue.get(line.track_id),
    }))
    const expected = [...groupBy(lines, (line) => line.track.genre)]
      .map(([genre, of]) => ({
        genre,
        revenue: round(sum(of.map((line) => line.amount)), 2),
        artists: new Set(of.map((line) => line.track.album.artist)).size,
      }))
      .sort((a, b) => b.revenue - a.revenue || (a.genre < b.genre ? -1 : 1))
      .slice(0, 10)
    expect(
      readJson('out/revenue/top-genres.json').map((row) => ({
        genre: row.genre,
        revenue: Number(row.revenue),
        artists: Number(row.artists),
      })),
    ).toEqual(expected)
  })

  test('reports the rows of each step', () => {
    const count = sold().length
    expect(report.state).toBe('succeeded')
    expect(report.nodes.sold?.rows?.match ?? report.nodes.sold?.rows?.out).toBe(count)
    expect(report.nodes.genres?.rows?.in).toBe(10)
  })
})

describe('bird strikes', () => {
  const severities: Readonly<Record<string, number>> = { None: 0, Minor: 1, Medium: 2, Substantial: 3 }
  const capitals = new Map<string, string>(
    JSON.parse(readFileSync(join(shipped, 'data/wildlife/us-state-capitals.json'), 'utf8')).map(
      (row: { state: string; city: string }) => [row.state, row.city],
    ),
  )
  const recent = () => rawCsv('wildlife/birdstrikes.csv').filter((row) => (row['Flight Date'] ?? '') >= '1995')
  const graded = () => recent().filter((row) => (row['Effect Amount of damage'] ?? '') in severities)
  const damaging = () =>
    graded().filter((row) => capitals.has(row['Origin State'] ?? '') && row['Effect Amount of damage'] !== 'None')

  beforeAll(() => {
    run('bird-strikes')
  })

  test('keeps the reports apart whose damage code nothing explains', () => {
    const expected = recent().filter((row) => !((row['Effect Amount of damage'] ?? '') in severities))
    const written = readCsv(inProject('out/bird-strikes/unknown-codes.csv'))
    expect(written.map((row) => row.damage).sort()).toEqual(
      expected.map((row) => row['Effect Amount of damage']).sort(),
    )
  })

  test('keeps the reports apart that are from no state', async () => {
    const expected = graded().filter((row) => !capitals.has(row['Origin State'] ?? ''))
    const written = await readParquet('out/bird-strikes/outside-the-states.parquet')
    expect(expected.length).toBeGreaterThan(0)
    expect(written.map((row) => `${row.flight_date} ${row.airport}`).sort()).toEqual(
      expected.map((row) => `${row['Flight Date']} ${row['Airport Name']}`).sort(),
    )
  })

  test('finds the worst species of each state', () => {
    const named = damaging().filter((row) => !row['Wildlife Species']?.startsWith('Unknown'))
    const expected = [...groupBy(named, (row) => row['Origin State'] ?? '')]
      .map(([state, rows]) => {
        const [worst] = [...groupBy(rows, (row) => row['Wildlife Species'] ?? '')]
          .map(([species, of]) => ({
            species,
            strikes: of.length,
            cost: sum(of.map((row) => Number(row['Cost Total $']))),
          }))
          .sort((a, b) => b.strikes - a.strikes || b.cost - a.cost || (a.species < b.species ? -1 : 1))
        return { state, capital: capitals.get(state), ...worst }
      })
      .sort((a, b) => (a.state < b.state ? -1 : 1))
    expect(
      readJson('out/bird-strikes/worst-species.json').map((row) => ({
        ...row,
        strikes: Number(row.strikes),
        cost: Number(row.cost),
      })),
    ).toEqual(expected)
  })

  test('takes the same sample of damaging strikes every time', () => {
    const first = readFileSync(inProject('out/bird-strikes/to-review.csv'), 'utf8')
    const rows = readCsv(inProject('out/bird-strikes/to-review.csv'))
    const known = new Set(
      damaging().map((row) => `${row['Flight Date']} ${row['Airport Name']} ${row['Wildlife Species']}`),
    )
    expect(rows).toHaveLength(50)
    for (const row of rows) expect(known).toContain(`${row.flight_date} ${row.airport} ${row.species}`)
    run('bird-strikes')
    expect(readFileSync(inProject('out/bird-strikes/to-review.csv'), 'utf8')).toBe(first)
  })
})

describe('seattle weather', () => {
  const days = () => rawCsv('weather/daily.csv')
  const seattle = () => days().filter((row) => row.location === 'Seattle')
  let normals: Map<string, number>

  beforeAll(async () => {
    run('seattle-weather')
    cpSync(join(shipped, 'data'), inProject('data'), { recursive: true })
    const hours = await readParquet('data/weather/seattle-hourly-normals.parquet')
    normals = new Map(
      [...groupBy(hours, (hour) => String(hour.at).slice(5, 10))].map(([day, of]) => [
        day,
        sum(of.map((hour) => Number(hour.temperature))) / of.length,
      ]),
    )
  })

  const withAnomaly = () =>
    seattle().map((row) => {
      const date = row.date ?? ''
      const normal = normals.get(date.slice(5))
      const mean = (Number(row.temp_max) + Number(row.temp_min)) / 2
      return {
        date,
        precipitation: Number(row.precipitation),
        anomaly: normal === undefined ? undefined : mean - normal,
      }
    })

  test('writes the anomaly of each month', () => {
    const expected = [...groupBy(withAnomaly(), (day) => day.date.slice(0, 7))].map(([month, of]) => {
      const anomalies = of.flatMap((day) => (day.anomaly === undefined ? [] : [day.anomaly]))
      return {
        month,
        anomaly: sum(anomalies) / anomalies.length,
        rain: sum(of.map((day) => day.precipitation)),
        days: of.length,
      }
    })
    const written = readCsv(inProject('out/weather/monthly-anomaly.csv'))
    expect(written.map((row) => `${row.year}-${row.month?.padStart(2, '0')} ${row.days}`)).toEqual(
      expected.map((row) => `${row.month} ${row.days}`),
    )
    written.forEach((row, index) => {
      expect(Math.abs(Number(row.anomaly_celsius) - (expected[index]?.anomaly ?? Number.NaN))).toBeLessThanOrEqual(
        0.0051,
      )
      expect(Math.abs(Number(row.rain_mm) - (expected[index]?.rain ?? Number.NaN))).toBeLessThanOrEqual(0.051)
    })
  })

  test('finds the ten days farthest from normal', async () => {
    const expected = withAnomaly()
      .filter((day) => day.anomaly !== undefined)
      .sort((a, b) => Math.abs(b.anomaly ?? 0) - Math.abs(a.anomaly ?? 0) || (a.date < b.date ? -1 : 1))
      .slice(0, 10)
    const written = await readParquet('out/weather/extreme-days.parquet')
    expect(written.map((row) => row.date)).toEqual(expected.map((day) => day.date))
  })

  test('counts the kinds of weather elsewhere', () => {
    const elsewhere = days().filter((row) => row.location !== 'Seattle')
    const expected = [...groupBy(elsewhere, (row) => row.weather ?? '')]
      .map(([weather, of]) => ({ location: 'New York', weather, days: of.length }))
      .sort((a, b) => b.days - a.days)
    expect(readJson('out/weather/elsewhere.json').map((row) => ({ ...row, days: Number(row.days) }))).toEqual(expected)
  })
})

describe('sales report', () => {
  let report: RunReport
  beforeAll(() => {
    report = run('sales-report')
  })
  const invoices = () => rawCsv('music/invoices-2021-2024.csv')
  const cents = (rows: readonly Row[]) => sum(rows.map((row) => Math.round(Number(row.total) * 100)))

  test('counts the rows of the pipeline that is a step, and of every case of the switch', () => {
    const customers = rawCsv('music/customers.csv')
    const companies = new Set(customers.filter((row) => row.company !== '').map((row) => row.customer_id))
    const sold = invoices().filter((row) => companies.has(row.customer_id))
    expect(report.nodes.reachable).toMatchObject({ state: 'done', rows: { known: customers.length, doubtful: 0 } })
    expect(report.nodes.segments?.rows).toEqual({ companies: sold.length, otherwise: invoices().length - sold.length })
    const written = readCsv(inProject('out/report/companies.csv')).map((row) => row.invoice_id)
    expect(written.sort()).toEqual(sold.map((row) => row.invoice_id).sort())
  })

  test('writes every month with its running total', () => {
    const months = groupBy(invoices(), (row) => `${row.invoice_date?.slice(0, 7)}-01`)
    let total = 0
    const expected = [...months]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([month, rows]) => {
        total += cents(rows)
        return [month, cents(rows), rows.length, total]
      })
    const written = readCsv(inProject('out/report/months.csv')).map((row) => [
      row.invoice_date,
      Math.round(Number(row.revenue) * 100),
      Number(row.invoices),
      Math.round(Number(row.so_far) * 100),
    ])
    expect(written).toEqual(expected)
  })

  test('writes a spreadsheet with a column per year', () => {
    const check = inProject('pipelines/read-back.pipeline.yaml')
    const nodes = `{ sheet: { type: extract.excel, config: { path: out/report/countries.xlsx } }, csv: { type: load.csv, inputs: { in: sheet }, config: { path: out/report/countries.csv } } }`
    writeFileSync(check, `format: logidata/v1\nname: Read back\nnodes: ${nodes}\n`)
    run('read-back')
    const written = readCsv(inProject('out/report/countries.csv'))
    const countries = groupBy(invoices(), (row) => row.billing_country ?? '')
    expect(written).toHaveLength(countries.size)
    for (const row of written) {
      const own = countries.get(row.billing_country ?? '') ?? []
      for (const year of ['2021', '2022', '2023', '2024', '2025']) {
        const expected = cents(own.filter((invoice) => invoice.invoice_date?.startsWith(year)))
        expect(Math.round(Number(row[year]) * 100), `${row.billing_country} ${year}`).toBe(expected)
      }
    }
  })
})
