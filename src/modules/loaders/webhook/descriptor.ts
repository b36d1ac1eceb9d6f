import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { pairsField } from '../../kit/web-rows.ts'

export const webhookLoadDescriptor = defineModule({
  type: 'load.webhook',
  version: 1,
  family: 'load',
  title: text('Webhook', 'Webhook'),
  summary: text(
    'Tells a web address how many rows there are, or which.',
    'Dit à une adresse web combien de lignes il y a, ou lesquelles.',
  ),
  documentation: text(
    `Sends one POST once all rows are known: \`{"id", "run", "step", "rows", "columns"}\`, and the rows themselves as \`"data"\` where they
are asked for. More rows than allowed are an error, before anything is sent.

Where the connection has a *secret for signatures*, the header \`X-LogiData-Signature\` is \`sha256=\` and the HMAC-SHA256 of the body, in hexadecimal
digits. The header \`Idempotency-Key\` (and \`"id"\`) is the same however often the call is made for one run: whoever receives it can tell
a repetition. A run that is resumed does not call again what has answered.`,
    `Envoie un POST quand toutes les lignes sont connues : \`{"id", "run", "step", "rows", "columns"}\`, et les lignes elles-mêmes dans
\`"data"\` si on le demande. Plus de lignes que permis est une erreur, avant tout envoi.

Si la connexion a un *secret de signature*, l’en-tête \`X-LogiData-Signature\` est \`sha256=\` suivi du HMAC-SHA256 du corps, en chiffres
hexadécimaux. L’en-tête \`Idempotency-Key\` (et \`"id"\`) est le même quel que soit le nombre d’appels d’une exécution : le destinataire
reconnaît une répétition. Une exécution reprise ne rappelle pas ce qui a répondu.`,
  ),
  icon: 'json',
  keywords: ['webhook', 'notify', 'callback', 'HTTP', 'POST', 'Slack', 'notification', 'prévenir'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config: z.strictObject({
    connection: connectionField('http'),
    path: z
      .string()
      .default('')
      .meta(form('Path', 'Chemin', { placeholder: '/hooks/orders' })),
    send: z
      .enum(['summary', 'rows'])
      .default('summary')
      .meta(
        form('What is sent', 'Ce qui est envoyé', {
          options: [
            option('summary', 'how many rows', 'le nombre de lignes'),
            option('rows', 'the rows too', 'les lignes aussi'),
          ],
        }),
      ),
    max_rows: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(1000)
      .meta(form('Rows, at most', 'Lignes, au plus', { visibleWhen: { field: 'send', in: ['rows'] } })),
    skip_empty: z
      .boolean()
      .default(false)
      .meta(
        form('Not without rows', 'Pas sans lignes', { help: text('No row, no call.', 'Aucune ligne, aucun appel.') }),
      ),
    headers: pairsField('Headers', 'En-têtes', 'X-Source'),
  }),
  defaultConfig: { connection: '', path: '' },
  example: { connection: 'hooks', path: '/orders', send: 'rows' },
  describe: ({ connection, path }) => [connection, path].filter(Boolean).join(' · '),
})
