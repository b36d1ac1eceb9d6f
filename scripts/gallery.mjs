// Pictures of every step's form, to look at after a change of the inspector or of many descriptors:
//   node scripts/gallery.mjs FOLDER [--only=transform.join,transform.pivot] [--new] [--french] [--dark] [--wide] [--unfold]
// It makes a project with one pipeline per family in FOLDER/project (each step with its example's config, or as `--new`
// one), and writes one picture per step and contact sheets of several to FOLDER.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { stringify } from 'yaml'
import { moduleInfos } from '../src/modules/catalogue.ts'

import { chromiumPath } from './chromium.mjs'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    new: { type: 'boolean', default: false },
    french: { type: 'boolean', default: false },
    dark: { type: 'boolean', default: false },
    wide: { type: 'boolean', default: false },
    unfold: { type: 'boolean', default: false },
    rows: { type: 'string', default: '5' },
  },
})
const folder = resolve(positionals[0] ?? '/tmp/gallery')
const project = join(folder, 'project')
const only = options.only?.split(',')
const repository = fileURLToPath(new URL('..', import.meta.url))

const infos = moduleInfos()
const wanted = infos.filter(({ type }) => !only || only.includes(type))

const keywords = new Set(
  'and or not in is null true false case when then else end as select from group by all sum count date_trunc coalesce round between like where'.split(
    ' ',
  ),
)
const namesIn = (sql) =>
  [...sql.replaceAll(/'[^']*'/g, '').matchAll(/[\p{L}_]\w*\b(?!\s*\()/gu)]
    .map(([name]) => name)
    .filter((name) => !keywords.has(name.toLowerCase()))

/** Columns by port that a config speaks of. */
function columnsOf(fields, config, found = {}) {
  const add = (port, name) => {
    if (typeof name !== 'string' || name === '') return
    found[port ?? 'in'] ??= new Set()
    found[port ?? 'in'].add(name)
  }
  for (const field of fields) {
    const value = config?.[field.name]
    if (value === undefined) continue
    if (field.control === 'column') add(field.port, value)
    else if (field.control === 'expression') for (const name of namesIn(String(value))) add(field.port, name)
    else if (field.control === 'columns' && field.port) {
      for (const item of value) {
        if (typeof item === 'string') add(field.port, item)
        else for (const name of namesIn(item.expression)) add(field.port, name)
      }
    } else if (Array.isArray(value) && field.fields) for (const item of value) columnsOf(field.fields, item, found)
    else if (field.control === 'group') columnsOf(field.fields, value, found)
  }
  return found
}

/** What the examples speak of in words that no field marks as a column. */
const more = {
  'transform.clean': ['name', 'amount_net', 'amount_tax'],
  'transform.cast': ['amount_net', 'amount_tax'],
  'transform.merge': ['last_name', 'first_name', 'born'],
  'transform.rename': ['Nº', 'Amount due', 'amount_2024'],
  'transform.pivot': ['country', 'month', 'total'],
  'transform.unpivot': ['country', 'sales_2023', 'sales_2024', 'costs_2023', 'costs_2024'],
  'transform.transpose': ['year', 'revenue', 'costs'],
  'transform.contract': ['invoice_id', 'issued', 'total'],
  'transform.script': ['name'],
  'transform.fill': ['station', 'measured_at'],
  'transform.union': ['country', 'customers', 'year'],
  'transform.sql': ['country', 'customer_id'],
}

function typeOf(name) {
  if (/_at$/.test(name)) return 'TIMESTAMP'
  if (/tags/.test(name)) return 'VARCHAR[]'
  if (/address/.test(name)) return 'STRUCT(street VARCHAR, city VARCHAR)'
  if (/payload/.test(name)) return 'JSON'
  if (/churned/.test(name)) return 'BOOLEAN'
  if (/_on$|^born|date|^day$|valid_from|issued|shipped$|ordered$/i.test(name)) return 'DATE'
  if (/revenue|total|price|amount|salary|income|debit|credit|temperature|rain|discount|cost|sales_/i.test(name))
    return 'DECIMAL(18,2)'
  if (/lat|lon/.test(name)) return 'DOUBLE'
  if (/_id$|^id$|age|quantity|^line$|step/.test(name)) return 'BIGINT'
  return 'VARCHAR'
}

function cell(name, row) {
  const type = typeOf(name)
  if (type === 'TIMESTAMP') return `2024-0${row + 1}-01 08:00:00`
  if (type === 'DATE') return `2024-0${row + 1}-01`
  if (type === 'VARCHAR[]') return '[a, b]'
  if (type === 'JSON') return '{"user":{"age":3}}'
  if (type.startsWith('STRUCT')) return "{'street': 'Rue 1', 'city': 'Lyon'}"
  if (type === 'BOOLEAN') return 'true'
  if (type === 'VARCHAR') return ['Ann Lee', 'Bob Day', 'Cy Fox'][row]
  return String((row + 1) * 12)
}

function table(names) {
  const list = names.length > 0 ? names : ['id', 'name', 'total', 'ordered_on']
  return {
    type: 'extract.inline',
    config: {
      columns: list.map((name) => ({ name, type: typeOf(name) })),
      rows: [0, 1, 2].map((row) => list.map((name) => cell(name, row))),
    },
  }
}

const idOf = (type) => `${type.startsWith('load.') ? 'to_' : ''}${type.slice(type.indexOf('.') + 1)}`
rmSync(project, { recursive: true, force: true })
mkdirSync(join(project, 'pipelines'), { recursive: true })
const families = Map.groupBy(wanted, ({ family }) => family)
for (const [family, steps] of families) {
  const nodes = {}
  const layout = {}
  steps.forEach((info, index) => {
    const id = idOf(info.type)
    const found = columnsOf(info.fields, info.example)
    const inputs = {}
    info.inputs.forEach((port, at) => {
      const ports = port.freeNames
        ? port.name === 'reference'
          ? ['customers']
          : ['customers']
        : port.many
          ? ['in_1', 'in_2']
          : [port.name]
      for (const name of ports) {
        const source = `${id}_${name}`
        const columns = new Set([
          ...(found[port.name] ?? []),
          ...(port.many ? (found.in ?? []) : []),
          ...(more[info.type] ?? []),
        ])
        nodes[source] = table([...columns])
        layout[source] = [0, index * 160 + at * 60]
        inputs[name] = source
      }
    })
    nodes[id] = {
      type: info.type,
      ...(info.inputs.length > 0 ? { inputs } : {}),
      config: options.new ? info.defaultConfig : info.example,
    }
    layout[id] = [300, index * 160]
  })
  const document = { format: 'logidata/v1', name: family, nodes, layout }
  writeFileSync(join(project, 'pipelines', `${family}.pipeline.yaml`), stringify(document))
}

mkdirSync(join(folder, 'home'), { recursive: true })
writeFileSync(
  join(folder, 'home', 'settings.json'),
  JSON.stringify({ theme: options.dark ? 'dark' : 'light', language: options.french ? 'fr' : 'en', layout: {} }),
)
const child = spawn(
  process.execPath,
  [join(repository, 'src/cli/start.ts'), '--browser', '--no-open', '--port', '0', project],
  {
    env: { ...process.env, LOGIDATA_HOME: join(folder, 'home') },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const url = await new Promise((done) => {
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
    const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(text)?.[0]
    if (found) done(found)
  })
})

const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  const context = await browser.newContext({
    viewport: { width: options.wide ? 1920 : 1280, height: 1500 },
    colorScheme: options.dark ? 'dark' : 'light',
    locale: options.french ? 'fr-FR' : 'en-GB',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(url)
  await page.waitForTimeout(1_500)
  /** Clicks on the first such element, whatever lies over it. */
  const press = (selector, words = '') =>
    page
      .locator(selector)
      .filter({ hasText: words })
      .first()
      .evaluate((element) => element.click())
  const pictures = []
  for (const [family, steps] of families) {
    await press('.rail .rail-item')
    await page.waitForTimeout(300)
    await press('.panel-item-main', `pipelines/${family}.`)
    await page.waitForTimeout(1_500)
    await press('button', options.french ? 'Ajuster' : 'Fit')
    await page.waitForTimeout(700)
    for (const info of steps) {
      const id = idOf(info.type)
      const path = join(folder, `${info.type}.png`)
      try {
        await page.locator(`.react-flow__node[data-id="${id}"]`).click({ force: true, timeout: 4_000 })
        await page.waitForTimeout(700)
        if (options.unfold) {
          for (const fold of await page.locator('.inspector .fold-toggle[aria-expanded="false"]').all())
            await fold.click()
        }
        await page.locator('.inspector').first().screenshot({ path })
        pictures.push({ type: info.type, path })
      } catch (thrown) {
        console.error(info.type, String(thrown).slice(0, 300))
      }
    }
  }
  const perSheet = Number(options.rows)
  for (let start = 0, sheet = 1; start < pictures.length; start += perSheet, sheet += 1) {
    const html = pictures
      .slice(start, start + perSheet)
      .map(
        ({ type, path }) =>
          `<figure><figcaption>${type}</figcaption><img src="data:image/png;base64,${readFileSync(path).toString('base64')}"></figure>`,
      )
      .join('')
    const view = await context.newPage()
    await view.setContent(
      `<style>body{display:flex;margin:4px;gap:6px;align-items:flex-start;font:12px sans-serif;background:#888}figure{margin:0}</style>${html}`,
    )
    await view.screenshot({ path: join(folder, `sheet-${sheet}.png`), fullPage: true, clip: undefined })
    await view.close()
  }
  console.log(`${pictures.length} forms in ${folder}`)
} finally {
  await browser.close()
  child.kill()
}
