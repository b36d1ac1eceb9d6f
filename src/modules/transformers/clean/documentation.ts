import { text } from '../../kit/form.ts'

export const cleanDocumentation = text(
  `Each operation works on the columns that it names: one by one, by a pattern of names (\`^amount_\`), or all of a kind. Operations run from top to
bottom, and each sees what those above it made. Columns keep their names and places, rows their order. NULL stays NULL, save for
\`null_to_value\`.

**Texts**: \`trim\` takes white space from the ends, the blanks that Unicode knows and the invisible ones included; \`collapse\` makes one blank of several, of
tabs and of line ends. \`case\` changes letters one for one (\`title\`: \`o'neil\` is one word, \`jean-paul\` two). \`remove\` and \`keep\` work on kinds of
characters and on those listed in \`set\`; removing invisible characters also takes apart emoji that are joined by them. \`normalize\` brings
letters that look alike to one form; NFKC also replaces ligatures, full-width letters and raised digits.

**Empty values**: \`empty_to_null\` also takes blanks alone and the words you list. \`null_to_value\` puts a value of the column's own type.

**Reading values**: \`boolean\`, \`number\`, \`date\`, \`phone\`, \`email\`, \`url\`. An empty text becomes NULL. Anything else that cannot be read stops the run, becomes
NULL or sends the row to \`reject\`, with the original values, the column and the reason, as \`on_error\` says.

- \`number\` reads only what is written as you said: with a comma as the thousands separator, \`1,23\` is no number. Nothing is rounded: what has more
  decimals than \`type\` does not fit. A DOUBLE takes the nearest number that it has.
- \`date\` reads figures in the order you choose, even where another would make sense: with day first, \`12/25/2024\` is unreadable. Without an order only
  dates are read that leave no doubt: \`2024-01-31\`, \`20240131\`, \`31 January 2024\`, \`Mar 5, 2024\` (months in English, French, German, Spanish,
  Italian, Portuguese, Dutch). Years 0001 to 9999. \`formats\` of your own (\`ddMMyyyy\`, \`%d.%m.%y\`) are tried first, from top to bottom, so that a column may mix any forms.
  A month or a year alone (\`March 2024\`, \`03/2024\`, \`2024\`) is read as its first or last day only where \`incomplete\` says so.
- \`phone\` gives E.164 (\`+33612345678\`). A number passes when it fits the numbering plan of its country (lengths and leading digits, from libphonenumber);
  that says nothing about whether it is in service. Extensions and letters are refused.
- \`email\` puts the domain in small letters, and wants the form name@domain.tld; whether the mailbox exists, it cannot know.
- \`url\` puts scheme and host in small letters, drops the scheme's own port, and on demand tracking parameters. Path and query stay as they are.

All rows with at least one unreadable value leave by \`reject\`, once, with the first column at fault.`,
  `Chaque opération porte sur les colonnes qu’elle nomme : une à une, par un motif de noms (\`^montant_\`), ou toutes celles d’un genre. Elles
s’appliquent de haut en bas, et chacune voit ce que les précédentes ont fait. Les colonnes gardent nom et place, les lignes leur ordre. NULL reste
NULL, sauf avec \`null_to_value\`.

**Textes** : \`trim\` retire les blancs aux bords, y compris ceux d’Unicode et les invisibles ; \`collapse\` fait un seul blanc de plusieurs, des tabulations et
des fins de ligne. \`case\` change les lettres une à une (\`title\` : \`o'neil\` est un mot, \`jean-paul\` deux). \`remove\` et \`keep\` portent sur des
genres de caractères et sur ceux de \`set\` ; retirer les caractères invisibles défait aussi les émojis qu’ils assemblent. \`normalize\` donne une seule
forme aux lettres d’aspect identique ; NFKC remplace aussi ligatures, lettres pleine chasse et exposants.

**Valeurs vides** : \`empty_to_null\` prend aussi les blancs seuls et les mots que vous listez. \`null_to_value\` met une valeur du type de la colonne.

**Lire des valeurs** : \`boolean\`, \`number\`, \`date\`, \`phone\`, \`email\`, \`url\`. Un texte vide devient NULL. Tout le reste qui ne se lit pas arrête l’exécution,
devient NULL ou envoie la ligne vers \`reject\`, avec ses valeurs d’origine, la colonne et la raison, selon \`on_error\`.

- \`number\` ne lit que ce qui est écrit comme vous l’avez dit : avec la virgule pour les milliers, \`1,23\` n’est pas un nombre. Rien n’est arrondi : plus
  de décimales que \`type\` ne tient pas. Un DOUBLE prend le nombre le plus proche.
- \`date\` lit les chiffres dans l’ordre choisi, même si un autre aurait un sens : jour d’abord, \`12/25/2024\` est illisible. Sans ordre, seules se lisent
  les dates sans équivoque : \`2024-01-31\`, \`20240131\`, \`31 janvier 2024\`, \`Mar 5, 2024\` (mois en anglais, français, allemand, espagnol, italien,
  portugais, néerlandais). Années 0001 à 9999. Vos propres \`formats\` (\`ddMMyyyy\`, \`%d.%m.%y\`) sont essayés d’abord, de haut en bas : une colonne peut mêler toutes les formes.
  Un mois ou une année seuls (\`mars 2024\`, \`03/2024\`, \`2024\`) se lisent comme leur premier ou dernier jour si \`incomplete\` le dit.
- \`phone\` donne l’E.164 (\`+33612345678\`). Un numéro passe s’il suit le plan de numérotation de son pays (longueurs et premiers chiffres, d’après
  libphonenumber) ; cela ne dit pas s’il est en service. Les postes et les lettres sont refusés.
- \`email\` met le domaine en minuscules et demande la forme nom@domaine.tld ; si la boîte existe, il ne peut le savoir.
- \`url\` met schéma et hôte en minuscules, retire le port habituel du schéma et, sur demande, les paramètres de suivi. Chemin et requête restent tels quels.

Une ligne avec au moins une valeur illisible part une seule fois par \`reject\`, avec la première colonne en cause.`,
)
