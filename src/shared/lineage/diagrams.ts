import type { LineageOverview, Traced } from './project.ts'

interface Box {
  readonly id: string
  readonly title: string
  readonly rows: readonly string[]
  readonly pipeline: boolean
}

interface Drawing {
  readonly boxes: readonly Box[]
  readonly links: readonly { readonly from: string; readonly to: string; readonly label: string }[]
}

/** The boxes and links of a project; with a trace only what it came by. */
function drawing(overview: LineageOverview, traced?: readonly Traced[]): Drawing {
  const columns = new Map<string, string[]>()
  for (const { dataset, pipeline, columns: found, rows } of traced ?? []) {
    const id = dataset ?? pipeline ?? ''
    const list = columns.get(id) ?? []
    columns.set(id, list)
    if (dataset !== undefined) list.push(...found.filter(({ direct }) => direct).map(({ name }) => name))
    if (dataset !== undefined && rows) list.push('(rows)')
  }
  const shown = (id: string): boolean => !traced || columns.has(id)
  const boxes = [
    ...overview.datasets.map(({ id }): Box => ({ id, title: id, rows: columns.get(id) ?? [], pipeline: false })),
    ...overview.pipelines.map(({ path, name }): Box => ({ id: path, title: name, rows: [], pipeline: true })),
  ].filter(({ id }) => shown(id))
  const links = new Map(
    overview.links
      .filter(({ from, to }) => shown(from) && shown(to))
      .map(({ from, to, kind }) => [`${from}\0${to}`, { from, to, label: kind === 'part' ? 'part of' : '' }]),
  )
  return { boxes, links: [...links.values()] }
}

export function toMermaid(overview: LineageOverview, traced?: readonly Traced[]): string {
  const { boxes, links } = drawing(overview, traced)
  const ids = new Map(boxes.map(({ id }, index) => [id, `n${index}`]))
  const text = (value: string) => value.replaceAll(/[#"&<>\n]/g, (letter) => `#${letter.codePointAt(0)};`)
  const lines = boxes.map(({ id, title, rows, pipeline }) => {
    const label = [title, ...rows].map(text).join('<br/>')
    return `  ${ids.get(id)}${pipeline ? `(["${label}"])` : `["${label}"]`}`
  })
  const arrows = links.map(
    ({ from, to, label }) => `  ${ids.get(from)} ${label === '' ? '-->' : `-. ${label} .->`} ${ids.get(to)}`,
  )
  return ['flowchart LR', ...lines, ...arrows, ''].join('\n')
}

export function toDot(overview: LineageOverview, traced?: readonly Traced[]): string {
  const { boxes, links } = drawing(overview, traced)
  const quoted = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
  const lines = boxes.map(
    ({ id, title, rows, pipeline }) =>
      `  ${quoted(id)} [label=${quoted([title, ...rows].join('\n'))}, shape=${pipeline ? 'ellipse' : 'box'}];`,
  )
  const arrows = links.map(
    ({ from, to, label }) =>
      `  ${quoted(from)} -> ${quoted(to)}${label === '' ? '' : ` [style=dashed, label=${quoted(label)}]`};`,
  )
  return ['digraph lineage {', '  rankdir=LR;', ...lines, ...arrows, '}', ''].join('\n')
}
