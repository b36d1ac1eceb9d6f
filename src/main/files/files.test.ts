import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { resolveInside } from './resolve-inside.ts'
import { Serial } from './serial.ts'
import { createExclusively, writeAtomically } from './write-atomically.ts'

describe('writing', () => {
  test('replaces a file by a new one and leaves nothing else behind', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'new/a.txt')
    await writeAtomically(path, 'one')
    const before = await stat(path)
    await writeAtomically(path, 'two')
    expect(await readFile(path, 'utf8')).toBe('two')
    expect((await stat(path)).ino).not.toBe(before.ino)
    expect(await readdir(join(folder, 'new'))).toEqual(['a.txt'])
  })

  test('leaves the old bytes where it fails', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'target'))
    await writeFile(join(folder, 'target/kept'), 'x')
    await expect(writeAtomically(join(folder, 'target'), 'two')).rejects.toMatchObject({
      info: { kind: 'operational' },
    })
    expect(await readdir(folder)).toEqual(['target'])
  })

  test('a folder without permission is an error for people', async () => {
    if (process.getuid?.() === 0) return
    const folder = await temporaryFolder()
    await chmod(folder, 0o500)
    await expect(writeAtomically(join(folder, 'a'), 'x')).rejects.toMatchObject({
      info: { code: 'file.no-permission' },
    })
  })

  test('making a file never replaces one, whoever comes first', async () => {
    const path = join(await temporaryFolder(), 'a.txt')
    const made = await Promise.all(['1', '2', '3'].map((text) => createExclusively(path, text)))
    expect(made.filter(Boolean)).toHaveLength(1)
  })
})

describe('paths inside a project', () => {
  test('may name what exists and what does not', async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, 'data'))
    expect(await resolveInside(root, 'data')).toBe(join(root, 'data'))
    expect(await resolveInside(root, 'data/new/x.csv')).toBe(join(root, 'data/new/x.csv'))
    expect(await resolveInside(root, 'data\\x.csv')).toBe(join(root, 'data/x.csv'))
    expect(await resolveInside(root, '')).toBe(root)
    expect(await resolveInside(root, '..a/b')).toBe(join(root, '..a/b'))
  })

  test.each(['..', '../x', 'a/../../x', '/etc/passwd', 'C:\\x', 'c:/x', 'a\0b', '..\\x', 'a/../x'])(
    '%j is refused',
    async (path) => {
      const root = await temporaryFolder()
      await expect(resolveInside(root, path)).rejects.toMatchObject({ info: { code: 'file.outside-project' } })
    },
  )

  test('a link that leads out is refused, one that stays inside is followed', async () => {
    const outer = await temporaryFolder()
    const root = join(outer, 'project')
    await mkdir(join(root, 'real'), { recursive: true })
    await symlink(outer, join(root, 'out'))
    await symlink(join(outer, 'not-there'), join(root, 'dangling'))
    await symlink(join(root, 'real'), join(root, 'in'))
    await expect(resolveInside(root, 'out/x')).rejects.toMatchObject({ info: { code: 'file.outside-project' } })
    await expect(resolveInside(root, 'out')).rejects.toMatchObject({ info: { code: 'file.outside-project' } })
    await expect(resolveInside(root, 'dangling')).rejects.toMatchObject({ info: { code: 'file.outside-project' } })
    expect(await resolveInside(root, 'in/x')).toBe(join(root, 'real/x'))
  })
})

test('tasks of one key run one after another, and one that fails does not stop the next', async () => {
  const serial = new Serial()
  const order: string[] = []
  const task = (name: string, fail = false) =>
    serial.run('k', async () => {
      order.push(`${name} in`)
      await Promise.resolve()
      order.push(`${name} out`)
      if (fail) throw new Error(name)
    })
  const results = await Promise.allSettled([task('a'), task('b', true), task('c')])
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})
