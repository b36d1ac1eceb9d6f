import { arrowExtract } from '../extractors/arrow/implementation.ts'
import { csvExtract } from '../extractors/csv/implementation.ts'
import { duckdbExtract } from '../extractors/duckdb/implementation.ts'
import { excelExtract } from '../extractors/excel/implementation.ts'
import { fixedWidthExtract } from '../extractors/fixed-width/implementation.ts'
import { graphqlExtract } from '../extractors/graphql/implementation.ts'
import { htmlExtract } from '../extractors/html/implementation.ts'
import { inlineExtract } from '../extractors/inline/implementation.ts'
import { jsonExtract } from '../extractors/json/implementation.ts'
import { mongodbExtract } from '../extractors/mongodb/implementation.ts'
import { mysqlExtract } from '../extractors/mysql/implementation.ts'
import { ndjsonExtract } from '../extractors/ndjson/implementation.ts'
import { parquetExtract } from '../extractors/parquet/implementation.ts'
import { postgresExtract } from '../extractors/postgres/implementation.ts'
import { restExtract } from '../extractors/rest/implementation.ts'
import { rowsExtract } from '../extractors/rows/implementation.ts'
import { s3Extract } from '../extractors/s3/implementation.ts'
import { sftpExtract } from '../extractors/sftp/implementation.ts'
import { sqliteExtract } from '../extractors/sqlite/implementation.ts'
import { textExtract } from '../extractors/text/implementation.ts'
import { xmlExtract } from '../extractors/xml/implementation.ts'
import type { Module } from '../kit/contract.ts'

/** In the order of the palette. */
export const extractModules: readonly Module[] = [
  csvExtract,
  excelExtract,
  jsonExtract,
  ndjsonExtract,
  parquetExtract,
  arrowExtract,
  xmlExtract,
  htmlExtract,
  textExtract,
  fixedWidthExtract,
  sqliteExtract,
  duckdbExtract,
  postgresExtract,
  mysqlExtract,
  mongodbExtract,
  s3Extract,
  sftpExtract,
  restExtract,
  graphqlExtract,
  inlineExtract,
  rowsExtract,
]
