import type { Text } from '../../shared/modules/descriptor.ts'

const text = (en: string, fr: string): Text => ({ en, fr })

/** Why something is computed here and not by the source. */
export const REASONS = {
  off: text('Pushdown is turned off.', 'Le calcul dans la source est désactivé.'),
  unable: text(
    'This kind of source is read as it is; it is not asked to choose rows.',
    'Ce type de source est lu tel quel ; on ne lui demande pas de choisir des lignes.',
  ),
  rejects: text(
    'Its rejected rows are read by another step, which needs all of them.',
    'Ses lignes rejetées sont lues par une autre étape, qui a besoin de toutes.',
  ),
  checks: text(
    'Its checks need all rows of the source.',
    'Ses contrôles ont besoin de toutes les lignes de la source.',
  ),
  shared: text(
    'Several steps read these rows, and the others need all of them.',
    'Plusieurs étapes lisent ces lignes, et les autres ont besoin de toutes.',
  ),
  rest: text(
    'The rows that it drops are needed too: its port “rest” is read or checked.',
    'Les lignes qu’il retire servent aussi : son port « rest » est lu ou contrôlé.',
  ),
  unknown: text(
    'The columns of the source are not known: it could not be asked for them.',
    'Les colonnes de la source sont inconnues : elle n’a pas pu être interrogée.',
  ),
  nothing: text(
    'No step after it could run in the source.',
    'Aucune étape suivante ne pourrait s’exécuter dans la source.',
  ),
  some: text(
    'Some of the steps after it run here; each says why.',
    'Certaines étapes suivantes s’exécutent ici ; chacune dit pourquoi.',
  ),
  step: text(
    'The source chooses columns, filters, and takes the first rows; this step, and all after it, run here.',
    'La source choisit les colonnes, filtre et prend les premières lignes ; cette étape et les suivantes s’exécutent ici.',
  ),
  checked: text(
    'The checks of the step before it need the rows that this one would drop.',
    'Les contrôles de l’étape précédente ont besoin des lignes que celle-ci retirerait.',
  ),
  partial: text(
    'A filter before it runs here, at least in part, so that the source does not know which rows are the first.',
    'Un filtre avant elle s’exécute ici, au moins en partie : la source ne sait pas quelles lignes sont les premières.',
  ),
  order: text(
    'The source may put these rows in another order: only whole numbers, decimals, dates and times are ordered there.',
    'La source peut ordonner ces lignes autrement : elle n’ordonne que les entiers, les décimaux, les dates et les heures.',
  ),
  first: text(
    'The source cannot be asked for the first rows here: it reads what is new since the last run, has an order of its own, or does not give rows that are equal to the last.',
    'On ne peut pas demander ici les premières lignes à la source : elle lit les nouveautés depuis la dernière exécution, a son propre ordre, ou ne donne pas les lignes égales à la dernière.',
  ),
} as const

export const REFUSALS = {
  column: (name: string) =>
    text(
      `“${name}” is of a type that the source may compare in another way (floating point, padded or binary texts) or that is changed when it is read.`,
      `« ${name} » est d’un type que la source peut comparer autrement (virgule flottante, textes complétés ou binaires) ou qui change à la lecture.`,
    ),
  computed: (name: string) =>
    text(`“${name}” is computed by a step before this one.`, `« ${name} » est calculée par une étape avant celle-ci.`),
  value: (shown: string, name: string) =>
    text(
      `${shown} cannot be compared with “${name}” in the same way there and here.`,
      `${shown} ne se compare pas à « ${name} » de la même façon là-bas et ici.`,
    ),
  order: (name: string) =>
    text(
      `Texts are put in order by the source’s own rules: only = and <> of “${name}” run there.`,
      `La source ordonne les textes selon ses propres règles : seuls = et <> sur « ${name} » s’y exécutent.`,
    ),
  form: (shown: string) =>
    text(
      `“${shown}” is no comparison of a column with a constant; it might mean something else in the source.`,
      `« ${shown} » n’est pas une comparaison d’une colonne avec une constante ; la source pourrait le comprendre autrement.`,
    ),
} as const
