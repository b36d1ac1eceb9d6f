import { NODE_ID } from './document.ts'

/** `base`, or `base_2`, `base_3`, … as the first that is not taken. */
export function uniqueName(base: string, taken: (name: string) => boolean): string {
  const clean = NODE_ID.test(base) ? base : 'node'
  if (!taken(clean)) return clean
  const stem = clean.replace(/_\d+$/, '').slice(0, 58)
  for (let number = 2; ; number++) {
    const name = `${stem}_${number}`
    if (!taken(name)) return name
  }
}

/** A node's key made of words that people wrote: `Noms à nettoyer` is `noms_a_nettoyer`. */
export function keyOfWords(words: string): string {
  const plain = words.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const key = plain
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^_+/, '')
    .slice(0, 63)
    .replace(/_+$/, '')
  return NODE_ID.test(key) ? key : NODE_ID.test(`_${key}`) ? `_${key}` : 'node'
}
