import { userError } from '../../shared/errors.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { exampleYaml, settingRows, settingSentences } from '../../shared/modules/module-page.ts'
import { didYouMean } from '../../shared/pipeline/suggest.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { formatTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** `logidata modules [NAME]`: all of them, or the documentation of one. */
export async function listModules(
  name: string | undefined,
  { json }: { json?: boolean },
  context: CommandContext,
): Promise<number> {
  const { terminal, signal } = context
  const { client } = await context.engine()
  const modules = await client.call('modules', {}, { signal })
  if (name === undefined) {
    if (json) printJson(terminal, modules)
    else {
      const heads = [{ title: 'MODULE' }, { title: 'KIND' }, { title: 'WHAT IT DOES' }]
      const rows = modules.map((module) => [module.type, module.family, module.summary.en])
      terminal.out.write(formatTable(heads, rows, { style: terminal.style, longest: 100 }))
    }
    return EXIT.success
  }
  const module = moduleNamed(name, modules)
  if (json) printJson(terminal, module)
  else printDocumentation(module, terminal)
  return EXIT.success
}

/** By its type, or by what stands behind the dot where that says which. */
function moduleNamed(name: string, modules: readonly ModuleInfo[]): ModuleInfo {
  const exact = modules.find(({ type }) => type === name)
  const [found, ...others] = exact ? [exact] : modules.filter(({ type }) => type.split('.')[1] === name)
  if (found && others.length === 0) return found
  if (found) {
    const types = [found, ...others].map(({ type }) => type).join(', ')
    throw userError('usage.module', `“${name}” is the name of several modules: ${types}.`, {
      hint: `logidata modules ${found.type}`,
    })
  }
  const known = modules.flatMap(({ type }) => [type, ...type.split('.').slice(1)])
  const hint = didYouMean(name, [...new Set(known)])
  throw userError('usage.module', `There is no module “${name}”.`, {
    hint: [hint, 'logidata modules lists them all.'].filter(Boolean).join(' '),
  })
}

const LINE = 100

function printDocumentation(module: ModuleInfo, { out, style, width }: Terminal): void {
  const line = Math.min(LINE, width ?? LINE)
  const ports = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '))
  const inputs = module.inputs.map(({ name, many, optional }) => name + (many ? ' …' : optional ? ' (optional)' : ''))
  const outputs = module.outputs.map(
    ({ name, reject, each }) => name + (each ? ` (one per item of ${each.field})` : reject ? ' (rejected rows)' : ''),
  )
  out.write(`${style.bold(`${module.type}  ${module.title.en}`)}\n${module.summary.en}\n\n`)
  out.write(`${module.documentation.en.trim()}\n\n`)
  out.write(`${style.bold('Inputs')}   ${ports(inputs)}\n${style.bold('Outputs')}  ${ports(outputs)}\n\n`)
  if (module.fields.length > 0) out.write(`${style.bold('Settings')}\n`)
  for (const row of settingRows(module.fields)) {
    const { field, path } = row
    const fallback = field.default === undefined ? '' : `default ${JSON.stringify(field.default)}`
    const meaning = `${field.title.en}${/[.?!]$/.test(field.title.en) ? '' : '.'} ${settingSentences(row, 'en').join(' ').replaceAll('`', '')}`
    out.write(`  ${path}  ${style.dim(field.required ? 'needed' : fallback)}`.trimEnd())
    out.write(`\n${wrapped(meaning, line, '      ')}\n`)
  }
  out.write(`\n${style.bold('Example')}\n${exampleYaml(module).replaceAll(/^/gm, '  ')}\n`)
}

/** In lines of at most `width`, broken between words. */
function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = []
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(indent + word)
  }
  return lines.join('\n')
}
