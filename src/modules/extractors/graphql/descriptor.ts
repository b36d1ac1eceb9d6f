import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { recordOutputs } from '../../kit/files/records/config.ts'
import { form, text } from '../../kit/form.ts'
import { pairsField, rowFields } from '../../kit/web-rows.ts'

export const graphqlExtractDescriptor = defineModule({
  type: 'extract.graphql',
  version: 1,
  family: 'extract',
  title: text('GraphQL', 'GraphQL'),
  summary: text('Reads the rows of a GraphQL API, page by page.', 'Lit les lignes d’une API GraphQL, page par page.'),
  documentation: text(
    `Asks a GraphQL API and reads the list at *Where the rows are*, below \`data\`: \`track.nodes\`, or \`track.edges[*].node\`.

**Pages.** Where the object that holds the list has a \`pageInfo\` with \`hasNextPage\` and \`endCursor\`, the query is asked again with the cursor in
the variable *Variable of the cursor* (\`after\`), until there is no more. Ask for \`pageInfo { hasNextPage endCursor }\` and give the list
\`after: $after\`. A cursor that comes twice is an error.

**Variables** are JSON; the pipeline's parameter \`$since\` stands within quotes: \`{"from": "$since"}\`. In the query itself, \`$\` is GraphQL's own.

What an answer names as \`errors\` fails the run, also where it has some rows. Types, rejects, sample and *only what is new* are those
of \`extract.rest\`: values are exact, and nothing is left out without a word.`,
    `Interroge une API GraphQL et lit la liste à *Où sont les lignes*, sous \`data\` : \`track.nodes\` ou \`track.edges[*].node\`.

**Pages.** Si l’objet qui contient la liste a un \`pageInfo\` avec \`hasNextPage\` et \`endCursor\`, la requête est reposée avec le curseur dans la
variable *Variable du curseur* (\`after\`), jusqu’à la fin. Demandez \`pageInfo { hasNextPage endCursor }\` et donnez \`after: $after\` à la
liste. Un curseur qui revient est une erreur.

**Les variables** sont du JSON ; le paramètre \`$since\` du pipeline est entre guillemets : \`{"from": "$since"}\`. Dans la requête, \`$\` est celui
de GraphQL.

Ce qu’une réponse donne dans \`errors\` arrête l’exécution, même avec des lignes. Types, rejets, échantillon et *seulement le nouveau* sont ceux
de \`extract.rest\` : les valeurs sont exactes et rien n’est omis sans le dire.`,
  ),
  icon: 'json',
  keywords: ['GraphQL', 'API', 'Relay', 'pageInfo', 'Shopify', 'GitHub'],
  inputs: [],
  outputs: recordOutputs,
  config: z.strictObject({
    connection: connectionField('http'),
    path: z
      .string()
      .default('')
      .meta(form('Path', 'Chemin', { placeholder: '/graphql' })),
    query: z
      .string()
      .min(1)
      .meta(form('Query', 'Requête', { control: 'code' })),
    variables: z
      .string()
      .default('{}')
      .meta(form('Variables', 'Variables', { control: 'multiline', placeholder: '{"first": 100}' })),
    records_path: z
      .string()
      .min(1)
      .meta(form('Where the rows are', 'Où sont les lignes', { placeholder: 'orders.nodes' })),
    cursor_variable: z
      .string()
      .regex(/^[A-Za-z_]\w*$/)
      .default('after')
      .meta(form('Variable of the cursor', 'Variable du curseur', { advanced: true })),
    max_pages: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .meta(form('Pages, at most', 'Pages, au plus', { advanced: true })),
    headers: pairsField('Headers', 'En-têtes', 'X-Shop'),
    ...rowFields,
  }),
  defaultConfig: { connection: '', path: '', query: '', records_path: '' },
  example: {
    connection: 'shop',
    path: '/graphql',
    query:
      'query ($first: Int, $after: String) { orders(first: $first, after: $after) { nodes { id total } pageInfo { hasNextPage endCursor } } }',
    variables: '{"first": 100}',
    records_path: 'orders.nodes',
  },
  describe: ({ connection, records_path }) => [connection, records_path].filter(Boolean).join(' · '),
})

export type GraphqlConfig = z.output<typeof graphqlExtractDescriptor.config>
