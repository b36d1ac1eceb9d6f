import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the application keeps what belongs to a person and to no project: settings, logs, the sample's copy. */
export function defaultDataDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (environment.LOGIDATA_HOME) return environment.LOGIDATA_HOME
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'LogiData Studio')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'LogiData Studio')
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'logidata-studio')
}
