import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { toErrorInfo } from '../../shared/errors.ts'
import type { LoadModule } from './contract.ts'
import { openFileLab } from './files/testing.ts'
import { raw } from './sql.ts'

const fixtureSchema = z.strictObject({
  /** A sentence about behaviour. */
  name: z.string(),
  config: z.unknown(),
  /** The query of the input. */
  input: z.string(),
  /** What is there before, by path. */
  files: z.record(z.string(), z.string()).default({}),
  /** Files afterwards, by path: their whole text in UTF-8. */
  expect: z.record(z.string(), z.string()),
  /** Some keys of the error. */
  error: z.record(z.string(), z.unknown()).optional(),
})

/** Makes a test of every document of every `*.load.yaml` in a folder. */
// biome-ignore lint/suspicious/noExplicitAny: each load has a config of its own.
export function runLoadFixtures(module: LoadModule<any>, folder: URL): void {
  const files = readdirSync(folder).filter((name) => name.endsWith('.load.yaml'))
  describe(`${module.descriptor.type} on fixtures`, () => {
    if (files.length === 0) throw new Error(`no fixtures in ${folder.pathname}`)
    for (const document of files.flatMap((name) => parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')))) {
      const fixture = fixtureSchema.parse(document.toJS())
      it(fixture.name, async () => {
        const lab = await openFileLab()
        onTestFinished(() => lab.close())
        for (const [path, content] of Object.entries(fixture.files)) await lab.write(path, content)
        const running = lab.load(module, fixture.config, raw(fixture.input))
        const error = await running.then(() => undefined, toErrorInfo)
        if (fixture.error) expect(error).toMatchObject(fixture.error)
        else expect(error).toBeUndefined()
        for (const [path, content] of Object.entries(fixture.expect)) expect(await lab.read(path)).toBe(content)
      })
    }
  })
}
