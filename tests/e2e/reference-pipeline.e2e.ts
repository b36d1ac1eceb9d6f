import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../services/services.ts'
import { openBrowser, openContext, type Studio, startStudio } from './studio.ts'

// The reference: PostgreSQL, a transform, S3, from its template by the canvas to the objects in the bucket.

describeService('postgres', 'the template from PostgreSQL', (database) => {
  describeService('minio', 'to S3', (store) => {
    const bucket = `test-${randomUUID()}`
    const home = mkdtempSync(join(tmpdir(), 'logidata-e2e-'))
    const project = join(home, 'sample-project')
    const client = new S3Client({
      endpoint: store.endpoint,
      region: store.region,
      forcePathStyle: true,
      credentials: { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey },
    })
    const secrets = {
      LOGIDATA_SECRET_WAREHOUSE_PASSWORD: database.password,
      LOGIDATA_SECRET_LAKE_SECRET_ACCESS_KEY: store.secretAccessKey,
    }
    let studio: Studio
    let browser: Browser
    let page: Page
    const keys = async () => {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return (Contents ?? []).map(({ Key = '' }) => Key)
    }

    beforeAll(async () => {
      await client.send(new CreateBucketCommand({ Bucket: bucket }))
      mkdirSync(join(project, 'pipelines'), { recursive: true })
      const connections = {
        warehouse: {
          type: 'postgres',
          settings: {
            host: database.host,
            port: database.port,
            database: database.database,
            user: database.user,
            tls: 'off',
          },
        },
        lake: {
          type: 's3',
          settings: {
            bucket,
            endpoint: store.endpoint,
            region: store.region,
            path_style: true,
            access_key_id: store.accessKeyId,
          },
        },
      }
      const file = { format: 'logidata-connections/v1', connections }
      // JSON is YAML.
      writeFileSync(join(project, 'connections.yaml'), JSON.stringify(file, null, 2))
      Object.assign(process.env, secrets)
      studio = await startStudio({ dataDirectory: home })
      browser = await openBrowser()
      page = await (await openContext(browser)).newPage()
      await page.goto(studio.url)
    })
    afterAll(async () => {
      await browser?.close()
      await studio?.stop()
      for (const name of Object.keys(secrets)) delete process.env[name]
      for (const Key of await keys()) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
      await client.send(new DeleteBucketCommand({ Bucket: bucket }))
      client.destroy()
      rmSync(home, { recursive: true, force: true })
    })

    test('is made, shows its rows and writes a folder per year; twice is once', async () => {
      await page.getByRole('button', { name: 'New pipeline', exact: true }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Begin with').selectOption('postgres-to-s3')
      await dialog.getByText(/warehouse, lake/).waitFor()
      const picture = process.env.LOGIDATA_PICTURES
      if (picture !== undefined) await page.screenshot({ path: join(picture, 'new-from-template.png') })
      await dialog.getByRole('button', { name: 'Create', exact: true }).click()

      const canvas = page.getByRole('region', { name: 'Pipeline canvas' })
      await canvas.getByRole('article', { name: /^Revenue,/ }).click()
      await page.getByText('No problems', { exact: true }).waitFor()
      await page.getByRole('grid').getByText('revenue', { exact: true }).first().waitFor()
      if (picture !== undefined) await page.screenshot({ path: join(picture, 'template-on-canvas.png') })

      const objects = async () => (await keys()).filter((key) => key.endsWith('.parquet'))
      const marks = async () => (await keys()).filter((key) => key.includes('_logidata_loads/')).length
      for (const runs of [1, 2]) {
        await page.keyboard.press('Control+Enter')
        await expect.poll(marks, { timeout: 60_000, interval: 200 }).toBe(runs)
      }
      const years = (await objects()).map((key) => /^marts\/revenue\/year=(\d+)\//.exec(key)?.[1])
      expect(years.toSorted()).toEqual(['2021', '2022', '2023', '2024', '2025'])
      expect(await total(await objects())).toEqual(['2328.60', '412'])
    })

    /** Of revenue and of invoices, as the objects say. */
    async function total(names: readonly string[]): Promise<string[]> {
      const folder = mkdtempSync(join(home, 'copies-'))
      for (const [index, Key] of names.entries()) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
        if (Body) writeFileSync(join(folder, `${index}.parquet`), await Body.transformToByteArray())
      }
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      const query = `SELECT sum(revenue)::VARCHAR, sum(invoices)::VARCHAR FROM '${folder}/*.parquet'`
      const rows = (await connection.runAndReadAll(query)).getRows()
      connection.closeSync()
      instance.closeSync()
      return (rows[0] ?? []).map(String)
    }
  })
})
