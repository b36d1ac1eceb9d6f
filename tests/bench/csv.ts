import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { chain, toParquet } from './documents.ts'
import { openReference, runPipeline, withEngine } from './engine.ts'
import { timed, type Workload, watchMemory } from './workload.ts'

/** Rows that look like sales: a number, a date, a word, a decimal, a sentence; about 90 bytes each. */
async function writeCsv(path: string, megabytes: number): Promise<void> {
  const out = createWriteStream(path)
  out.write('id,day,country,amount,note\n')
  const countries = ['France', 'Brazil', 'Norway', 'Japan', 'Canada', 'Kenya', 'India']
  const bytes = megabytes * 2 ** 20
  let written = 0
  for (let id = 0; written < bytes; ) {
    let block = ''
    for (let row = 0; row < 20_000; row++, id++) {
      const day = `20${10 + (id % 15)}-${String(1 + (id % 12)).padStart(2, '0')}-${String(1 + (id % 28)).padStart(2, '0')}`
      block += `${id},${day},${countries[id % 7]},${(id * 7919) % 100_000}.${(id % 90) | 10},the ${id % 1_000}th of the parcels that left the warehouse\n`
    }
    written += block.length
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', () => resolve()))
  }
  out.end()
  await finished(out)
}

/** Peak memory of a CSV to Parquet run; `--csv-megabytes 5120` is the size of the goal, the default a quick look. */
export const csv: Workload = async ({ folder, csvMegabytes }) => {
  const root = join(folder, 'project')
  mkdirSync(join(root, 'data'), { recursive: true })
  await writeCsv(join(root, 'data/large.csv'), csvMegabytes)
  const reference = await openReference()
  try {
    return await withEngine(root, async (client) => {
      const { processId, memoryLimitBytes } = await client.call('status', {})
      const memory = watchMemory(processId)
      const document = chain([['extract.csv', { path: 'data/large.csv' }], toParquet('out/large.parquet')])
      const ours = await timed(() => runPipeline(client, root, document, 'none'))
      const peak = memory.stop()
      const theirs = await timed(() =>
        reference.run(
          `COPY (FROM read_csv('${join(root, 'data/large.csv')}')) TO '${join(root, 'out/reference.parquet')}' (FORMAT parquet)`,
        ),
      )
      const limit = memoryLimitBytes / 2 ** 20
      return [
        {
          workload: `CSV of ${csvMegabytes} MB to Parquet`,
          ours: ours.milliseconds,
          reference: theirs.milliseconds,
          ratio: ours.milliseconds / theirs.milliseconds,
          ...(peak !== undefined && { peakMegabytes: peak }),
          unit: 'ms',
          goal: `peak memory at most the limit (${Math.round(limit)} MB) + 300 MB`,
          met: peak !== undefined && peak <= limit + 300,
        },
      ]
    })
  } finally {
    reference.close()
  }
}
