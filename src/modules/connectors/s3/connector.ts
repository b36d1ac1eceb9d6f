import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { BrowseEntry, Diagnosis, ResolvedConnection } from '../../../shared/connections/connection.ts'
import { LogiDataError } from '../../../shared/errors.ts'
import type { Connector, ConnectorContext } from '../../kit/connector.ts'
import { formatOf } from '../../remote-files/formats.ts'
import { type Check, checkName, checkPort, diagnose } from '../kit/diagnose.ts'
import { filesOf } from '../kit/project-file.ts'
import { openS3, type S3Session } from './client.ts'
import { s3Descriptor } from './descriptor.ts'
import { s3Error } from './errors.ts'

/** Of one folder, so many names are shown; the last entry opens those that follow. */
const SHOWN = 1000
/** Begins the name of that entry; the name after which it goes on stands behind. */
const MORE = '… after '

export const s3Connector: Connector<typeof s3Descriptor.settings> = { descriptor: s3Descriptor, test, browse }

async function test(connection: ResolvedConnection, context: ConnectorContext): Promise<Diagnosis> {
  const { signal } = context
  let session: S3Session
  try {
    session = await openS3(connection, filesOf(context.projectRoot))
  } catch (thrown) {
    return diagnose([{ step: 'settings', run: () => Promise.reject(thrown) }], signal)
  }
  const { about, settings } = session
  const listed = lazily(() => listFolder(session, '', 1, signal))
  const codeOf = (thrown: unknown) => (thrown instanceof LogiDataError ? thrown.info.code : '')
  /** What the one request of this test says about a step. */
  const answerFor = (step: Check['step'], codes: readonly string[], message: string): Check => ({
    step,
    run: async () => {
      await listed().catch((thrown: unknown) => {
        if (codes.includes(codeOf(thrown))) throw thrown
      })
      return message
    },
  })
  const encrypted = !settings.endpoint?.startsWith('http:')
  const checks: Check[] = [
    checkName(about.remote, signal),
    checkPort(about.remote, 15_000, signal),
    answerFor(
      'tls',
      ['connection.tls', 'connection.timeout', 'connection.refused', 'connection.lost'],
      encrypted
        ? 'The connection is encrypted, and the store has shown who it is.'
        : 'The connection is not encrypted.',
    ),
    answerFor(
      'login',
      ['connection.login'],
      settings.credentials === 'none' ? 'No key is needed.' : 'The key is accepted.',
    ),
    answerFor('database', ['connection.database'], `The bucket “${about.bucket}” is there.`),
    {
      step: 'rights',
      run: async () => {
        const { names } = await listed()
        return names.length === 0 ? 'The bucket can be listed; it is empty.' : 'The bucket can be listed.'
      },
    },
  ]
  try {
    return await diagnose(checks, signal)
  } finally {
    session.close()
  }
}

function lazily<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= work()
    return answer
  }
}

async function browse(
  connection: ResolvedConnection,
  path: readonly string[],
  context: ConnectorContext,
): Promise<readonly BrowseEntry[]> {
  const session = await openS3(connection, filesOf(context.projectRoot))
  try {
    const prefix = path.flatMap((name) => (name.startsWith(MORE) ? [] : [`${name}/`])).join('')
    const last = path.at(-1)
    const after = last?.startsWith(MORE) ? last.slice(MORE.length) : undefined
    const { names, next } = await listFolder(session, prefix, SHOWN, context.signal, after)
    const entries = names.map((entry): BrowseEntry => {
      const config = { path: prefix + entry.name + (entry.isFolder ? '/' : '') }
      if (entry.isFolder)
        return { name: entry.name, kind: 'folder', children: true, extract: { type: 'extract.s3', config } }
      const readable = formatOf(entry.name) !== undefined
      return {
        name: entry.name,
        kind: 'file',
        detail: sizeText(entry.bytes),
        children: false,
        ...(readable ? { extract: { type: 'extract.s3', config } } : {}),
      }
    })
    if (next !== undefined) entries.push({ name: `${MORE}${next}`, kind: 'folder', children: true })
    return entries
  } finally {
    session.close()
  }
}

async function listFolder(
  { client, settings, about }: S3Session,
  prefix: string,
  most: number,
  abortSignal: AbortSignal,
  after?: string,
) {
  try {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: settings.bucket,
        Prefix: prefix,
        Delimiter: '/',
        MaxKeys: most,
        EncodingType: 'url',
        ...(after === undefined ? {} : { StartAfter: prefix + after }),
      }),
      { abortSignal },
    )
    const plain = (text: string) => decodeURIComponent(text.replaceAll('+', ' ')).slice(prefix.length)
    const folders = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => ({
      name: plain(Prefix).replace(/\/$/, ''),
      isFolder: true,
      bytes: 0,
    }))
    const objects = (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({
      name: plain(Key),
      isFolder: false,
      bytes: Size,
    }))
    const names = [...folders, ...objects].filter(({ name }) => name !== '')
    return { names, next: page.IsTruncated ? greatest(names) : undefined }
  } catch (thrown) {
    throw s3Error(thrown, about)
  }
}

/** Where a listing goes on: after the last name in the order of bytes, and after all that is in it where it is a folder. */
function greatest(names: readonly { readonly name: string; readonly isFolder: boolean }[]): string {
  const ends = names.map(({ name, isFolder }) => (isFolder ? `${name}/\u{10ffff}` : name))
  return ends.reduce((most, end) => (Buffer.compare(Buffer.from(end), Buffer.from(most)) > 0 ? end : most), '')
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}
