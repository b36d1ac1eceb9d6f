import { totalmem } from 'node:os'

/** `LOGIDATA_MEMORY_LIMIT` (`800MB`, `4GB`, `2GiB`), else 60% of the memory, 64 GB at most. */
export function memoryLimit(given: string | undefined = process.env.LOGIDATA_MEMORY_LIMIT): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(K|M|G|T)?(i)?B?\s*$/i.exec(given ?? '')
  if (match?.[1]) {
    const power = ' KMGT'.indexOf((match[2] ?? ' ').toUpperCase())
    return Number(match[1]) * (match[3] ? 1024 : 1000) ** power
  }
  return Math.min(totalmem() * 0.6, 64e9)
}
