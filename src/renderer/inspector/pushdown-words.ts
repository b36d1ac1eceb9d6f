import type { NodePushdown } from '../../shared/engine/types.ts'

const OF_STEPS = {
  all: { en: 'The source does this in a run.', fr: 'La source s’en charge à l’exécution.' },
  part: { en: 'The source does a part of this in a run.', fr: 'La source en fait une partie à l’exécution.' },
  none: { en: 'This runs here, not in the source.', fr: 'Cette étape s’exécute ici, pas dans la source.' },
} as const

const OF_EXTRACTS = {
  all: {
    en: 'A run asks the source only for what the steps after it need.',
    fr: 'À l’exécution, on ne demande à la source que ce dont les étapes suivantes ont besoin.',
  },
  part: {
    en: 'A run leaves a part of the steps after it to the source.',
    fr: 'À l’exécution, la source fait une partie des étapes suivantes.',
  },
  none: { en: 'A run reads everything from the source.', fr: 'À l’exécution, tout est lu depuis la source.' },
} as const

export const NEEDED = { en: 'In the source', fr: 'Dans la source' } as const
export const STAYS = { en: 'Here', fr: 'Ici' } as const

/** One line about all of it. */
export const pushdownTitle = ({ pushed }: NodePushdown, extract: boolean) => (extract ? OF_EXTRACTS : OF_STEPS)[pushed]
