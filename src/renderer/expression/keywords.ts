/** Words of DuckDB's SQL that are drawn as keywords. `reserved` ones must be quoted to be a name. */
const reserved = new Set(
  `all analyse analyze and anti any array as asc asof asymmetric both case cast check collate column constraint create
   cross default deferrable desc describe distinct do else end except exclude false fetch for foreign from full glob group
   grouping having ilike in inner intersect into is isnull join lambda lateral leading left like limit natural not notnull null offset
   on only or order outer over pivot placing positional primary qualify references returning right row select semi show similar some
   summarize symmetric table tablesample then to trailing true union unique unpivot using variadic when where window with`
    .split(/\s+/)
    .filter(Boolean),
)

const unreserved = new Set(
  `between by escape extract filter first following ignore interval last materialized nulls over partition preceding
   range recursive replace respect rows try_cast unbounded values within current`
    .split(/\s+/)
    .filter(Boolean),
)

/** Keywords that may stand right before `(` without being a function. */
const beforeParenthesis = new Set([
  'and',
  'or',
  'not',
  'in',
  'is',
  'like',
  'ilike',
  'when',
  'then',
  'else',
  'case',
  'over',
  'filter',
  'from',
  'where',
  'having',
  'select',
  'join',
  'on',
  'using',
  'by',
  'as',
  'distinct',
  'exists',
  'all',
  'any',
  'some',
  'values',
  'union',
  'except',
  'intersect',
  'with',
  'exclude',
  'replace',
  'qualify',
  'limit',
  'offset',
  'between',
  'within',
])

export const isReserved = (word: string): boolean => reserved.has(word.toLowerCase())
export const isKeyword = (word: string): boolean => isReserved(word) || unreserved.has(word.toLowerCase())
export const isKeywordBeforeParenthesis = (word: string): boolean => beforeParenthesis.has(word.toLowerCase())

/** Offered by the completion of an expression. */
export const expressionKeywords: readonly string[] = [
  'and',
  'or',
  'not',
  'is null',
  'is not null',
  'in',
  'between',
  'like',
  'ilike',
  'case',
  'when',
  'then',
  'else',
  'end',
  'true',
  'false',
  'null',
  'distinct',
  'interval',
  'cast',
  'try_cast',
  'over',
  'partition by',
  'order by',
  'filter',
]

/** Offered besides by the completion of a query. */
export const queryKeywords: readonly string[] = [
  'select',
  'from',
  'where',
  'group by',
  'having',
  'qualify',
  'order by',
  'limit',
  'offset',
  'with',
  'as',
  'join',
  'left join',
  'full join',
  'semi join',
  'anti join',
  'asof join',
  'on',
  'using',
  'union all',
  'union all by name',
  'except',
  'intersect',
  'exclude',
  'replace',
  'pivot',
  'unpivot',
]
