import type { JsonValue } from '../pipeline/document.ts'
import { emitYaml } from '../pipeline/yaml/emit.ts'
import { type FormField, type ModuleFamily, type ModuleInfo, moduleFamilySchema, type Text } from './descriptor.ts'

export type Language = keyof Text

/** The families in the order of the palette, by their names for people. */
export const familyTitles: Readonly<Record<ModuleFamily, Text>> = {
  extract: { en: 'Extract', fr: 'Extraire' },
  clean: { en: 'Clean', fr: 'Nettoyer' },
  compute: { en: 'Compute', fr: 'Calculer' },
  combine: { en: 'Combine', fr: 'Combiner' },
  shape: { en: 'Shape', fr: 'Transformer' },
  check: { en: 'Check', fr: 'Contrôler' },
  route: { en: 'Route and reuse', fr: 'Aiguiller et réutiliser' },
  load: { en: 'Load', fr: 'Charger' },
}

const words = {
  en: {
    index: 'Steps',
    intro: 'Every step that a pipeline can be made of. `logidata modules NAME` prints one of these pages.',
    otherIndex: '[Français](fr/README.md)',
    all: 'All steps',
    step: 'Step',
    type: 'Type',
    what: 'What it does',
    ports: 'Ports',
    port: 'Port',
    input: 'input',
    output: 'output',
    optional: 'optional',
    many: 'any number',
    each: (field: string) => `one per item of \`${field}\``,
    reject: 'rejected rows',
    settings: 'Settings',
    setting: 'Setting',
    default: 'Default',
    meaning: 'Meaning',
    needed: 'needed',
    quote: (title: string) => `“${title}”`,
    more: 'Rarely needed',
    oneOf: 'One of',
    anyOf: 'Any of',
    onlyWhen: 'Only where',
    is: 'is',
    or: 'or',
    example: 'Example',
    none: 'This step has no settings.',
    noPorts: 'This step has no ports.',
    colon: ':',
  },
  fr: {
    index: 'Étapes',
    intro:
      'Toutes les étapes dont un pipeline peut être fait. `logidata modules NOM` affiche une de ces pages, en anglais.',
    otherIndex: '[English](../README.md)',
    all: 'Toutes les étapes',
    step: 'Étape',
    type: 'Type',
    what: 'Ce qu’elle fait',
    ports: 'Ports',
    port: 'Port',
    input: 'entrée',
    output: 'sortie',
    optional: 'facultatif',
    many: 'en nombre quelconque',
    each: (field: string) => `une par élément de \`${field}\``,
    reject: 'lignes rejetées',
    settings: 'Réglages',
    setting: 'Réglage',
    default: 'Par défaut',
    meaning: 'Sens',
    needed: 'requis',
    quote: (title: string) => `« ${title} »`,
    more: 'Rarement utile',
    oneOf: 'Au choix',
    anyOf: 'Un ou plusieurs de',
    onlyWhen: 'Seulement où',
    is: 'vaut',
    or: 'ou',
    example: 'Exemple',
    none: 'Cette étape n’a pas de réglages.',
    noPorts: 'Cette étape n’a pas de ports.',
    colon: ' :',
  },
} as const

/** The documentation of modules as Markdown files: path below `docs/modules/` -> text. */
export function modulePages(infos: readonly ModuleInfo[]): Map<string, string> {
  const pages = new Map<string, string>()
  for (const language of ['en', 'fr'] as const) {
    const folder = language === 'en' ? '' : 'fr/'
    pages.set(`${folder}README.md`, moduleIndex(infos, language))
    for (const info of infos) pages.set(`${folder}${info.type}.md`, modulePage(info, language))
  }
  return pages
}

function moduleIndex(infos: readonly ModuleInfo[], language: Language): string {
  const say = words[language]
  const parts = [`# ${say.index}`, `${say.intro} ${say.otherIndex}`]
  for (const family of moduleFamilySchema.options) {
    const own = infos.filter((info) => info.family === family)
    if (own.length === 0) continue
    const rows = own.map((info) => [
      `[${info.title[language]}](${info.type}.md)`,
      `\`${info.type}\``,
      info.summary[language],
    ])
    parts.push(`## ${familyTitles[family][language]}`, markdownTable([say.step, say.type, say.what], rows))
  }
  return `${parts.join('\n\n')}\n`
}

