import { text } from '../../kit/form.ts'

export const documentation = text(
  `All rows go into a collection beside the target first, in ordered bulk writes, under the rules and unique indexes that the target has. A value that cannot be written, a key that is missing or comes
twice, a document that the target would refuse: the load ends there, naming row and column, and the target is as it was.

**Then the target changes.** \`replace\` is one command of the server (\`renameCollection\` with \`dropTarget\`): readers see the old collection or the new one, with the same indexes and rules. (On servers
that cannot, such as FerretDB, two commands: for a moment there is no collection.) The other modes change the documents in place, in batches: **while that goes on readers see some old and some new
documents**. It is not a transaction. What is to be done stands in \`_logidata_loads\` before the first change, and each step leads to the same however often it is made: after a crash or a lost connection the run, once
resumed, makes the change to its end, and so does the next load of the same collection before its own. The result is that of a load that was never broken off. A cancel counts until the change begins.

**Modes.** \`append\`; \`truncate\` (deletes, then inserts); \`upsert\` by key, which leaves other fields of a document as they are; \`merge\`, where you choose what happens to new, known and missing keys;
\`delete_insert\` by the values of some columns; \`soft_delete\`, which marks what no row has any longer with a time, and takes the mark off again; \`history\`, which ends the version of a changed row and adds one, with
\`valid_from\`, \`valid_to\`, \`is_current\` and \`row_hash\`. The key gets a unique index.

**Types.** Whole numbers up to 32 bits are int, BIGINT and UINTEGER long, larger ones and DECIMAL Decimal128 (34 digits; more is an error). FLOAT and DOUBLE are double. DATE and time stamps are dates: time stamps
without a zone count as UTC, and microseconds are an error unless you cut them off. BLOB and UUID are bytes of subtype 0 and 4. Lists, structs and maps are arrays and documents. JSON becomes documents; \`{"$oid": …}\` and all
of Extended JSON is what it means, unless you say otherwise. TIME, INTERVAL and the like are text. A text of 24 digits becomes an ObjectId where you name the column. Without a column \`_id\` each document gets a new ObjectId.

Needs the role \`readWrite\`. Names with dots or a leading dollar can be inserted where the server allows it, not updated.`,
  `Toutes les lignes vont d’abord dans une collection à côté de la cible, en écritures groupées et ordonnées, sous les règles et index uniques de la cible. Une valeur impossible à écrire, une clé absente ou répétée, un
document que la cible refuserait : le chargement s’arrête là, en nommant ligne et colonne, et la cible est comme avant.

**Puis la cible change.** \`replace\` est une seule commande du serveur (\`renameCollection\` avec \`dropTarget\`) : les lecteurs voient l’ancienne collection ou la nouvelle, avec les mêmes index et règles. (Sur les serveurs
qui ne le peuvent pas, comme FerretDB, deux commandes : un instant, il n’y a pas de collection.) Les autres modes changent les documents sur place, par lots : **pendant ce temps les lecteurs voient des documents anciens et
nouveaux**. Ce n’est pas une transaction. Ce qui est à faire est noté dans \`_logidata_loads\` avant le premier changement, et chaque étape mène au même résultat même répétée : après un arrêt brutal ou une connexion
perdue, l’exécution reprise mène le changement à son terme, et le prochain chargement de la même collection aussi, avant le sien. Le résultat est celui d’un chargement jamais interrompu. Une annulation vaut jusqu’au début
du changement.

**Modes.** \`append\` ; \`truncate\` (supprime, puis insère) ; \`upsert\` par clé, qui laisse les autres champs d’un document ; \`merge\`, où vous choisissez le sort des clés nouvelles, connues et disparues ; \`delete_insert\`
selon les valeurs de colonnes ; \`soft_delete\`, qui marque d’une date ce qu’aucune ligne n’a plus, et ôte la marque au retour ; \`history\`, qui clôt la version d’une ligne modifiée et en ajoute une, avec \`valid_from\`,
\`valid_to\`, \`is_current\` et \`row_hash\`. La clé reçoit un index unique.

**Types.** Les entiers jusqu’à 32 bits sont int, BIGINT et UINTEGER long, les plus grands et DECIMAL Decimal128 (34 chiffres ; au-delà, erreur). FLOAT et DOUBLE sont double. DATE et horodatages sont des dates : sans
fuseau, en UTC ; les microsecondes sont une erreur, sauf si vous les tronquez. BLOB et UUID sont des octets de sous-type 0 et 4. Listes, structures et maps sont tableaux et documents. JSON devient des documents ; \`{"$oid": …}\`
et tout le JSON étendu y ont leur sens, sauf choix contraire. TIME, INTERVAL et semblables sont du texte. Un texte de 24 chiffres devient un ObjectId si vous nommez la colonne. Sans colonne \`_id\`, chaque document
reçoit un nouvel ObjectId.

Il faut le rôle \`readWrite\`. Les noms à points ou à dollar initial peuvent être insérés si le serveur l’admet, non mis à jour.`,
)
