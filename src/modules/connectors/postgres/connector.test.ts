import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { errorOf } from '../kit/error-of.ts'
import { postgresConnector } from './connector.ts'
import { checkedExpression, checkedQuery, numberParameters } from './sql-text.ts'

const never = new AbortController().signal

test.each([
  ["a = $x AND b = '$x' AND $y > $x", "a = $1 AND b = '$x' AND $2 > $1", ['x', 'y']],
  ["E'\\'$x' || $x", "E'\\'$x' || $1", ['x']],
  ['$$ $x $$ || $t$ $x $t$ || $x', '$$ $x $$ || $t$ $x $t$ || $1', ['x']],
  ['"$x" /* $x /* $x */ $x */ -- $x\n, a$x, $x', '"$x" /* $x /* $x */ $x */ -- $x\n, a$x, $1', ['x']],
  ["'it''s $x' || $x", "'it''s $x' || $1", ['x']],
])('parameters are found where they are some: %s', (text, expected, names) => {
  expect(numberParameters(text)).toEqual({ text: expected, names })
})

test.each(["'a", '"a', "E'a\\'", '/* a', '/* /* */', '$$ a', '$a$ $$', '(', ')(', 'a)', '[', '', '-- x', 'a; b'])(
  '%s is no expression',
  (text) => {
    expect(() => checkedExpression(text)).toThrow()
  },
)

test('one expression stays in its brackets, and a query may end with a semicolon', () => {
  expect(checkedExpression("f(')') -- )")).toBe("(\nf(')') -- )\n)")
  expect(checkedQuery('SELECT 1;  ')).toBe('(\nSELECT 1\n)')
  expect(() => checkedQuery('SELECT 1; SELECT 2')).toThrow()
})

describeService('postgres', 'The connector of PostgreSQL', (server) => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'logidata-pg-'))
    copyFileSync(server.ca, join(root, 'ca.pem'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const { host, port, user, database, password } = server
  const connection = (settings: object = {}, secret = password): ResolvedConnection => ({
    name: 'shop',
    type: 'postgres',
    settings: { host, port, user, database, tls: 'verified', tls_ca: 'ca.pem', ...settings },
    secrets: { password: secret },
  })
  const diagnosis = (settings: object = {}, secret?: string) =>
    postgresConnector.test(connection(settings, secret), { projectRoot: root, signal: never })

  test('a test says what it has looked at', async () => {
    const found = await diagnosis()
    expect(found).toMatchObject({ ok: true, server: expect.stringMatching(/^PostgreSQL \d+\.\d+$/) })
    expect(found.steps.map(({ step }) => step)).toEqual('settings name connect tls login database rights'.split(' '))
  })

  test.each([
    [{ tls_ca: 'none.pem' }, undefined, 'settings'],
    [{ host: 'no-such-host.invalid' }, undefined, 'name'],
    [{ port: 1 }, undefined, 'connect'],
    [{ tls_ca: undefined }, undefined, 'tls'],
    [{}, 'wrong', 'login'],
    [{ database: 'nowhere' }, undefined, 'database'],
    [{ role: 'nobody' }, undefined, 'login'],
  ])('%j ends at a step, with a hint', async (settings, secret, step) => {
    const found = await diagnosis(settings, secret)
    expect(found.ok).toBe(false)
    expect(found.steps.at(-1)).toMatchObject({ step, ok: false, hint: expect.any(String) })
  })

  test('the tree opens level by level', async () => {
    const browse = (...path: string[]) =>
      postgresConnector.browse?.(connection(), path, { projectRoot: root, signal: never }) ?? []
    expect(await browse()).toContainEqual({ name: 'public', kind: 'schema', children: true })
    const tables = await browse('public')
    expect(tables.find(({ name }) => name === 'track')).toMatchObject({
      kind: 'table',
      detail: 'about 3,503 rows',
      extract: { type: 'extract.postgres', config: { read: 'table', schema: 'public', table: 'track' } },
    })
    const columns = await browse('public', 'track')
    expect(columns[0]).toEqual({
      name: 'track_id',
      kind: 'column',
      type: 'integer',
      detail: 'primary key',
      children: false,
    })
    expect(columns.find(({ name }) => name === 'unit_price')).toMatchObject({ type: 'numeric(10,2)' })
    expect(await browse('public', 'track', 'name')).toEqual([])
    expect(await browse('nowhere')).toEqual([])
    expect(
      await errorOf(
        postgresConnector.browse?.(connection({}, 'wrong'), [], {
          projectRoot: root,
          signal: never,
        }) as Promise<unknown>,
      ),
    ).toMatchObject({
      code: 'connection.login',
    })
  })
})
