import { text } from '../../kit/form.ts'

export const restDocumentation = text(
  `Asks an API for rows and reads JSON, JSON lines, XML or CSV, page by page; one page is in memory at a time.

**Rows.** *Where the rows are* is a path such as \`data.items\`, \`$.results[0].rows\` or \`edges[*].node\`. Objects become STRUCT, arrays
lists; what has no single type stays JSON. In XML an element of text alone is a text, one that repeats a list, an attribute \`@name\`.

**Types** are decided by the first rows, anew at each run; whole numbers and decimals are read from the text of the answer, never by way of
a floating number. A later value that is not exactly of its column's type (a decimal in a column of whole numbers, a field that the sample did not
have) fails the run with its row, or goes to *reject*: nothing is rounded or left out without a word. Give the column a type to decide it.

**Pages.** By number and offset, pages are asked for until one is empty (or *how many rows there are* is reached): a short page need not
be the last. The same page twice, or the same request, is an error, not an endless run. Links to other hosts are refused.

**Parameters.** \`$name\` in path, parameters, headers and in the texts of the body is the pipeline's parameter, encoded for its place.
\`$$\` is a dollar.

**Only what is new.** \`$cursor\` is *at first*, later what the last successful run found. It moves with the rows: a run that
fails repeats nothing and skips nothing. Values that are equal to the last one come again where the API includes them: load by key.

Rows keep the order of the API. Pages that change while they are read are the API's affair: prefer cursors to numbers.`,
  `Demande des lignes à une API et lit JSON, lignes JSON, XML ou CSV, page par page ; une page est en mémoire à la fois.

**Lignes.** *Où sont les lignes* est un chemin comme \`data.items\`, \`$.results[0].rows\` ou \`edges[*].node\`. Les objets deviennent STRUCT,
les tableaux des listes ; ce qui n’a pas de type unique reste JSON. En XML, un élément de texte est un texte, un élément répété une liste, un
attribut \`@nom\`.

**Types** : décidés sur les premières lignes, à chaque exécution ; entiers et décimaux sont lus dans le texte de la réponse, jamais par un
nombre flottant. Une valeur ultérieure qui n’est pas exactement du type de sa colonne (un décimal parmi des entiers, un champ absent de
l’échantillon) arrête l’exécution en donnant sa ligne, ou va dans *reject* : rien n’est arrondi ni omis sans le dire. Donnez un type à la
colonne pour en décider.

**Pages.** Par numéro et par décalage, on demande jusqu’à une page vide (ou jusqu’au *nombre de lignes*) : une page courte n’est pas
forcément la dernière. Deux fois la même page, ou la même requête, est une erreur et non une exécution sans fin. Les liens vers d’autres
hôtes sont refusés.

**Paramètres.** \`$nom\` dans le chemin, les paramètres, les en-têtes et les textes du corps est le paramètre du pipeline, encodé pour sa
place. \`$$\` est un dollar.

**Seulement le nouveau.** \`$cursor\` vaut d’abord *la valeur du début*, puis ce que la dernière exécution réussie a trouvé. Il avance avec les
lignes : une exécution qui échoue ne répète ni ne saute rien. Les valeurs égales à la dernière reviennent si l’API les inclut : chargez par clé.

Les lignes gardent l’ordre de l’API. Des pages qui changent pendant la lecture sont l’affaire de l’API : préférez les curseurs aux numéros.`,
)
