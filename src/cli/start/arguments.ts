import { parseArgs } from 'node:util'
import { userError } from '../../shared/errors.ts'

export interface StartArguments {
  readonly help: boolean
  readonly browser: boolean
  readonly open: boolean
  readonly port: number
  readonly project: string | undefined
  readonly grants: readonly string[]
  readonly allowedHosts: readonly string[]
}

export const START_HELP = `Usage: npm start [-- [options] [project]]

Starts LogiData Studio: as a desktop application where Electron and a display exist, else in the browser.

Arguments:
  project            folder to open (default: your copy of the sample project)

Options:
  --browser          in the browser, even where Electron could run
  --no-open          print the link and open no browser
  --port N           port of the browser way (default: any free one)
  --project DIR      folder to open, like the argument
  --env NAME         let pipelines read this environment variable as \${env:NAME}; may be repeated.
                     Those whose names start with LOGIDATA_ need no permission.
  --allow-host HOST  let notifications reach this host of your own network; may be repeated
  --help             this text

Examples:
  npm start
  npm start -- ~/projects/sales
  npm start -- --browser --no-open --port 4000
`

/** @throws LogiDataError `usage` */
export function parseStartArguments(args: readonly string[]): StartArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        browser: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        project: { type: 'string' },
        env: { type: 'string', multiple: true, default: [] },
        'allow-host': { type: 'string', multiple: true, default: [] },
      },
    })
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535) throw new TypeError(`“${values.port}” is not a port (0 to 65535).`)
    if (positionals.length > (values.project === undefined ? 1 : 0)) throw new TypeError('Name one project.')
    const { help, browser, env: grants, 'allow-host': allowedHosts } = values
    return {
      allowedHosts,
      help,
      browser,
      open: !values['no-open'],
      port,
      project: values.project ?? positionals[0],
      grants,
    }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw userError('usage', message, { hint: 'npm start -- --help shows what there is.' })
  }
}
