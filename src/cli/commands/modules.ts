import { stringify } from 'yaml'
import { userError } from '../../shared/errors.ts'
import type { FormField, ModuleInfo } from '../../shared/modules/descriptor.ts'
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
  const module = modules.find(({ type }) => type === name || type.split('.')[1] === name)
  if (!module)
    throw userError('usage.module', `There is no module “${name}”.`, { hint: 'logidata modules lists them all.' })
  if (json) printJson(terminal, module)
  else printDocumentation(module, terminal)
  return EXIT.success
}

function printDocumentation(module: ModuleInfo, { out, style }: Terminal): void {
  const ports = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '))
  const inputs = module.inputs.map(({ name, many, optional }) => name + (many ? ' …' : optional ? ' (optional)' : ''))
  const outputs = module.outputs.map(
    ({ name, reject, each }) => name + (each ? ` (one per item of ${each.field})` : reject ? ' (rejected rows)' : ''),
  )
  const heads = [{ title: 'SETTING' }, { title: 'NEEDED' }, { title: 'DEFAULT' }, { title: 'MEANING' }]
  const rows = [...settingRows(module.fields, '')]
  out.write(`${style.bold(`${module.type}  ${module.title.en}`)}\n${module.summary.en}\n\n`)
  out.write(`${module.documentation.en.trim()}\n\n`)
  out.write(`${style.bold('Inputs')}   ${ports(inputs)}\n${style.bold('Outputs')}  ${ports(outputs)}\n\n`)
  if (rows.length > 0) out.write(`${formatTable(heads, rows, { style, longest: 100 })}\n`)
  out.write(
    `${style.bold('Example')}\n${stringify({ type: module.type, config: module.example }).replaceAll(/^/gm, '  ').trimEnd()}\n`,
  )
}

function* settingRows(fields: readonly FormField[], prefix: string): Generator<string[]> {
  for (const field of fields) {
    const fallback = field.default === undefined ? '' : JSON.stringify(field.default)
    const choices = field.options ? ` (${field.options.map(({ value }) => value).join(', ')})` : ''
    const meaning = `${field.title.en}${field.help ? `: ${field.help.en}` : ''}${choices}`
    yield [prefix + field.name, field.required ? 'yes' : '', fallback, meaning]
    yield* settingRows(field.fields ?? [], `${prefix}${field.name}${field.control === 'list' ? '[]' : ''}.`)
  }
}
