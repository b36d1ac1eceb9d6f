import { expect, it } from 'vitest'
import { type Migration, migrate } from './migrations.ts'

const steps: Migration[] = [
  {
    name: 'title-is-name',
    from: 'logidata/v1',
    to: 'logidata/v2',
    migrate: ({ title, ...rest }) => ({ ...rest, name: title ?? '' }),
  },
  { name: 'add-nodes', from: 'logidata/v2', to: 'logidata/v3', migrate: (data) => ({ ...data, nodes: {} }) },
]

it('goes through every migration between a format and the current one', () => {
  expect(migrate({ format: 'logidata/v1', title: 'x' }, 'logidata/v1', steps, 'logidata/v3')).toEqual({
    kind: 'migrated',
    data: { format: 'logidata/v3', name: 'x', nodes: {} },
    applied: ['title-is-name', 'add-nodes'],
  })
  expect(migrate({}, 'logidata/v3', steps, 'logidata/v3')).toEqual({ kind: 'migrated', data: {}, applied: [] })
})

it('tells newer formats from unknown ones', () => {
  expect(migrate({}, 'logidata/v4', steps, 'logidata/v3')).toEqual({ kind: 'unknown', newer: true })
  expect(migrate({}, 'logidata/v0', steps, 'logidata/v3')).toEqual({ kind: 'unknown', newer: false })
  expect(migrate({}, 'other', steps, 'logidata/v3')).toEqual({ kind: 'unknown', newer: false })
})

it('does not go around in circles', () => {
  const circle: Migration[] = [{ name: 'same', from: 'a', to: 'a', migrate: (data) => data }]
  expect(migrate({}, 'a', circle, 'b')).toEqual({ kind: 'unknown', newer: false })
})
