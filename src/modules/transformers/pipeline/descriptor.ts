import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { nodeIdSchema } from '../../../shared/pipeline/document.ts'
import { form, text } from '../../kit/form.ts'

const ports = (en: string, fr: string) =>
  z
    .array(z.strictObject({ name: nodeIdSchema.meta(form('Name', 'Nom')) }))
    .default([])
    .meta(
      form(en, fr, {
        control: 'list',
        advanced: true,
        help: text(
          'Taken from the other pipeline when it is chosen.',
          'Prises dans l’autre pipeline quand il est choisi.',
        ),
      }),
    )

const config = z.strictObject({
  path: z
    .string()
    .min(1, 'choose a pipeline')
    .meta(
      form('Pipeline', 'Pipeline', { control: 'pipelinePath', placeholder: 'pipelines/clean-names.pipeline.yaml' }),
    ),
  inputs: ports('Its inputs', 'Ses entrées'),
  outputs: ports('Its outputs', 'Ses sorties'),
  parameters: z
    .array(
      z.strictObject({
        name: nodeIdSchema.meta(form('Parameter', 'Paramètre')),
        value: z.string().meta(form('Value', 'Valeur', { placeholder: '2024-01-01' })),
      }),
    )
    .default([])
    .meta(
      form('Its parameters', 'Ses paramètres', {
        control: 'pipelineParameters',
        help: text(
          'Those without a value take their defaults. $name hands on a parameter of this pipeline.',
          'Ceux qui n’ont pas de valeur prennent leur défaut. $nom transmet un paramètre de ce pipeline.',
        ),
      }),
    ),
})

export const pipelineDescriptor = defineModule({
  type: 'transform.pipeline',
  version: 1,
  family: 'route',
  title: text('Sub-pipeline', 'Sous-pipeline'),
  summary: text(
    'Uses another pipeline of the project as one step.',
    'Utilise un autre pipeline du projet comme une seule étape.',
  ),
  documentation: text(
    `The other pipeline’s Input steps are the inputs of this step, and its Output steps are its outputs, by their names. It runs as if its steps stood here: they
are fused into the same queries, and its loads are part of the run. Its parameters get the values that are given here, else their defaults.

The inputs and outputs that this pipeline relies on are written in its file. So this pipeline can be read and checked without the other one, and a change over there
that would break it is an error here, named, before anything runs; one press takes the change over.

A problem inside is shown at this step, with the step of the other pipeline that it comes from. A pipeline cannot contain itself.`,
    `Les étapes Entrée de l’autre pipeline sont les entrées de cette étape, et ses étapes Sortie en sont les sorties, sous leurs noms. Il s’exécute comme si ses étapes étaient
ici : elles sont fondues dans les mêmes requêtes, et ses chargements font partie de l’exécution. Ses paramètres prennent les valeurs données ici, sinon leurs défauts.

Les entrées et sorties sur lesquelles ce pipeline compte sont écrites dans son fichier. Il peut donc être lu et contrôlé sans l’autre, et un changement là-bas qui
le casserait est ici une erreur, nommée, avant toute exécution ; un clic reprend le changement.

Un problème à l’intérieur est montré sur cette étape, avec l’étape de l’autre pipeline d’où il vient. Un pipeline ne peut pas se contenir lui-même.`,
  ),
  icon: 'pipeline',
  keywords: [
    'macro',
    'component',
    'sub-workflow',
    'reuse',
    'nested',
    'call',
    'composant',
    'réutiliser',
    'imbriqué',
    'appeler',
  ],
  inputs: [{ name: 'input', title: text('Input', 'Entrée'), each: { field: 'inputs', name: 'name' } }],
  outputs: [{ name: 'output', title: text('Output', 'Sortie'), each: { field: 'outputs', name: 'name' } }],
  config,
  defaultConfig: { path: '', inputs: [], outputs: [] },
  example: {
    path: 'pipelines/clean-names.pipeline.yaml',
    inputs: [{ name: 'people' }],
    outputs: [{ name: 'clean' }, { name: 'doubtful' }],
    parameters: [{ name: 'country', value: 'FR' }],
  },
  describe: ({ path }) => path.replace(/^.*\//, '').replace(/\.pipeline\.yaml$/, '') || 'no pipeline chosen',
})
