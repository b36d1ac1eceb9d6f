import { raw, type Sql, sql } from './sql.ts'
import { trimmed } from './text-sql.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const HOST = `${LABEL}(?:\\.${LABEL})*\\.(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})`
const LOCAL = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+){0,31}"

/**
 * An e-mail address with its domain in small letters, or NULL. It must have the form `local@domain.tld` in ASCII that HTML and mail
 * programs accept, at most 64 and 254 characters long: quoted local parts and addresses of bare hosts are refused, though mail allows them.
 * @param value text, used several times
 */
export function emailAddress(value: Sql, lowerAll: boolean): Sql {
  const bare = sql`regexp_replace(${trimmed(value)}, '^(?i:mailto:)', '')`
  const domain = sql`lower(regexp_extract(${bare}, '@([^@]*)$', 1))`
  const local = sql`regexp_extract(${bare}, '^([^@]*)@', 1)`
  const fits = sql`regexp_full_match(${bare}, ${`${LOCAL}@(?i:${HOST})`}) AND length(${bare}) <= 254 AND length(${local}) <= 64`
  return sql`CASE WHEN ${fits} THEN ${lowerAll ? sql`lower(${bare})` : sql`${local} || '@' || ${domain}`} END`
}

/** Parameters that follow people around and change nothing of what a page shows. */
const TRACKING =
  'utm_[^=&#]*|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|vero_id|oly_anon_id|oly_enc_id|wickedid|_ga|_gl|pk_campaign|pk_kwd|matomo_[^=&#]*|li_fat_id|s_cid|srsltid'

export interface UrlStyle {
  /** Put before an address that has none: `https`. Absent: such an address is not read. */
  readonly scheme?: string | undefined
  readonly tracking: 'keep' | 'remove'
  readonly fragment: 'keep' | 'remove'
}

const SPLIT = String.raw`^([A-Za-z][A-Za-z0-9+.-]*)://([^/?#@\s]*@)?([^/?#@:\s\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(\d{0,5}))?([/?#]\S*)?$`
const PARTS = `^(?:(?i:${HOST})|(?i:localhost)|(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)|\\[[0-9A-Fa-f:.]+\\])\\.?$`

/**
 * A web address (http, https, ftp) with scheme and host in small letters and without its scheme's own port, or NULL. Path and query stay
 * as they are: their letter case has a meaning.
 * @param value text, used several times
 */
export function webAddress(value: Sql, style: UrlStyle): Sql {
  const bare = trimmed(value)
  const given = style.scheme
    ? sql`CASE WHEN contains(${bare}, '://') THEN ${bare} ELSE ${`${style.scheme}://`} || ltrim(${bare}, '/') END`
    : bare
  const part = (index: number): Sql => sql`regexp_extract(${given}, ${SPLIT}, ${index})`
  const [scheme, host, port] = [sql`lower(${part(1)})`, sql`lower(${part(3)})`, part(4)]
  const own = sql`(${port} = '' OR (${scheme} || ${port}) IN ('http80', 'https443', 'ftp21'))`
  const rest = sql`CASE WHEN ${part(5)} = '' OR NOT starts_with(${part(5)}, '/') THEN '/' || ${part(5)} ELSE ${part(5)} END`
  const fits = sql`${scheme} IN ('http', 'https', 'ftp') AND regexp_matches(${part(3)}, ${PARTS}) AND coalesce(TRY_CAST(nullif(${port}, '') AS INTEGER), 0) <= 65535`
  const path = withoutFragment(withoutTracking(rest, style.tracking), style.fragment)
  const whole = sql`concat(${scheme}, '://', ${part(2)}, ${host}, CASE WHEN ${own} THEN '' ELSE ':' || ${port} END, ${path})`
  return sql`CASE WHEN ${fits} THEN ${whole} END`
}

function withoutTracking(rest: Sql, tracking: UrlStyle['tracking']): Sql {
  if (tracking === 'keep') return rest
  const gone = sql`regexp_replace(${rest}, ${`([?&])(?i:${TRACKING})(?:=[^&#]*)?($|[&#])`}, '\\1\\2', 'g')`
  // Neighbours share their “&”, so that every second one is left after the first time.
  const twice = sql`regexp_replace(${gone}, ${`([?&])(?i:${TRACKING})(?:=[^&#]*)?($|[&#])`}, '\\1\\2', 'g')`
  return sql`regexp_replace(regexp_replace(regexp_replace(${twice}, '&{2,}', '&', 'g'), '\\?&', '?'), '[?&]+($|#)', '\\1')`
}

const withoutFragment = (rest: Sql, fragment: UrlStyle['fragment']): Sql =>
  fragment === 'keep' ? rest : sql`regexp_replace(${rest}, ${raw("'#.*$'")}, '')`
