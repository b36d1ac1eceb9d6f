import { text } from '../../kit/form.ts'

export const httpLookupDocumentation = text(
  `Each different combination of the values that the request names is asked for once in a run; rows with the same values share the answer. Rows keep their order, their columns and
their number (unless a result that is a list gives a row each).

**The request.** \`$column\` (\`\${column name}\` where the name has blanks) stands for a value of the row, in the path, in a parameter, in a header or within the quotes of the JSON of a body. A value can
change nothing but its own place: it is encoded for an address, and quoted in JSON; a text that is nothing but \`"$id"\` becomes a number where the column holds numbers. Dates and times come as
\`2024-01-31\` and \`2024-01-31 10:00:00\`. Parameters of the pipeline are named in the same way; a column with the name of a parameter is refused. \`$$\` is a dollar.

**The answer** is JSON. *Where the result is* leads to what belongs to the row (\`data\`, \`results[0].address\`), and each column has its path from there; what is not there is NULL. A value must be exactly
of the type of its column: \`1.5\` is no INTEGER, \`2024-02-30\` no DATE. An object or a list in a VARCHAR or JSON column is its JSON. Numbers keep all their digits.

**Nothing found**: the API answers 404 or 410, or the result is absent, null or an empty list, or a value that the request names is NULL (then nothing is asked). Such a row gets NULL, is rejected
or fails the run. Look at the preview: with a wrong path every row is one.

**Errors.** How many requests run at once, how many a second, how often one is tried again and how long a pause the API may ask for (\`Retry-After\`) are settings of the connection. What still fails,
and an answer or a value that does not fit, is an error of the row: it fails the run, leaves by \`reject\` with \`_reason\`, or gets NULL. A wrong password, a host that is not there or a certificate that is not right always fails the run.

**Kept answers.** With *on this computer*, answers (also that there is none) are used again by later runs for so many hours; errors never are. They are below \`.logidata/\` and can hold what the API gave: choose *for this run* where that may
not stay on a disk. An offline run takes kept answers of any age, and fails where there is none.

A preview asks about the first 50 rows, keeps those answers for a day, and takes older ones where the API cannot be reached. Nested columns cannot be carried past this step: turn them into JSON before.`,
  `Chaque combinaison différente des valeurs nommées dans la requête est demandée une seule fois par exécution ; les lignes de mêmes valeurs partagent la réponse. Les lignes gardent leur ordre, leurs colonnes et
leur nombre (sauf si un résultat en liste donne une ligne chacun).

**La requête.** \`$colonne\` (\`\${nom de colonne}\` si le nom a des espaces) représente une valeur de la ligne, dans le chemin, dans un paramètre, dans un en-tête ou entre les guillemets du JSON d’un corps. Une valeur ne
peut changer que sa propre place : elle est encodée pour une adresse et protégée en JSON ; un texte réduit à \`"$id"\` devient un nombre si la colonne contient des nombres. Dates et heures arrivent comme
\`2024-01-31\` et \`2024-01-31 10:00:00\`. Les paramètres du pipeline se nomment de même ; une colonne du nom d’un paramètre est refusée. \`$$\` est un dollar.

**La réponse** est du JSON. *Où est le résultat* mène à ce qui revient à la ligne (\`data\`, \`results[0].address\`), et chaque colonne a son chemin à partir de là ; ce qui n’y est pas vaut NULL. Une valeur doit être exactement
du type de sa colonne : \`1.5\` n’est pas un INTEGER, ni \`2024-02-30\` une DATE. Un objet ou une liste dans une colonne VARCHAR ou JSON est son JSON. Les nombres gardent tous leurs chiffres.

**Rien trouvé** : l’API répond 404 ou 410, ou le résultat est absent, nul ou une liste vide, ou une valeur nommée dans la requête est NULL (rien n’est alors demandé). Une telle ligne reçoit NULL, est rejetée
ou fait échouer l’exécution. Regardez l’aperçu : avec un mauvais chemin, toutes les lignes sont ainsi.

**Erreurs.** Le nombre de requêtes simultanées et par seconde, les nouveaux essais et la pause que l’API peut demander (\`Retry-After\`) sont des réglages de la connexion. Ce qui échoue encore,
et une réponse ou une valeur qui ne convient pas, est une erreur de la ligne : elle fait échouer l’exécution, sort par \`reject\` avec \`_reason\`, ou reçoit NULL. Un mauvais mot de passe, un hôte absent ou un certificat incorrect font toujours échouer l’exécution.

**Réponses gardées.** Avec *sur cet ordinateur*, les réponses (aussi l’absence de réponse) servent aux exécutions suivantes pendant tant d’heures ; les erreurs jamais. Elles sont sous \`.logidata/\` et peuvent contenir ce que l’API a donné : choisissez *pour cette exécution* si cela
ne doit pas rester sur un disque. Une exécution hors ligne prend les réponses gardées de tout âge, et échoue s’il n’y en a pas.

Un aperçu interroge pour les 50 premières lignes, garde ces réponses un jour, et en prend de plus anciennes si l’API est injoignable. Les colonnes imbriquées ne passent pas cette étape : changez-les en JSON avant.`,
)
