import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { nodeIdSchema } from '../../../shared/pipeline/document.ts'
import { form, text } from '../../kit/form.ts'

const config = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        port: nodeIdSchema.meta(form('Output', 'Sortie', { placeholder: 'north' })),
        condition: z.string().meta(
          form('Rows where', 'Lignes où', {
            control: 'expression',
            port: 'in',
            placeholder: "region = 'North'",
          }),
        ),
      }),
    )
    .min(1, 'add at least one case')
    .superRefine((cases, context) => {
      const seen = new Set(['otherwise'])
      cases.forEach(({ port }, index) => {
        if (seen.has(port))
          context.addIssue({
            code: 'custom',
            path: [index, 'port'],
            message: port === 'otherwise' ? '“otherwise” is for the rows of no case' : `“${port}” is there already`,
          })
        seen.add(port)
      })
    })
    .meta(
      form('Cases', 'Cas', {
        control: 'list',
        help: text(
          'Tried from top to bottom: a row leaves by the first case that is true for it.',
          'Essayés de haut en bas : une ligne sort par le premier cas vrai pour elle.',
        ),
      }),
    ),
})

export const switchDescriptor = defineModule({
  type: 'transform.switch',
  version: 1,
  family: 'route',
  title: text('Switch', 'Aiguillage'),
  summary: text(
    'Sends each row to one of any number of outputs, by conditions.',
    'Envoie chaque ligne vers une sortie parmi plusieurs, selon des conditions.',
  ),
  documentation: text(
    `Every case is an output of its own. A row leaves by the **first** case whose condition is true for it, and by \`otherwise\` when none is:
false, or unknown because of a NULL. So each row leaves by exactly one output, and the rows of all outputs together are the rows of the input.

The name of a case is the name of its output in the file (\`inputs: { in: by_region.north }\`): lower-case letters, digits and \`_\`. When you rename
a case, the steps that read from it follow. A condition that gives another result each time, such as \`random()\`, is refused.

To send a row to several outputs at once, use one Filter per output.`,
    `Chaque cas est une sortie. Une ligne sort par le **premier** cas dont la condition est vraie pour elle, et par \`otherwise\` si aucune ne l’est :
fausse, ou inconnue à cause d’un NULL. Chaque ligne sort donc par une seule sortie, et les lignes de toutes les sorties réunies sont celles de l’entrée.

Le nom d’un cas est celui de sa sortie dans le fichier (\`inputs: { in: par_region.nord }\`) : minuscules, chiffres et \`_\`. Quand vous renommez un cas,
les étapes qui le lisent suivent. Une condition qui donne un autre résultat à chaque fois, comme \`random()\`, est refusée.

Pour envoyer une ligne vers plusieurs sorties à la fois, utilisez un filtre par sortie.`,
  ),
  icon: 'switch',
  keywords: [
    'router',
    'case',
    'rule',
    'split',
    'branch',
    'condition',
    'aiguiller',
    'cas',
    'règle',
    'répartir',
    'branche',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [
    { name: 'otherwise', title: text('All other rows', 'Toutes les autres lignes') },
    { name: 'case', title: text('Case', 'Cas'), each: { field: 'cases', name: 'port' } },
  ],
  config,
  defaultConfig: { cases: [{ port: 'case_1', condition: 'TRUE' }] },
  example: {
    cases: [
      { port: 'large', condition: 'total >= 1000' },
      { port: 'europe', condition: "country IN ('France', 'Germany', 'Spain')" },
    ],
  },
  describe: ({ cases }) => cases.map(({ port }) => port).join(' · '),
})