function modulePage(info: ModuleInfo, language: Language): string {
  const say = words[language]
  const other = language === 'en' ? `[Français](fr/${info.type}.md)` : `[English](../${info.type}.md)`
  const plain = info.fields.filter((field) => !field.advanced)
  const advanced = info.fields.filter((field) => field.advanced)
  const parts = [
    `# ${info.title[language]}`,
    `\`${info.type}\` · ${familyTitles[info.family][language]} · [${say.all}](README.md) · ${other}`,
    info.summary[language],
    info.documentation[language].trim(),
    `## ${say.example}`,
    `\`\`\`yaml\n${exampleYaml(info)}\n\`\`\``,
    `## ${say.settings}`,
    ...(info.fields.length === 0 ? [say.none] : []),
    ...(plain.length > 0 ? [settingsTable(plain, language)] : []),
    ...(advanced.length > 0 ? [`### ${say.more}`, settingsTable(advanced, language)] : []),
    `## ${say.ports}`,
    info.inputs.length + info.outputs.length === 0 ? say.noPorts : portsTable(info, language),
  ]
  return `${parts.join('\n\n')}\n`
}

/** A step with the example's settings, as its file would say it. */
export function exampleYaml({ type, example }: ModuleInfo): string {
  const data = { type, config: example as JsonValue }
  const text = emitYaml(data, { comments: new Map(), alwaysBlock: (path) => path.length < 2, isVerbatim: () => false })
  return text.trimEnd()
}

function portsTable(info: ModuleInfo, language: Language): string {
  const say = words[language]
  const row = (name: string, title: Text, kinds: readonly (string | false | undefined)[]) => [
    `\`${name}\``,
    title[language],
    kinds.filter(Boolean).join(', '),
  ]
  return markdownTable(
    [say.port, say.meaning, ''],
    [
      ...info.inputs.map((port) =>
        row(port.name, port.title, [say.input, port.optional && say.optional, port.many && say.many]),
      ),
      ...info.outputs.map((port) =>
        row(port.name, port.title, [say.output, port.each && say.each(port.each.field), port.reject && say.reject]),
      ),
    ],
  )
}

function settingsTable(fields: readonly FormField[], language: Language): string {
  const say = words[language]
  const rows = settingRows(fields).map((row) => [
    `\`${row.path}\``,
    row.field.required ? `_${say.needed}_` : row.field.default === undefined ? '' : defaultOf(row.field),
    [`**${row.field.title[language]}**`, ...settingSentences(row, language)].map(ended).join(' '),
  ])
  return markdownTable([say.setting, say.default, say.meaning], rows)
}

export interface SettingRow {
  /** Of a list's item `measures[].name`, of a map's `columns.*.type`. */
  readonly path: string
  readonly field: FormField
  readonly siblings: readonly FormField[]
}

/** Fields and the fields in them, each behind the one it is in. */
export function settingRows(fields: readonly FormField[], prefix = ''): SettingRow[] {
  const inside = { group: '.', columnMap: '.*.' } as Readonly<Record<string, string>>
  return fields.flatMap((field) => [
    { path: prefix + field.name, field, siblings: fields },
    ...settingRows(field.fields ?? [], `${prefix}${field.name}${inside[field.control] ?? '[].'}`),
  ])
}

const ended = (sentence: string): string =>
  /[.?!](\*\*)?$/.test(sentence.trim()) ? sentence.trim() : `${sentence.trim()}.`

/** As the file would say it; nothing for what is empty. */
function defaultOf({ default: value }: FormField): string {
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return empty ? '' : `\`${JSON.stringify(value)}\``
}

/** What a setting's title does not say: its help, its options and when it counts. Markdown, a sentence each. */
export function settingSentences({ field, siblings }: SettingRow, language: Language): string[] {
  const say = words[language]
  const sentences = field.help ? [field.help[language]] : []
  if (field.options) {
    const options = field.options.map(({ value, title }) => {
      const same = title[language].toLowerCase() === value.replaceAll('_', ' ')
      return same ? `\`${value}\`` : `\`${value}\` (${title[language]})`
    })
    sentences.push(`${field.control === 'choices' ? say.anyOf : say.oneOf}${say.colon} ${options.join(', ')}`)
  }
  const { visibleWhen } = field
  if (visibleWhen) {
    const title = siblings.find(({ name }) => name === visibleWhen.field)?.title[language] ?? visibleWhen.field
    const values = visibleWhen.in.map((value) => `\`${value}\``).join(` ${say.or} `)
    sentences.push(`${say.onlyWhen} ${say.quote(title)} ${say.is} ${values}`)
  }
  return sentences.map(ended)
}

function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`
  return [line(heads), `|${heads.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n')
}

const markdownCell = (text: string): string =>
  text
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
