// Runs a command with a keychain of its own: gnome-keyring on a message bus of its own, unlocked, gone when the command ends.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { find, installPackages } from './programs.ts'

const programs = ['dbus-run-session', 'gnome-keyring-daemon']

/** Whether a keychain can be had without installing anything. */
export function hasKeyring(): boolean {
  return programs.every((program) => find(program) !== undefined)
}

/** Runs the command to its end and answers with its exit status; nothing of the person's own keychain is touched. */
export async function withKeyring(command: readonly string[]): Promise<number> {
  if (!hasKeyring()) installPackages(['gnome-keyring', 'dbus'])
  const home = mkdtempSync('/tmp/logidata-keyring-')
  const runtime = `${home}/runtime`
  mkdirSync(runtime)
  chmodSync(runtime, 0o700)
  const unlocked = 'printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"'
  // In a group of its own, so that nothing of it stays whatever happens to the command.
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', unlocked, 'sh', ...command], {
    stdio: 'inherit',
    detached: true,
    env: { ...process.env, XDG_DATA_HOME: `${home}/data`, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: `${home}/config` },
  })
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    } catch {
      // All of it has ended.
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status) => resolve(status ?? 1))
    })
  } finally {
    end()
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  }
}
