import { storageStatus } from '../../main/runs/retention.ts'
import { readProjectSettings } from '../../main/settings/project-settings.ts'
import type { Cleaned } from '../../shared/runs/storage.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { bytesText, countText } from '../figures.ts'
import { type ProjectOptions, projectFolder, withJournal, withProject } from '../open-project.ts'

/** `logidata storage`: what the project keeps of its runs, and what that takes on the disk. */
export async function storage(options: ProjectOptions, { terminal }: CommandContext): Promise<number> {
  const root = projectFolder(options)
  const settings = await readProjectSettings(root)
  const status = await withJournal(options, (journal) => storageStatus(root, journal, settings))
  if (options.json) {
    printJson(terminal, status)
    return EXIT.success
  }
  const { bytes, runs } = status
  const total = Object.values(bytes).reduce((sum, one) => sum + one, 0)
  const lines = [
    ['journal', bytesText(bytes.journal), `${countText(runs, 'run')}; the newest ${settings.keepRuns} are kept`],
    ['backups', bytesText(bytes.backups), 'copies of the journal'],
    [
      'staging',
      bytesText(bytes.staging),
      `results that can be computed again; at most ${bytesText(settings.stagingBytes)}, for ${countText(settings.keepDays, 'day')}`,
    ],
    ['rejects', bytesText(bytes.rejects), `rejected rows, for ${countText(settings.keepDays, 'day')}`],
    ['logs', bytesText(bytes.logs), 'five files of 10 MB at most'],
    ['together', bytesText(total), ''],
  ]
  for (const [name = '', size = '', what = ''] of lines)
    terminal.out.write(`${name.padEnd(10)}${size.padStart(10)}  ${what}`.trimEnd().concat('\n'))
  return EXIT.success
}

/** `logidata clean`: removes at once what the settings say is not kept. */
export async function clean(
  options: ProjectOptions & { readonly dryRun?: boolean },
  context: CommandContext,
): Promise<number> {
  const dryRun = options.dryRun === true
  const cleaned = await withProject('clean', options, context, ({ call }) => call('run.clean', { dryRun }))
  const { terminal } = context
  if (options.json) printJson(terminal, { dryRun, ...cleaned })
  else for (const line of cleanedLines(cleaned, dryRun)) terminal.out.write(`${line}\n`)
  return EXIT.success
}

function cleanedLines({ runs, bytes, inUse, busy }: Cleaned, dryRun: boolean): string[] {
  const what = `${countText(runs, 'run')} of the history, ${bytesText(bytes)} of staged results and rejected rows`
  const held = inUse.bytes > 0 ? `; ${bytesText(inUse.bytes)} that would go otherwise stay for them` : ''
  return [
    dryRun ? `Would be removed: ${what}.` : `Removed: ${what}.`,
    ...(inUse.runs > 0
      ? [
          `${countText(inUse.runs, 'run is running, waiting or can', 'runs are running, waiting or can')} be resumed: kept${held}.`,
        ]
      : []),
    ...(busy ? ['A run is going on: staged results are left alone until it has ended.'] : []),
  ]
}
