import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { abortEngine } from './aborts.ts'
import { damagedFiles } from './damage.ts'
import { clockBack, fullDisk } from './disk.ts'
import { type Figures, formatFigures } from './figures.ts'
import { removeFolders } from './folders.ts'
import { killAtRandom } from './kill.ts'
import { killedLoads, type LoadOptions } from './loads.ts'
import { memoryLimit } from './memory.ts'
import { Random } from './random.ts'
import { readOnlyFolder } from './read-only.ts'
import { tornWrites } from './torn.ts'
import { twoApplications } from './two.ts'

// Faults, made for real. `npm run test:faults` is the short form; `npm run test:faults -- --points 1000` the long one; `--kinds kill,torn`
// and `--seed` of a run that failed try that again. `--keep` leaves the projects where they are.
// `--only s3`, `--only postgres:replace` of the kind `loads`: one target, one mode of it. `--minutes 10`: no more loads are killed after so long.

type Kind = (points: number, random: Random, options: LoadOptions) => Promise<readonly Figures[]>
/** What is tried, and how often for one kill point. */
const kinds: Readonly<Record<string, { readonly run: Kind; readonly share: number }>> = {
  kill: { run: killAtRandom, share: 1 },
  torn: { run: tornWrites, share: 1 / 4 },
  two: { run: twoApplications, share: 1 / 4 },
  disk: { run: fullDisk, share: 1 / 5 },
  clock: { run: clockBack, share: 1 / 10 },
  aborts: { run: abortEngine, share: 1 / 2 },
  readonly: { run: readOnlyFolder, share: 1 / 20 },
  memory: { run: memoryLimit, share: 1 / 40 },
  damage: { run: damagedFiles, share: 1 / 10 },
  loads: { run: killedLoads, share: 1 / 20 },
}

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '40' },
    seed: { type: 'string' },
    kinds: { type: 'string', default: Object.keys(kinds).join(',') },
    keep: { type: 'boolean', default: false },
    only: { type: 'string' },
    minutes: { type: 'string' },
  },
})
const points = Number(values.points)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const began = performance.now()
const options: LoadOptions = {
  only: values.only,
  minutes: values.minutes === undefined ? undefined : Number(values.minutes),
}
console.log(
  `seed ${seed}, ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString()}`,
)

const all: Figures[] = []
for (const name of values.kinds.split(',')) {
  const kind = kinds[name]
  if (!kind) throw new Error(`there is no kind ${name}, but ${Object.keys(kinds).join(', ')}`)
  const started = performance.now()
  all.push(...(await kind.run(Math.max(1, Math.round(points * kind.share)), new Random(seed), options)))
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
}
if (!values.keep) removeFolders()

const bad = all.filter(({ isGood }) => !isGood)
console.log(`\n${formatFigures(all)}\n`)
for (const { kind, notes } of all) for (const note of notes) console.log(`${kind}: ${note}`)
for (const { kind, problems } of bad) for (const problem of problems) console.log(`${kind}: ${problem}`)
console.log(`seed ${seed}, ${((performance.now() - began) / 1000).toFixed(0)} s`)
console.log(`${all.length - bad.length} passed, ${bad.length} failed`)
process.exit(bad.length > 0 ? 1 : 0)
