import { userError } from '../../../shared/errors.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { KEYED, mongodbLoadDescriptor } from './descriptor.ts'

/** Fields that a history adds. */
const HISTORY = ['valid_from', 'valid_to', 'is_current']

export const mongodbLoad: LoadModule<typeof mongodbLoadDescriptor> = {
  kind: 'load',
  descriptor: mongodbLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, database, collection, mode }) => ({
    path: `mongodb://${connection}/${database === undefined ? '' : `${database}.`}${collection}`,
    mode,
  }),
  check(config, columns) {
    const { key, parts, object_ids, decimals, json_texts, mode } = config
    const names = columns.map(({ name }) => name)
    for (const [field, wanted] of Object.entries({ key, parts, object_ids, decimals, json_texts }))
      for (const name of wanted)
        if (!names.includes(name))
          throw userError('column.not-found', `There is no column “${name}”.`, {
            field: [field],
            ...didYouMean(name, names),
          })
    if (mode === 'append' || mode === 'replace' || mode === 'truncate') return
    // To the server a dot leads into a document, and a dollar begins an operator, where documents are changed.
    const odd = names.find((name) => /[.$]/.test(name))
    if (odd !== undefined)
      throw userError(
        'load.name',
        `“${odd}” cannot be the name of a field that is updated: it has a dot or a dollar in it.`,
        {
          hint: 'Rename the column before this step.',
        },
      )
    if (!KEYED.includes(mode)) return
    const own = mode === 'history' ? HISTORY : mode === 'soft_delete' ? [config.deleted_field] : []
    const taken = names.find((name) => own.includes(name))
    if (taken !== undefined)
      throw userError('load.name', `The column “${taken}” has the name of a field that this mode fills itself.`, {
        field: ['mode'],
        hint: 'Rename the column before this step.',
      })
    if (names.includes('_id') && (mode === 'history' || key.join() !== '_id'))
      throw userError('load.name', 'A document’s _id never changes: it can only be the whole key.', {
        field: ['key'],
        hint:
          mode === 'history'
            ? 'Rename the column _id: each version has an _id of its own.'
            : 'Name _id as the key, or drop the column.',
      })
  },
  // The driver is large: it comes when somebody writes to a server.
  write: async (request) => (await import('./write.ts')).write(request),
  committed: async (request) => (await import('./write.ts')).committed(request),
  forecast: async (request) => (await import('./forecast.ts')).forecast(request),
}
