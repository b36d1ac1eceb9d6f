import { readFileSync } from 'node:fs'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { MongoClient } from 'mongodb'
import ssh2, { type ConnectConfig } from 'ssh2'
import { expect, test } from 'vitest'
import { describeService, type SftpServer, service } from '../services/services.ts'

describeService('minio', 'MinIO of scripts/services', (server) => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server
  const open = (secret = secretAccessKey) =>
    new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey: secret } })

  test('holds Chinook as CSV, JSON and Parquet, whole and in partitions', async () => {
    const client = open()
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
    const keys = Contents.map(({ Key }) => Key)
    expect(keys).toEqual(expect.arrayContaining(['csv/track.csv', 'json/track.json', 'parquet/track.parquet']))
    expect(keys.filter((key) => key?.startsWith('partitioned/invoice/billing_country=')).length).toBe(24)
    const range = { Bucket: bucket, Key: 'csv/genre.csv', Range: 'bytes=0-12' }
    const { Body } = await client.send(new GetObjectCommand(range))
    expect(await Body?.transformToString()).toBe('genre_id,name')
    client.destroy()
  })

  test('takes an upload in parts, and refuses a wrong secret', async () => {
    const client = open()
    const Body = Buffer.alloc(11 * 1024 * 1024, 'x')
    const params = { Bucket: bucket, Key: 'incoming/parts.txt', Body }
    await new Upload({ client, params }).done()
    const { ContentLength } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: params.Key, Range: 'bytes=-9' }),
    )
    expect(ContentLength).toBe(9)
    client.destroy()
    const wrong = open('wrong-secret')
    await expect(wrong.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toThrow(/signature/)
    wrong.destroy()
  })
})

describeService('mongodb', 'FerretDB of scripts/services', (server) => {
  test('holds Chinook as documents, an invoice with its lines inside', async () => {
    const client = new MongoClient(server.url)
    const database = client.db(server.database)
    const invoice = await database.collection<{ _id: number; lines: unknown[] }>('invoice').findOne({ _id: 1 })
    expect(invoice).toMatchObject({ billing: { city: 'Stuttgart' }, invoice_date: new Date('2021-01-01T00:00:00Z') })
    expect(invoice?.lines).toHaveLength(2)
    const perCountry = [{ $group: { _id: '$billing.country', n: { $sum: 1 } } }, { $sort: { n: -1 } }, { $limit: 1 }]
    expect(await database.collection('invoice').aggregate(perCountry).toArray()).toEqual([{ _id: 'USA', n: 91 }])
    expect(await database.collection('track').countDocuments()).toBe(3503)
    await client.close()
  })

  test('asks for the password, and is verified by its authority', async () => {
    const wrong = new MongoClient(server.url.replace(server.password, 'wrong'))
    await expect(wrong.db().collection('track').findOne()).rejects.toThrow(/[Aa]uthentication failed/)
    await wrong.close()
    const url = server.url.replace(`:${server.port}/`, `:${server.tlsPort}/`)
    const verified = new MongoClient(url, { tls: true, tlsCAFile: server.ca })
    expect(await verified.db().collection('genre').countDocuments()).toBe(25)
    await verified.close()
    const refused = new MongoClient(url, { tls: true, tlsCAFile: server.otherCa, serverSelectionTimeoutMS: 2000 })
    await expect(refused.connect()).rejects.toThrow(/unable to verify|self-signed|signature/)
    await refused.close()
  })
})

/** Connects, does something, and leaves. */
async function connected<Result>(
  config: ConnectConfig,
  work: (client: ssh2.Client) => Promise<Result>,
): Promise<Result> {
  const client = new ssh2.Client()
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject).connect(config)
    })
    return await work(client)
  } finally {
    client.end()
  }
}

/** Writes a file, reads it back, and lists the folder of Chinook's CSV files. */
async function useFiles(client: ssh2.Client, folder: string, name: string): Promise<readonly string[]> {
  return await new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error)
      const path = `${folder}/incoming/${name}`
      sftp.writeFile(path, 'é\n'.repeat(100_000), (failed) => {
        if (failed) return reject(failed)
        sftp.readFile(path, (unread, data) => {
          if (unread) return reject(unread)
          if (data.toString('utf8') !== 'é\n'.repeat(100_000)) return reject(new Error('it reads otherwise'))
          sftp.readdir(`${folder}/chinook/csv`, (unlisted, list) => {
            if (unlisted) reject(unlisted)
            else resolve(list.map(({ filename }) => filename))
          })
        })
      })
    })
  })
}

/** The host's key as known_hosts has it. */
const known = (server: SftpServer, file = server.knownHosts) => {
  const line = readFileSync(file, 'utf8').trim().split(' ')
  return (key: Buffer) => key.toString('base64') === line[2]
}

describeService('sftp', 'OpenSSH of scripts/services', (server) => {
  const { host, port, user } = server
  const privateKey = readFileSync(server.privateKey)

  test('lets in by a key, with or without a passphrase, and no stranger', async () => {
    const config = { host, port, username: user, hostVerifier: known(server) }
    const withPassphrase = { privateKey: readFileSync(server.privateKeyWithPassphrase), passphrase: server.passphrase }
    const list = await connected({ ...config, ...withPassphrase }, (client) => useFiles(client, server.root, 'one.txt'))
    expect(list).toContain('track.csv')
    const stranger = readFileSync(server.strangerKey)
    await expect(connected({ ...config, privateKey: stranger }, async () => {})).rejects.toThrow(/authentication/)
  })

  test('is not the host that the wrong known_hosts knows', async () => {
    const config = { host, port, username: user, privateKey, hostVerifier: known(server, server.wrongKnownHosts) }
    await expect(connected(config, async () => {})).rejects.toThrow(/[Vv]erification/)
  })

  test('carries a tunnel to another service', async ({ skip }) => {
    const api = service('api')
    if (api === undefined) return skip()
    const answer = await connected({ host, port, username: user, privateKey }, async (client) => {
      return await new Promise<string>((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, api.host, api.port, (error, stream) => {
          if (error) return reject(error)
          let text = ''
          stream.on('data', (chunk: Buffer) => {
            text += chunk.toString('utf8')
          })
          stream.on('close', () => resolve(text))
          stream.end('GET / HTTP/1.0\r\n\r\n')
        })
      })
    })
    expect(answer).toContain('"Chinook"')
  })
})

describeService('sftp-password', 'The SSH server with passwords of scripts/services', (server) => {
  const { host, port, user, password } = server

  test('lets in by the password or the key, and by no other', async () => {
    const config = { host, port, username: user, hostVerifier: known(server) }
    expect(await connected({ ...config, password }, (client) => useFiles(client, '', 'one.txt'))).toContain('track.csv')
    const privateKey = readFileSync(server.privateKey)
    expect(await connected({ ...config, privateKey }, (client) => useFiles(client, '', 'two.txt'))).toContain(
      'genre.csv',
    )
    const none = async () => {}
    await expect(connected({ ...config, password: 'wrong' }, none)).rejects.toThrow(/authentication/)
    const stranger = readFileSync(server.strangerKey)
    await expect(connected({ ...config, privateKey: stranger }, none)).rejects.toThrow(/authentication/)
  })
})
