import { z } from 'zod'
import type { RelationModule } from '../../modules/kit/contract.ts'
import { text } from '../../modules/kit/form.ts'
import { identifier, joinSql, raw, sql } from '../../modules/kit/sql.ts'
import { defineModule } from '../../shared/modules/descriptor.ts'

/** What stands for a node whose rows a test gives. No catalogue has it: no file can name it. */
export const GIVEN = 'extract.given_rows'

const descriptor = defineModule({
  type: GIVEN,
  version: 1,
  family: 'extract',
  title: text('Given rows', 'Lignes données'),
  summary: text('Rows that a test gives.', 'Lignes données par un test.'),
  documentation: text('Rows that a test gives.', 'Lignes données par un test.'),
  icon: 'table',
  keywords: [],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config: z.strictObject({ table: z.string(), columns: z.array(z.string()) }),
  defaultConfig: { table: '', columns: [] },
  example: { table: 'ld_tests.t1', columns: ['id'] },
  describe: ({ columns }) => columns.join(', '),
})

export const givenModule: RelationModule<typeof descriptor, undefined> = {
  kind: 'relation',
  descriptor,
  compile: ({ config }) => {
    const columns = config.columns.map((name, index) => sql`${raw(`c${index}`)} AS ${identifier(name)}`)
    return { out: sql`SELECT ${joinSql(columns)} FROM ${raw(config.table)}` }
  },
  size: () => ({ bytes: 0 }),
}
