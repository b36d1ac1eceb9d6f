import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { TextStore } from './shared-texts.ts'

/** Lengths around the ends of pages, characters of one to four bytes, empty ones. */
const texts = Array.from({ length: 3000 }, (_, index) => {
  const kind = index % 5
  if (kind === 0) return ''
  if (kind === 1) return `s${'é📦'.repeat(index)}${index}`
  return kind === 2 && index < 60 ? 'x'.repeat(2 ** 20 + index) : `s${index}`
})

for (const held of [0, 2, 64])
  it(`gives every text again, with ${held} pages in memory and the rest in a file`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logidata-texts-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const store = new TextStore(folder, held)
    for (const text of texts) store.add(text)
    expect(readdirSync(folder)).toHaveLength(held === 64 ? 0 : 1)
    const wrong = (index: number) => store.at(index) !== texts[index]
    expect([...texts.keys()].filter(wrong)).toEqual([])
    expect([...texts.keys()].toReversed().filter(wrong)).toEqual([])
    for (const index of [-1, 0.5, Number.NaN, texts.length]) expect(store.at(index)).toBeUndefined()
    await store.close()
    expect(readdirSync(folder)).toEqual([])
  })
