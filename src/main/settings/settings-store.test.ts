import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { SettingsStore } from './settings-store.ts'

test('settings start with defaults and change key by key, in layout too', async () => {
  const folder = await temporaryFolder()
  const store = new SettingsStore(folder)
  expect(await store.read()).toEqual({ theme: 'system', language: 'system', layout: {} })
  await store.write({ theme: 'dark' })
  await Promise.all([store.write({ layout: { a: 1 } }), store.write({ layout: { b: [2] } })])
  expect(await new SettingsStore(folder).read()).toEqual({
    theme: 'dark',
    language: 'system',
    layout: { a: 1, b: [2] },
  })
})

test('a broken file is set aside, not lost', async () => {
  const folder = await temporaryFolder()
  const store = new SettingsStore(folder)
  await writeFile(join(folder, 'settings.json'), '{"theme": "da')
  expect((await store.read()).theme).toBe('system')
  const aside = (await readdir(folder)).find((name) => name.startsWith('settings.json.broken-'))
  expect(await readFile(join(folder, String(aside)), 'utf8')).toBe('{"theme": "da')
})
