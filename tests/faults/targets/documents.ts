import type { Document } from 'mongodb'
import { temporaryDatabase } from '../../../src/modules/connectors/mongodb/testing.ts'
import { service } from '../../services/services.ts'
import { keyedModes, type LoadTarget, type Mode } from './target.ts'

const MODES = keyedModes(
  { name: 'merge', config: { mode: 'merge', key: ['id'], when_gone: 'delete' } },
  { when_gone: 'delete' },
).map((mode): Mode => (mode.name === 'replace' ? mode : { ...mode, goesThrough: 'rows' }))

/** In a database of its own. */
export async function mongodbTarget(): Promise<LoadTarget | undefined> {
  const server = service('mongodb')
  if (!server) return undefined
  const own = await temporaryDatabase(server)
  const db = own.db()
  const collections = async () => (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)
  return {
    name: 'FerretDB',
    connection: own.connection,
    step: 'load.mongodb',
    modes: MODES,
    moments: ['written', 'intended', 'begun', 'moved', 'swapped', 'deleted', 'batch', 'changed', 'marked', 'published'],
    // Few differ: this server takes a tenth of a second for each document that is updated.
    rows: { old: 200, fresh: 500, changed: 8 },
    at: (place) => ({ collection: place }),
    async copy(from, to) {
      if (!(await collections()).includes(from)) return
      // As they are: a long that becomes an int is another value to a load.
      const documents = await db.collection(from).find({}, { promoteValues: false }).toArray()
      const indexes = (await db.collection(from).indexes()).filter(({ name }) => name !== '_id_')
      await db.collection(to).insertMany(documents)
      if (indexes.length > 0)
        await db.collection(to).createIndexes(
          indexes.map(({ key, name, unique }) => ({
            key,
            ...(name === undefined ? {} : { name }),
            ...(unique === undefined ? {} : { unique }),
          })),
        )
    },
    state: async (place) => (await db.collection(place).find().toArray()).map(lineOf).sort(),
    leftovers: async () => (await collections()).filter((name) => /^_logidata_(?!loads$)/.test(name)),
    async remove(place) {
      await db
        .collection(place)
        .drop()
        .catch(() => undefined)
    },
    close: () => own.close(),
  }
}

function lineOf({ id, part, name, is_current, deleted_at }: Document): string {
  const isOver = is_current === false || deleted_at instanceof Date
  return [id, part, name, isOver ? 1 : 0].join('|')
}
