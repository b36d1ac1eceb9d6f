/** Words of pipelines that are steps of others. */
export const enSub = {
  'sub.open': 'Open this pipeline',
  'sub.itself': 'This is the pipeline itself; it cannot contain itself.',
  'sub.back': 'Back to {name}',
  'sub.backKeys': 'Alt ↑',
  'sub.changed': 'Its inputs and outputs have changed since they were taken over.',
  'sub.added': 'New: {names}.',
  'sub.gone': 'Gone: {names}.',
  'sub.adopt': 'Take the change over',
  'sub.noParameters': 'It has no parameters.',
  'sub.unknown': 'not a parameter of it',
  'sub.needed': 'needed',
  'sub.makeCommand': 'Make a sub-pipeline of the selected steps',
  'sub.makeOf': 'Make a sub-pipeline…',
  'sub.makeTitle': 'Make a sub-pipeline',
  'sub.makeHint':
    'The selected step moves into a pipeline of its own, which other pipelines can use too. | The {count} selected steps move into a pipeline of their own, which other pipelines can use too.',
  'sub.make': 'Make',
  'sub.made': 'The steps are now in {path}.',
  'sub.changedMeanwhile': 'This pipeline changed meanwhile. The new one is in {path}; nothing was replaced.',
  'sub.putHere': 'Put its steps here',
} as const
