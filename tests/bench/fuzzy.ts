import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { identifier } from '../../src/modules/kit/sql.ts'
import { fuzzyJoin } from '../../src/modules/transformers/fuzzy-join/implementation.ts'
import { nameOf } from './fuzzy-names.ts'
import { type Measurement, timed, type Workload } from './workload.ts'

const NAMES = 100_000
const THRESHOLD = 0.8

/** The left's names, two thirds of which the right has with a letter dropped, changed or added, and one third are other names. */
const tables = [
  `CREATE TABLE left_rows AS SELECT i AS id, ${nameOf('i')} AS name FROM range(${NAMES}) AS t(i)`,
  `CREATE TABLE right_rows AS SELECT id AS code, CASE id % 3
      WHEN 0 THEN left(name, spot) || substr(name, spot + 2)
      WHEN 1 THEN left(name, spot) || chr(97 + (hash(id) % 26)::INTEGER) || substr(name, spot + 1 + (id // 3) % 2)
      ELSE other END AS label
    FROM (SELECT id, name, 1 + (hash(id + 5) % (length(name) - 1))::INTEGER AS spot, ${nameOf('(id + 50000000)')} AS other FROM left_rows)`,
]

/** Best match of each left name among the right names with the same first letter: a peer's usual way, which misses the others. */
const PEER = `
import csv, sys, time
from collections import defaultdict
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
left = [row[0] for row in csv.reader(open(sys.argv[1]))]
right = [row[0] for row in csv.reader(open(sys.argv[2]))]
start = time.perf_counter()
blocks = defaultdict(list)
for label in right: blocks[label[:2]].append(label)
found = sum(process.extractOne(n, blocks[n[:2]], scorer=Levenshtein.normalized_similarity, score_cutoff=${THRESHOLD}) is not None for n in left)
print(found, (time.perf_counter() - start) * 1000)
`

/** The fuzzy join of 100,000 with 100,000 names, complete, against RapidFuzz (where Python has it) over blocks of the first two letters. */
export const fuzzy: Workload = async ({ folder }) => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    for (const table of tables) await connection.run(table)
    const side = (table: string, id: string, text: string) => ({
      name: identifier(table),
      columns: [
        { name: id, type: 'BIGINT' },
        { name: text, type: 'VARCHAR' },
      ],
    })
    const measure = async (method: string, threshold: number) => {
      const { match } = fuzzyJoin.compile({
        nodeId: 'node',
        config: fuzzyJoin.descriptor.config.parse({
          keys: [{ left: 'name', right: 'label', method }],
          threshold,
          keep: 'matched',
        }),
        inputs: new Map([
          ['left', side('left_rows', 'id', 'name')],
          ['right', side('right_rows', 'code', 'label')],
        ]),
        parameters: new Map(),
        facts: undefined,
      })
      return timed(async () => {
        const result = await connection.runAndReadAll(`SELECT count(*) FROM (${match?.text ?? ''})`)
        return Number(result.getRows()[0]?.[0])
      })
    }
    const found: Measurement[] = []
    const ours = await measure('levenshtein', THRESHOLD)
    const [left, right] = [join(folder, 'left.csv'), join(folder, 'right.csv')]
    await connection.run(`COPY (SELECT name FROM left_rows) TO '${left}' (HEADER false)`)
    await connection.run(`COPY (SELECT label FROM right_rows) TO '${right}' (HEADER false)`)
    const peer = spawnSync('python3', ['-c', PEER, left, right], { encoding: 'utf8' })
    const [peerFound, peerTime] = peer.status === 0 ? peer.stdout.trim().split(' ').map(Number) : []
    found.push({
      workload: `fuzzy, Levenshtein ${THRESHOLD}: ${ours.value} found${peerFound === undefined ? '' : `, RapidFuzz ${peerFound}`}`,
      ours: ours.milliseconds,
      ...(peerTime === undefined ? {} : { reference: peerTime, ratio: ours.milliseconds / peerTime }),
      unit: 'ms',
      goal: 'no slower than RapidFuzz by first two letters; under a minute without it',
      met: peerTime === undefined ? ours.milliseconds < 60_000 : ours.milliseconds <= peerTime,
    })
    for (const [method, threshold] of [['token_set', 0.85]] as const) {
      const measured = await measure(method, threshold)
      found.push({
        workload: `fuzzy, ${method} ${threshold}: ${measured.value} found`,
        ours: measured.milliseconds,
        unit: 'ms',
        goal: 'under a minute',
        met: measured.milliseconds < 60_000,
      })
    }
    return found
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
