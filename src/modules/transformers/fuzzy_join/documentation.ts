import type { Text } from '../../../shared/modules/descriptor.ts'

export const documentation: Text = {
  en: `Each pair of columns gives a score from 0 to 1, and the score of a pair of rows is their mean, weighted by \`weight\`. Rows whose score is the \`threshold\` or more match.

| method | the score is |
| --- | --- |
| \`levenshtein\` | 1 − edits ÷ length of the longer text; an edit adds, drops or changes a letter |
| \`damerau_levenshtein\` | the same, where swapping two neighbours is one edit |
| \`jaro_winkler\` | Jaro's similarity, higher where the first four letters agree |
| \`token_sort\` | \`levenshtein\` over the words in the order of the alphabet |
| \`token_set\` | the same, or the share that the common words have of either text, whichever is most |
| \`jaccard\` | common words ÷ all different words of both |
| \`trigram\` | the same with groups of three letters |
| \`exact\` | no score: these columns must be equal, as they are |

**Before comparing**, case, accents, punctuation and extra white space are taken away, as the switches say. A text that is empty then, or NULL, scores 0. The first
100 characters count. Letters outside the Latin alphabet count by their bytes in UTF-8, two to four each.

**Which rows are compared.** Comparing all with all takes forever on large tables. \`blocking: auto\` compares only rows that can reach the threshold, and **misses none**: texts
within so many edits have a piece in common, since so many edits cannot touch all pieces (PassJoin); texts with so many common words share one of their rarest. For \`jaro_winkler\` there is no such rule:
there, and only there, rows that share a word sounding alike (Soundex) or the first three letters are compared, and others can be missed. The other choices are faster, and can miss matches; \`none\` misses nothing and is
for small tables. Columns to be equal (\`exact\`) make everything faster. Low thresholds and long texts make it slower.

**Best matches** are the highest scores for a left row; where scores are equal, the right row that is first by all its columns. A right row may be the best of several left rows.

**Outputs.** \`match\` has the left columns, then the right ones as in Join, then the score. \`left_rest\` and \`right_rest\` have the rows of each side that are in no match. The order of rows is not kept.`,
  fr: `Chaque paire de colonnes donne un score de 0 à 1 ; le score d’une paire de lignes est leur moyenne, pondérée par \`weight\`. Les lignes dont le score atteint \`threshold\` correspondent.

| méthode | le score est |
| --- | --- |
| \`levenshtein\` | 1 − modifications ÷ longueur du texte le plus long ; une modification ajoute, retire ou change une lettre |
| \`damerau_levenshtein\` | de même, mais inverser deux lettres voisines est une seule modification |
| \`jaro_winkler\` | la similarité de Jaro, plus haute quand les quatre premières lettres concordent |
| \`token_sort\` | \`levenshtein\` sur les mots dans l’ordre alphabétique |
| \`token_set\` | de même, ou la part des mots communs dans l’un des textes, si elle est plus grande |
| \`jaccard\` | mots communs ÷ tous les mots différents des deux |
| \`trigram\` | de même avec des groupes de trois lettres |
| \`exact\` | aucun score : ces colonnes doivent être égales, telles quelles |

**Avant de comparer**, la casse, les accents, la ponctuation et les espaces en trop sont retirés, selon les réglages. Un texte alors vide, ou NULL, a le score 0. Les 100 premiers
caractères comptent. Les lettres hors de l’alphabet latin comptent par leurs octets en UTF-8, de deux à quatre.

**Quelles lignes sont comparées.** Tout comparer avec tout serait interminable sur de grandes tables. \`blocking: auto\` ne compare que les lignes qui peuvent atteindre le seuil et **n’en manque aucune** : des textes
séparés par si peu de modifications ont un morceau en commun, car elles ne peuvent toucher tous les morceaux (PassJoin) ; des textes ayant tant de mots communs partagent l’un de leurs plus rares. Pour \`jaro_winkler\` il n’existe pas de telle règle :
là, et là seulement, sont comparées les lignes qui partagent un mot de même son (Soundex) ou les trois premières lettres, et d’autres peuvent manquer. Les autres choix sont plus rapides et peuvent manquer des correspondances ; \`none\` n’en manque
aucune et convient aux petites tables. Les colonnes à égalité (\`exact\`) accélèrent tout. Les seuils bas et les textes longs ralentissent.

**Les meilleures correspondances** sont les scores les plus hauts d’une ligne de gauche ; à score égal, la ligne de droite première selon toutes ses colonnes. Une ligne de droite peut être la meilleure de plusieurs lignes de gauche.

**Sorties.** \`match\` a les colonnes de gauche, puis celles de droite comme dans Joindre, puis le score. \`left_rest\` et \`right_rest\` ont les lignes de chaque côté qui ne sont dans aucune correspondance. L’ordre des lignes n’est pas gardé.`,
}
