import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form } from '../../kit/form.ts'

const config = z.strictObject({
  sql: z.string().meta(
    form('Query', 'Requête', {
      control: 'sql',
      placeholder: 'SELECT * FROM in_1',
      help: {
        en: 'One query in DuckDB SQL. Inputs are tables named by their ports.',
        fr: 'Une requête en SQL de DuckDB. Les entrées sont des tables nommées par leurs ports.',
      },
    }),
  ),
})

export const sqlDescriptor = defineModule({
  type: 'transform.sql',
  version: 1,
  family: 'route',
  title: { en: 'SQL', fr: 'SQL' },
  summary: {
    en: 'Any query over any number of inputs.',
    fr: 'Une requête quelconque sur un nombre quelconque d’entrées.',
  },
  documentation: {
    en: `One query (\`SELECT\`, \`WITH\`, \`FROM\` or \`VALUES\`) in DuckDB SQL. Each input is a table with the name of its port: with \`inputs: { orders: …, customers: … }\`,

    SELECT c.name, sum(o.total) AS revenue
    FROM orders o JOIN customers c USING (customer_id)
    GROUP BY ALL

Parameters are written \`$name\`. A query reads only: statements that change something are refused.`,
    fr: `Une requête (\`SELECT\`, \`WITH\`, \`FROM\` ou \`VALUES\`) en SQL de DuckDB. Chaque entrée est une table du nom de son port : avec \`inputs: { orders: …, customers: … }\`,

    SELECT c.name, sum(o.total) AS revenue
    FROM orders o JOIN customers c USING (customer_id)
    GROUP BY ALL

Les paramètres s’écrivent \`$nom\`. Une requête ne fait que lire : les instructions qui modifient sont refusées.`,
  },
  icon: 'sql',
  keywords: ['query', 'select', 'custom', 'requête', 'code'],
  inputs: [{ name: 'in', title: { en: 'Table', fr: 'Table' }, many: true, freeNames: true, optional: true }],
  outputs: [{ name: 'out', title: { en: 'Result', fr: 'Résultat' } }],
  config,
  defaultConfig: { sql: 'SELECT * FROM in_1' },
  example: { sql: 'SELECT country, count(*) AS customers FROM customers GROUP BY ALL' },
  describe: ({ sql }) => sql.replaceAll(/\s+/g, ' ').trim().slice(0, 120),
})
