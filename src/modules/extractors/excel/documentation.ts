import { text } from '../../kit/files/form.ts'

export const documentation = text(
  `Reads one workbook (\`.xlsx\`, \`.xlsm\`) or a glob; several sheets and files are put together by the names of their columns. The rows
keep their order: file by file, sheet by sheet. Old \`.xls\`, binary \`.xlsb\` and OpenDocument files are refused with a hint: save them as \`.xlsx\`.

**Which cells.** A sheet by name, number or pattern, or all; or a range (\`A1:D20\`, \`B:F\`, \`C3:\`), a named range or a table, which
bring their own sheet. Blank rows at the start and the end, and columns without header and cells, are left out. Header texts of several rows
are joined, merged ones repeated. A column without header is called by its letter; a second \`Total\` becomes \`Total_2\`.

**Types** are decided from all rows (\`sample_rows\` may limit that): whole numbers are BIGINT, other numbers DOUBLE, cells formatted as dates DATE
or TIMESTAMP, as times TIME, as durations (\`[h]:mm\`) INTERVAL. A number is the shortest text that Excel shows for it: the
stored \`0.30000000000000004\` is 0.3, and as DECIMAL exactly 0.3. Percent and currency are formats: 15 % is 0.15. Texts stay texts, with their
leading zeros. A column that holds several kinds becomes text as a whole, with a warning that says which; with
\`mixed: majority\` the commonest kind wins and the other cells do not fit. Formulas give the value that was saved with the file.

**Dates** are exact to the millisecond, in the 1900 and the 1904 system. Excel’s calendar has no day before 1900 and a 29 February 1900 that
never was: such cells do not fit (in a VARCHAR column they are the bare number).

**Cells that do not fit** their column, errors such as #N/A and formulas that were never computed end the run with file, sheet and address, or
send their row to \`reject\`: rows in = rows out + rejected. Empty cells are NULL, and so are empty texts (\`null_values\`).`,
  `Lit un classeur (\`.xlsx\`, \`.xlsm\`) ou un motif ; plusieurs feuilles et fichiers sont réunis par les noms de leurs colonnes. Les lignes
gardent leur ordre : fichier par fichier, feuille par feuille. Les anciens \`.xls\`, les \`.xlsb\` binaires et OpenDocument sont refusés, avec un conseil : enregistrez-les en \`.xlsx\`.

**Quelles cellules.** Une feuille par nom, numéro ou motif, ou toutes ; ou une plage (\`A1:D20\`, \`B:F\`, \`C3:\`), une plage nommée ou un
tableau, qui apportent leur feuille. Les lignes vides au début et à la fin, et les colonnes sans en-tête ni cellule, sont ignorées. Les en-têtes
de plusieurs lignes sont joints, ceux qui sont fusionnés répétés. Une colonne sans en-tête porte sa lettre ; un second \`Total\` devient \`Total_2\`.

**Les types** sont décidés sur toutes les lignes (\`sample_rows\` peut limiter) : les nombres entiers sont BIGINT, les autres DOUBLE, les cellules au
format date DATE ou TIMESTAMP, au format heure TIME, durée (\`[h]:mm\`) INTERVAL. Un nombre est le texte le plus court qu’Excel
montre : \`0.30000000000000004\` enregistré vaut 0,3, et exactement 0,3 en DECIMAL. Pourcentage et monnaie sont des formats : 15 % vaut 0,15. Les textes
restent des textes, avec leurs zéros de tête. Une colonne de plusieurs genres devient du texte en entier, avec un avertissement ; avec
\`mixed: majority\`, le genre le plus fréquent l’emporte et les autres cellules ne conviennent pas. Les formules donnent la valeur enregistrée.

**Les dates** sont exactes à la milliseconde, dans les systèmes 1900 et 1904. Le calendrier d’Excel n’a aucun jour avant 1900, et un 29 février 1900
qui n’a jamais existé : ces cellules ne conviennent pas (dans une colonne VARCHAR, c’est le nombre nu).

**Les cellules qui ne conviennent pas**, les erreurs comme #N/A et les formules jamais calculées arrêtent l’exécution avec fichier, feuille et
adresse, ou envoient leur ligne à \`reject\` : lignes lues = lignes sorties + rejets. Les cellules vides sont NULL, les textes vides aussi (\`null_values\`).`,
)
