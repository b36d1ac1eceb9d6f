import type { Column } from '../../shared/engine/types.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'

type Port = ModuleInfo['outputs'][number]

export interface PortGroup {
  readonly ports: readonly Port[]
  readonly columns: readonly Column[] | undefined
}

/** Ports that give the same columns, together: they are listed once. */
export function groupPorts(
  ports: readonly Port[],
  columnsOf: Readonly<Record<string, readonly Column[] | null | undefined>>,
): PortGroup[] {
  const groups: PortGroup[] = []
  for (const port of ports) {
    const columns = columnsOf[port.name] ?? undefined
    const index = groups.findIndex((group) => areSame(group.columns, columns))
    const group = groups[index]
    if (group) groups[index] = { ports: [...group.ports, port], columns }
    else groups.push({ ports: [port], columns })
  }
  return groups
}

function areSame(a: readonly Column[] | undefined, b: readonly Column[] | undefined): boolean {
  if (!a || !b) return a === b
  return (
    a.length === b.length &&
    a.every((column, index) => column.name === b[index]?.name && column.type === b[index]?.type)
  )
}
