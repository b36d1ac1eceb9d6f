import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { pairsField } from '../../kit/web-rows.ts'

export const restLoadDescriptor = defineModule({
  type: 'load.rest',
  version: 1,
  family: 'load',
  title: text('Web API', 'API web'),
  summary: text('Sends rows to an API in batches.', 'Envoie les lignes à une API par lots.'),
  documentation: text(
    `Sends the rows as JSON, in their order, batch after batch; numbers keep every digit.

**Nothing twice.** Each batch has a key of its own (\`Idempotency-Key\`), made of the run, the step and the number of the batch: an API that knows
this header does a batch once, however often it is sent. With the key, a batch whose answer was lost is sent again; without, the run
fails there, since nobody knows whether it arrived. Switch the key off where the API does not know it.

**Resuming.** What the API has acknowledged is written down after each batch. A run that failed or was killed, when it is resumed, goes on
after the last acknowledged batch; rows that have changed since are an error. An API has no transaction: what was sent before a failure stays
sent. The error names the batch and its rows.`,
    `Envoie les lignes en JSON, dans leur ordre, lot après lot ; les nombres gardent tous leurs chiffres.

**Rien deux fois.** Chaque lot a sa clé (\`Idempotency-Key\`), faite de l’exécution, de l’étape et du numéro du lot : une API qui connaît cet
en-tête fait un lot une fois, quel que soit le nombre d’envois. Avec la clé, un lot dont la réponse s’est perdue est renvoyé ; sans elle,
l’exécution s’arrête là, car nul ne sait s’il est arrivé. Désactivez la clé si l’API ne la connaît pas.

**Reprise.** Ce que l’API a confirmé est noté après chaque lot. Une exécution qui a échoué ou a été tuée continue, à la reprise, après le
dernier lot confirmé ; des lignes qui ont changé depuis sont une erreur. Une API n’a pas de transaction : ce qui fut envoyé avant un échec
reste envoyé. L’erreur nomme le lot et ses lignes.`,
  ),
  icon: 'json',
  keywords: ['REST', 'HTTP', 'API', 'POST', 'PUT', 'upload', 'send', 'envoyer', 'publier'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config: z.strictObject({
    connection: connectionField('http'),
    path: z
      .string()
      .default('')
      .meta(form('Path', 'Chemin', { placeholder: '/orders/batch' })),
    method: z
      .enum(['POST', 'PUT', 'PATCH'])
      .default('POST')
      .meta(form('Method', 'Méthode', { advanced: true })),
    batch_rows: z.number().int().min(1).max(100_000).default(500).meta(form('Rows in a batch', 'Lignes par lot')),
    body: z
      .enum(['array', 'ndjson', 'object'])
      .default('array')
      .meta(
        form('A batch is sent as', 'Un lot est envoyé comme', {
          options: [
            option('array', 'a JSON array', 'un tableau JSON'),
            option('ndjson', 'one JSON object a line', 'un objet JSON par ligne'),
            option('object', 'one JSON object: a row each', 'un objet JSON : une ligne chacun'),
          ],
        }),
      ),
    wrap: z
      .string()
      .optional()
      .meta(
        form('Name of the array', 'Nom du tableau', {
          help: text('{"orders": […]}. Empty: the array alone.', '{"orders": […]}. Vide : le tableau seul.'),
          placeholder: 'orders',
          visibleWhen: { field: 'body', in: ['array'] },
          advanced: true,
        }),
      ),
    idempotency_header: z
      .string()
      .regex(/^[A-Za-z0-9-]*$/, 'write the name of a header')
      .default('Idempotency-Key')
      .meta(
        form('Header of the key', 'En-tête de la clé', {
          help: text(
            'Empty where the API does not know one: a batch is then never sent twice.',
            'Vide si l’API n’en connaît pas : un lot n’est alors jamais envoyé deux fois.',
          ),
          advanced: true,
        }),
      ),
    headers: pairsField('Headers', 'En-têtes', 'Accept-Language'),
  }),
  defaultConfig: { connection: '', path: '' },
  example: { connection: 'shop', path: '/orders/batch', batch_rows: 500 },
  describe: ({ connection, path }) => [connection, path].filter(Boolean).join(' · '),
})
