import type { Module } from '../kit/contract.ts'
import { arrowLoad } from '../loaders/arrow/implementation.ts'
import { csvLoad } from '../loaders/csv/implementation.ts'
import { duckdbLoad } from '../loaders/duckdb/implementation.ts'
import { excelLoad } from '../loaders/excel/implementation.ts'
import { fixedWidthLoad } from '../loaders/fixed-width/implementation.ts'
import { jsonLoad } from '../loaders/json/implementation.ts'
import { mongodbLoad } from '../loaders/mongodb/implementation.ts'
import { mysqlLoad } from '../loaders/mysql/implementation.ts'
import { parquetLoad } from '../loaders/parquet/implementation.ts'
import { postgresLoad } from '../loaders/postgres/implementation.ts'
import { restLoad } from '../loaders/rest/implementation.ts'
import { s3Load } from '../loaders/s3/implementation.ts'
import { sftpLoad } from '../loaders/sftp/implementation.ts'
import { sqliteLoad } from '../loaders/sqlite/implementation.ts'
import { textLoad } from '../loaders/text/implementation.ts'
import { webhookLoad } from '../loaders/webhook/implementation.ts'
import { xmlLoad } from '../loaders/xml/implementation.ts'

/** In the order of the palette. */
export const loadModules: readonly Module[] = [
  csvLoad,
  excelLoad,
  jsonLoad,
  parquetLoad,
  arrowLoad,
  xmlLoad,
  textLoad,
  fixedWidthLoad,
  sqliteLoad,
  duckdbLoad,
  postgresLoad,
  mysqlLoad,
  mongodbLoad,
  s3Load,
  sftpLoad,
  restLoad,
  webhookLoad,
]
