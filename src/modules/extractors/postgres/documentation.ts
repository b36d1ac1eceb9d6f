import { text } from '../../kit/form.ts'

export const documentation = text(
  `Reads the rows of a table, a view, a materialised view, a foreign table or a query, by \`COPY\`, which is as fast as PostgreSQL gives them. All rows are of one state of
the database, also where a large table is read over several connections. Nothing is written: the transaction cannot.

**Order.** Rows come in no order unless one is asked for; a query keeps its own \`ORDER BY\`. **NULL** and the empty text stay two things.

**Parameters** of the pipeline are written \`$name\` in a query or a condition. They are bound, never put into the text; where PostgreSQL cannot tell their type, write \`$since::date\`.

**Types.** Whole numbers, \`boolean\`, \`real\`, \`double precision\`, \`uuid\`, \`date\`, \`time\`, \`timestamp\` and \`timestamptz\` (in UTC, to the microsecond, years before our era too) stay what they are; \`numeric(p,s)\` to 38 digits is a
DECIMAL, \`bytea\` a BLOB, \`json\` and \`jsonb\` JSON as it was written. Arrays are lists of as many dimensions as the column declares; one of another shape, or that does not count from 1, is an error, unless
arrays are read as text or JSON. \`char(n)\` comes without its trailing blanks. Ranges, enums, intervals, \`timetz\`, \`inet\`, \`money\`, \`xml\`, \`bit\`, \`hstore\`, composites, geometries and all others come as the text that PostgreSQL shows. A
domain is what it is made of.

What a type cannot hold is an error that names column and value, or what is chosen: infinite dates, \`NaN\` in \`numeric\`, \`numeric\` without limits.

**Only what is new.** With a column that grows, a run reads the rows above the largest value of the run before whose rows were loaded, less the overlap, and up to the largest value of now; both are taken in the
state of the database that the rows are of. Rows that change without that column growing, and deleted rows, are not seen.`,
  `Lit les lignes d’une table, d’une vue, d’une vue matérialisée, d’une table étrangère ou d’une requête, par \`COPY\`, aussi vite que PostgreSQL les donne. Toutes les lignes sont d’un seul état
de la base, même si une grande table est lue par plusieurs connexions. Rien n’est écrit : la transaction ne le peut pas.

**Ordre.** Les lignes viennent sans ordre, sauf si on en demande un ; une requête garde son propre \`ORDER BY\`. **NULL** et le texte vide restent deux choses.

**Les paramètres** du pipeline s’écrivent \`$nom\` dans une requête ou une condition. Ils sont liés, jamais mis dans le texte ; si PostgreSQL ne peut pas en dire le type, écrivez \`$since::date\`.

**Types.** Les entiers, \`boolean\`, \`real\`, \`double precision\`, \`uuid\`, \`date\`, \`time\`, \`timestamp\` et \`timestamptz\` (en UTC, à la microseconde, années avant notre ère comprises) restent ce qu’ils sont ; \`numeric(p,s)\` jusqu’à 38 chiffres est
un DECIMAL, \`bytea\` un BLOB, \`json\` et \`jsonb\` du JSON tel qu’il est écrit. Les tableaux sont des listes d’autant de dimensions que la colonne en déclare ; une autre forme, ou un tableau qui ne compte pas à partir de 1, est une erreur, sauf si
les tableaux sont lus comme texte ou JSON. \`char(n)\` vient sans ses blancs finaux. Intervalles de valeurs, énumérations, durées, \`timetz\`, \`inet\`, \`money\`, \`xml\`, \`bit\`, \`hstore\`, composites, géométries et tous les autres viennent
comme le texte que PostgreSQL montre. Un domaine est ce dont il est fait.

Ce qu’un type ne peut pas contenir est une erreur qui nomme la colonne et la valeur, ou ce qui est choisi : dates infinies, \`NaN\` dans \`numeric\`, \`numeric\` sans limites.

**Seulement ce qui est nouveau.** Avec une colonne qui croît, une exécution lit les lignes au-dessus de la plus grande valeur de la dernière exécution dont les lignes ont été chargées, moins le recouvrement, et jusqu’à la plus grande valeur
de maintenant ; les deux sont prises dans l’état de la base dont viennent les lignes. Les lignes modifiées sans que cette colonne croisse, et les lignes supprimées, ne sont pas vues.`,
)
