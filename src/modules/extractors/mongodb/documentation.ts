import { text } from '../../kit/form.ts'

export const documentation = text(
  `The columns come from a sample of the documents: half the first ones, half the last by \`_id\`. More documents can be looked at, fewer fields read, and each field, at the top or within
(\`address.zip\`; names with dots in quotes: \`"a.b".c\`), can be given a type. Memory stays bounded whatever the size; a cancel ends the query on the server.

**Types.** int and long are BIGINT, double is DOUBLE to the last bit with NaN and infinity (a field with whole numbers, too, where none is lost), bool is BOOLEAN. ObjectId is a text of 24 digits. date is
TIMESTAMP WITH TIME ZONE, also before year 1 and after 9999. Decimal128 is text, \`1.10\` and \`1E+3\` as they are, or DECIMAL where you choose it. Bytes are BLOB; of subtype 4, UUID; of others, JSON, which
keeps the subtype. Documents are STRUCT, arrays LIST; where that cannot be (no fields, names that differ by case only, more than 150 fields) they are JSON. Regular expressions, timestamps, code,
symbols, minKey and maxKey are Extended JSON. What the sample has only as null is JSON.

**What does not fit is told.** A value that its column cannot hold exactly (a text among numbers, 3.5 in a BIGINT) ends the run with the document's \`_id\` and the field, or goes to the rejects, or
becomes NULL: you choose. A field that the sample did not show ends the run, or is kept in a column \`_other_fields\`, or is left out. A type that you set takes what converts exactly; VARCHAR takes
everything as text, DOUBLE a Decimal128 rounded. undefined counts as null; null and missing are both NULL, told apart by a column \`_missing\` on demand.

**Parameters** stand as \`{"$parameter": "$since"}\` in filter, projection, sort and pipeline, and are sent as values of their type. Stages that write (\`$out\`, \`$merge\`) are refused.

**Only what is new**: each run reads the documents whose field is greater than the greatest value that the last run saw, up to the greatest that there is now; of the type of that value. The first
run reads all, documents without the field included; later ones do not see those, nor deletions. A document whose value is written late below the bound is missed unless there is an overlap.

**One state?** MongoDB does not give a long read one state of the collection: a document that is changed meanwhile comes as it was before or after, and one that moves in an index may come twice or
not at all. Order is the server's, unless you sort; documents over 2 MB of text come last.`,
  `Les colonnes viennent d’un échantillon des documents : pour moitié les premiers, pour moitié les derniers par \`_id\`. On peut en examiner davantage, lire moins de champs, et donner un type à chaque
champ, au premier niveau ou à l’intérieur (\`address.zip\` ; noms à points entre guillemets : \`"a.b".c\`). La mémoire reste bornée quelle que soit la taille ; une annulation met fin à la requête sur le serveur.

**Types.** int et long sont BIGINT, double est DOUBLE au dernier bit près avec NaN et l’infini (aussi un champ avec des entiers, si rien ne se perd), bool est BOOLEAN. ObjectId est un texte de 24 chiffres. date
est TIMESTAMP WITH TIME ZONE, même avant l’an 1 et après 9999. Decimal128 est du texte, \`1.10\` et \`1E+3\` tels quels, ou DECIMAL si vous le choisissez. Les octets sont BLOB ; de sous-type 4, UUID ; d’autres,
JSON, qui garde le sous-type. Les documents sont STRUCT, les tableaux LIST ; si c’est impossible (aucun champ, noms ne différant que par la casse, plus de 150 champs) ils sont JSON. Expressions
régulières, timestamps, code, symboles, minKey et maxKey sont en JSON étendu. Ce que l’échantillon n’a que comme null est JSON.

**Ce qui ne convient pas est dit.** Une valeur que sa colonne ne peut contenir exactement (un texte parmi des nombres, 3,5 dans un BIGINT) arrête l’exécution avec le \`_id\` du document et le champ, ou part aux
rejets, ou devient NULL : à vous de choisir. Un champ que l’échantillon n’a pas montré arrête l’exécution, ou est gardé dans une colonne \`_other_fields\`, ou est laissé de côté. Un type que vous donnez prend ce
qui se convertit exactement ; VARCHAR prend tout comme texte, DOUBLE un Decimal128 arrondi. undefined compte comme null ; null et absent sont NULL, distingués sur demande par une colonne \`_missing\`.

**Les paramètres** s’écrivent \`{"$parameter": "$since"}\` dans filtre, projection, tri et pipeline, et sont envoyés comme valeurs de leur type. Les étapes qui écrivent (\`$out\`, \`$merge\`) sont refusées.

**Seulement le nouveau** : chaque exécution lit les documents dont le champ dépasse la plus grande valeur vue la fois précédente, jusqu’à la plus grande d’à présent ; du type de cette valeur. La première lit tout,
documents sans ce champ compris ; les suivantes ne les voient pas, ni les suppressions. Un document dont la valeur est écrite tardivement sous la borne est manqué, sauf recouvrement.

**Un seul état ?** MongoDB ne donne pas à une longue lecture un seul état de la collection : un document modifié entre-temps arrive tel qu’avant ou qu’après, et celui qui se déplace dans un index peut arriver deux
fois ou pas du tout. L’ordre est celui du serveur, sauf tri ; les documents de plus de 2 Mo de texte arrivent à la fin.`,
)
