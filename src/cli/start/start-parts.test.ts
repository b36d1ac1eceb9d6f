import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../main/testing/temporary-folder.ts'
import { nearestProject, projectRootOf } from '../project-root.ts'
import { chooseWay } from './electron-way.ts'
import { isRendererCurrent, stampRenderer } from './renderer-stamp.ts'

describe('Electron', () => {
  async function withBinary() {
    const root = await temporaryFolder()
    await mkdir(join(root, 'node_modules/electron/dist'), { recursive: true })
    await writeFile(join(root, 'node_modules/electron/path.txt'), 'electron\n')
    await writeFile(join(root, 'node_modules/electron/dist/electron'), '')
    return root
  }

  test('is taken where its binary and a display exist', async () => {
    const root = await withBinary()
    const electron = { kind: 'electron', binary: join(root, 'node_modules/electron/dist/electron') }
    expect(chooseWay(root, false, { DISPLAY: ':0' }, 'linux')).toEqual(electron)
    expect(chooseWay(root, false, { WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toEqual(electron)
    expect(chooseWay(root, false, {}, 'darwin')).toEqual(electron)
  })

  test('is not taken without a display, without a binary, or against the person’s wish', async () => {
    const root = await withBinary()
    expect(chooseWay(root, false, {}, 'linux')).toMatchObject({
      kind: 'browser',
      why: expect.stringContaining('display'),
    })
    expect(chooseWay(root, true, { DISPLAY: ':0' }, 'linux')).toMatchObject({ kind: 'browser', why: 'as asked' })
    await rm(join(root, 'node_modules/electron/dist/electron'))
    expect(chooseWay(root, false, { DISPLAY: ':0' }, 'linux')).toMatchObject({ why: 'Electron has no binary here' })
  })
})

test('the window is rebuilt when its sources change, and not when only their times do', async () => {
  const root = await temporaryFolder()
  for (const folder of ['src/renderer/canvas', 'src/shared', 'dist/renderer/assets'])
    await mkdir(join(root, folder), { recursive: true })
  const source = join(root, 'src/renderer/canvas/node.tsx')
  await writeFile(source, 'one')
  await writeFile(join(root, 'dist/renderer/assets/a.js'), 'x')
  expect(isRendererCurrent(root)).toBe(false)
  stampRenderer(root)
  expect(isRendererCurrent(root)).toBe(true)
  await utimes(source, 1, 1)
  await writeFile(join(root, 'src/renderer/canvas/node.test.tsx'), 'test')
  expect(isRendererCurrent(root)).toBe(true)
  await writeFile(source, 'two')
  expect(isRendererCurrent(root)).toBe(false)
})

test('a file’s project is what was named, else the nearest folder with pipelines/, else its own folder', async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, 'a/pipelines/deep'), { recursive: true })
  expect(projectRootOf(join(root, 'a/pipelines/deep/x.pipeline.yaml'), undefined)).toBe(join(root, 'a'))
  expect(projectRootOf(join(root, 'a/x.pipeline.yaml'), undefined)).toBe(join(root, 'a'))
  expect(projectRootOf(join(root, 'x.pipeline.yaml'), undefined)).toBe(root)
  expect(projectRootOf(join(root, 'x.pipeline.yaml'), join(root, 'a'))).toBe(join(root, 'a'))
  expect(nearestProject(root)).toBeUndefined()
})
