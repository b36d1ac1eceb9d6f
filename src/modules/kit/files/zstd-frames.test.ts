import { randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readZstd } from './zstd-frames.ts'

async function* inPieces(bytes: Buffer, length: number) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}
async function read(bytes: Buffer, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of readZstd(inPieces(bytes, length))) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const skippable = (data: Buffer) => {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a53, 0)
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, data])
}

it('reads all frames of a file, however it is cut into pieces', async () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: 300_000 }).map((length) => new Uint8Array(length)),
    fc.integer({ min: 0, max: 200_000 }).map((length) => randomBytes(length)),
  )
  const frame = fc.record({ data: content, checked: fc.boolean(), between: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 70_000 }),
      async (frames, length) => {
        const packed = frames.flatMap(({ data, checked, between }) => [
          ...(between ? [skippable(Buffer.from('for others'))] : []),
          zstdCompressSync(data, { params: { [constants.ZSTD_c_checksumFlag]: Number(checked) } }),
        ])
        const whole = Buffer.concat(packed)
        const read1 = await read(whole, Math.max(length, Math.ceil(whole.length / 50)))
        expect(read1.equals(Buffer.concat(frames.map(({ data }) => data)))).toBe(true)
      },
    ),
    { numRuns: 40 },
  )
})

it('says of what is cut off, or is no frame, that it is damaged', async () => {
  const whole = Buffer.concat([zstdCompressSync('first'), zstdCompressSync(randomBytes(1000))])
  await expect(read(whole.subarray(0, -3), 100)).rejects.toMatchObject({ code: expect.stringMatching(/ZSTD|Z_/) })
  await expect(read(Buffer.concat([whole, Buffer.from('garbage')]), 100)).rejects.toMatchObject({
    code: expect.stringMatching(/ZSTD/),
  })
  expect((await read(whole, 1)).subarray(0, 5).toString()).toBe('first')
})
