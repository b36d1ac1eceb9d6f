import { readFileSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { expect, test } from 'vitest'
import { describeService } from '../services/services.ts'

/** What every server must hold: the counts of the Chinook database. */
const counts = { album: 347, customer: 59, invoice: 412, invoice_line: 2240, playlist_track: 8715, track: 3503 }

describeService('postgres', 'PostgreSQL of scripts/services', (server) => {
  const open = async (config: pg.ClientConfig, work: (client: pg.Client) => Promise<void>) => {
    const { host, port, database, user, password } = server
    const client = new pg.Client({ host, port, database, user, password, ...config })
    try {
      await client.connect()
      await work(client)
    } finally {
      await client.end()
    }
  }
  const select = async (client: pg.Client, sql: string): Promise<unknown> => {
    const { rows } = await client.query<{ v: unknown }>(sql)
    return rows[0]?.v
  }

  test('holds Chinook in the schema public', async () => {
    await open({}, async (client) => {
      for (const [table, count] of Object.entries(counts)) {
        expect(await select(client, `SELECT count(*)::int AS v FROM public.${table}`)).toBe(count)
      }
      expect(await select(client, 'SELECT name AS v FROM artist WHERE artist_id = 6')).toBe('Antônio Carlos Jobim')
    })
  })

  test('is verified by its authority and by no other', async () => {
    const encrypted = 'SELECT ssl AS v FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
    await open({ ssl: { ca: readFileSync(server.ca, 'utf8') }, user: server.tlsOnlyUser }, async (client) => {
      expect(await select(client, encrypted)).toBe(true)
    })
    await open({}, async (client) => expect(await select(client, encrypted)).toBe(false))
    await expect(open({ ssl: { ca: readFileSync(server.otherCa, 'utf8') } }, async () => {})).rejects.toThrow(
      /unable to verify|self-signed|signature/,
    )
  })

  test('lets each account in by its own way only', async () => {
    const ca = readFileSync(server.ca, 'utf8')
    const certificate = {
      ca,
      cert: readFileSync(server.clientCertificate, 'utf8'),
      key: readFileSync(server.clientKey, 'utf8'),
    }
    const who = 'SELECT current_user AS v'
    await open({ user: server.certificateUser, ssl: certificate }, async (client) => {
      expect(await select(client, who)).toBe('certificate_user')
    })
    await open({ user: server.oddUser, password: server.oddPassword }, async (client) => {
      expect(await select(client, who)).toBe('odd_user')
    })
    await open({ user: server.readOnlyUser }, async (client) => {
      await expect(client.query('DELETE FROM album')).rejects.toMatchObject({ code: '42501' })
    })
    const none = async () => {}
    await expect(open({ user: server.tlsOnlyUser }, none)).rejects.toMatchObject({ code: '28000' })
    await expect(open({ password: 'wrong' }, none)).rejects.toMatchObject({ code: '28P01' })
    await expect(open({ database: 'nowhere' }, none)).rejects.toMatchObject({ code: '3D000' })
  })
})

describeService('mariadb', 'MariaDB of scripts/services', (server) => {
  const open = async (
    config: Parameters<typeof createConnection>[0] & object,
    work: (select: (sql: string) => Promise<unknown>) => Promise<void>,
  ) => {
    const { host, port, database, user, password } = server
    const connection = await createConnection({ host, port, database, user, password, ...config })
    try {
      await work(async (sql) => {
        const [rows] = await connection.query({ sql, rowsAsArray: true })
        return Array.isArray(rows) && Array.isArray(rows[0]) ? rows[0].at(-1) : undefined
      })
    } finally {
      await connection.end()
    }
  }

  test('holds Chinook in the database chinook', async () => {
    await open({}, async (select) => {
      for (const [table, count] of Object.entries(counts)) {
        const name = table.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
        expect(await select(`SELECT count(*) FROM ${name}`)).toBe(count)
      }
      expect(await select('SELECT Name FROM Artist WHERE ArtistId = 6')).toBe('Antônio Carlos Jobim')
    })
  })

  test('is verified by its authority and by no other', async () => {
    const cipher = "SHOW STATUS LIKE 'Ssl_cipher'"
    await open({ ssl: { ca: readFileSync(server.ca, 'utf8') }, user: server.tlsOnlyUser }, async (select) => {
      expect(await select(cipher)).toMatch(/^TLS_/)
    })
    await open({}, async (select) => expect(await select(cipher)).toBe(''))
    await expect(open({ ssl: { ca: readFileSync(server.otherCa, 'utf8') } }, async () => {})).rejects.toThrow(
      /unable to verify|self-signed|signature/,
    )
  })

  test('lets each account in by its own way only', async () => {
    const ca = readFileSync(server.ca, 'utf8')
    const certificate = {
      ca,
      cert: readFileSync(server.clientCertificate, 'utf8'),
      key: readFileSync(server.clientKey, 'utf8'),
    }
    const who = "SELECT substring_index(current_user(), '@', 1)"
    await open({ user: server.certificateUser, ssl: certificate }, async (select) => {
      expect(await select(who)).toBe('certificate_user')
    })
    await open({ user: server.oddUser, password: server.oddPassword }, async (select) => {
      expect(await select(who)).toBe('odd_user')
    })
    await open({ user: server.readOnlyUser }, async (select) => {
      await expect(select('DELETE FROM Album')).rejects.toMatchObject({ errno: 1142 })
    })
    const none = async () => {}
    await expect(open({ user: server.certificateUser, ssl: { ca } }, none)).rejects.toMatchObject({ errno: 1045 })
    await expect(open({ password: 'wrong' }, none)).rejects.toMatchObject({ errno: 1045 })
    await expect(open({ database: 'nowhere' }, none)).rejects.toMatchObject({ errno: 1049 })
  })
})
