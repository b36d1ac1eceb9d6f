import type { Template } from './template.ts'

/** The reference: a table of a database, computed, as a partitioned folder of a bucket. It runs as it is on the Chinook database. */
export const postgresToS3: Template = {
  id: 'postgres-to-s3',
  title: { en: 'PostgreSQL to S3: revenue by year', fr: 'PostgreSQL vers S3 : chiffre d’affaires par année' },
  summary: {
    en: 'Reads invoices from PostgreSQL, sums them up by country and month, and writes a folder per year into a bucket. Change the table and its columns to yours.',
    fr: 'Lit des factures dans PostgreSQL, les totalise par pays et par mois, et écrit un dossier par année dans un compartiment. Remplacez la table et ses colonnes par les vôtres.',
  },
  connections: {
    warehouse: {
      type: 'postgres',
      settings: { host: 'localhost', port: 5432, database: 'chinook', user: 'reader', tls: 'verified' },
    },
    lake: { type: 's3', settings: { bucket: 'lake', region: 'us-east-1' } },
  },
  document: {
    format: 'logidata/v1',
    name: 'PostgreSQL to S3',
    description: 'Revenue by country and month of PostgreSQL’s invoices, as a folder per year of a bucket',
    parameters: {
      since: { type: 'date', default: '2000-01-01', description: 'First day of the invoices that are read' },
    },
    nodes: {
      invoices: {
        type: 'extract.postgres',
        label: 'Invoices',
        config: {
          connection: 'warehouse',
          schema: 'public',
          table: 'invoice',
          columns: ['invoice_id', 'customer_id', 'invoice_date', 'billing_country', 'total'],
          filter: 'invoice_date >= $since',
        },
      },
      months: {
        type: 'transform.formula',
        label: 'Year and month',
        inputs: { in: 'invoices' },
        config: {
          formulas: [
            { name: 'year', expression: 'year(invoice_date)' },
            { name: 'month', expression: 'month(invoice_date)' },
          ],
        },
      },
      revenue: {
        type: 'transform.aggregate',
        label: 'Revenue',
        inputs: { in: 'months' },
        config: {
          group_by: ['year', 'month', 'billing_country'],
          measures: [
            { name: 'revenue', function: 'sum', column: 'total' },
            { name: 'invoices', function: 'count' },
            { name: 'customers', function: 'count_distinct', column: 'customer_id' },
          ],
        },
      },
      lake: {
        type: 'load.s3',
        label: 'Lake',
        note: 'A run replaces the years that it has rows of, and leaves the others.',
        inputs: { in: 'revenue' },
        config: { connection: 'lake', path: 'marts/revenue/', partition_by: ['year'], mode: 'overwrite_partitions' },
      },
    },
    layout: { invoices: [0, 0], months: [260, 0], revenue: [520, 0], lake: [780, 0] },
  },
}
