import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { text } from '../../kit/form.ts'

export const outputDescriptor = defineModule({
  type: 'transform.output',
  version: 1,
  family: 'route',
  title: text('Output', 'Sortie'),
  summary: text(
    'Where rows leave a pipeline that others use as a step.',
    'Par où les lignes sortent d’un pipeline qui sert d’étape à d’autres.',
  ),
  documentation: text(
    `Each Output of a pipeline is an output of the step that stands for it in others (Sub-pipeline), under the name of its node. The rows pass unchanged.

When the pipeline runs by itself, an Output does nothing: add a load to write its rows.`,
    `Chaque Sortie d’un pipeline est une sortie de l’étape qui le représente chez d’autres (Sous-pipeline), sous le nom de son nœud. Les lignes passent inchangées.

Quand le pipeline s’exécute seul, une Sortie ne fait rien : ajoutez un chargement pour écrire ses lignes.`,
  ),
  icon: 'output',
  keywords: [
    'macro output',
    'component output',
    'sub-pipeline',
    'result',
    'sortie',
    'sous-pipeline',
    'composant',
    'résultat',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config: z.strictObject({}),
  defaultConfig: {},
  example: {},
  describe: () => 'to the pipelines that use this one',
})
