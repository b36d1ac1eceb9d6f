import { text } from '../kit/form.ts'

/** What holds for every source of files behind a connection. */
export const remoteSourceDocumentation = text(
  `The files are read by the same code as those of the project, in the order of their names: the options of a format are those of its step (\`csv: { delimiter: ";" }\`). Without \`format\` the names tell it.
Below a folder (\`raw/\`), hidden files such as \`_SUCCESS\` are left out; a pattern names what it names.

**Columns** are found in a sample: parts of the first, the last and some files between, \`sample_megabytes\` together. Every file is then read with exactly these types. A file without one of the columns has NULL there.
A column that the sample did not have, or had with another type, ends the run (\`source.changed\`): nothing is dropped or turned into another type in silence.
A value that does not fit its column ends the run with file, line and column, or goes to \`reject\` where the format has \`on_bad_row\`.

**Incremental**: a run reads the files whose version (their ETag, else size and time) no earlier run has loaded. The list of versions is kept with the run, in the transaction that says that it succeeded. A file that changed is read
whole: load by a key then, or write files once.

Memory is bounded whatever the size; on the disk there are at most two parts of 1 GB, or one file that is larger.`,
  `Les fichiers sont lus par le même code que ceux du projet, dans l’ordre de leurs noms : les options d’un format sont celles de son étape (\`csv: { delimiter: ";" }\`). Sans \`format\`, les noms le disent.
Sous un dossier (\`raw/\`), les fichiers cachés tels que \`_SUCCESS\` sont laissés de côté ; un motif désigne ce qu’il désigne.

**Les colonnes** sont trouvées dans un échantillon : des parties du premier fichier, du dernier et de quelques autres, \`sample_megabytes\` en tout. Chaque fichier est ensuite lu avec exactement ces types. Un fichier sans l’une des colonnes y a NULL.
Une colonne que l’échantillon n’avait pas, ou avait d’un autre type, arrête l’exécution (\`source.changed\`) : rien n’est perdu ni converti en silence.
Une valeur qui n’entre pas dans sa colonne arrête l’exécution avec fichier, ligne et colonne, ou va dans \`reject\` si le format a \`on_bad_row\`.

**Incrémental** : une exécution lit les fichiers dont aucune exécution précédente n’a chargé la version (leur ETag, sinon taille et date). La liste des versions est conservée dans la transaction qui dit que l’exécution a réussi. Un fichier modifié est relu
en entier : chargez alors par clé, ou n’écrivez chaque fichier qu’une fois.

La mémoire est bornée quelle que soit la taille ; sur le disque se trouvent au plus deux parties de 1 Go, ou un fichier s’il est plus grand.`,
)
