import {
  ArrowDownUp,
  Braces,
  CaseSensitive,
  CheckCheck,
  CircleHelp,
  Combine,
  Copy,
  CopyMinus,
  Database,
  Dices,
  FileBraces,
  FileDown,
  FileInput,
  FileOutput,
  FileSpreadsheet,
  FileText,
  Filter,
  FunctionSquare,
  Grid2x2,
  Layers,
  ListEnd,
  ListFilter,
  type LucideIcon,
  Merge,
  PackageOpen,
  Pencil,
  Rows3,
  Scissors,
  Shuffle,
  Sigma,
  SquareCode,
  Table2,
  TableColumnsSplit,
  TextCursorInput,
  Unplug,
} from 'lucide-react'
import { memo } from 'react'
import type { ModuleFamily, ModuleInfo } from '../../shared/modules/descriptor.ts'
import './module-icon.css'

/** Names that a module's descriptor may give. */
const icons: Readonly<Record<string, LucideIcon>> = {
  csv: FileSpreadsheet,
  json: FileBraces,
  ndjson: Braces,
  parquet: Layers,
  table: Table2,
  inline: TextCursorInput,
  grid: Grid2x2,
  database: Database,
  file: FileText,
  filter: Filter,
  select: TableColumnsSplit,
  columns: TableColumnsSplit,
  formula: FunctionSquare,
  function: FunctionSquare,
  aggregate: Sigma,
  sigma: Sigma,
  sum: Sigma,
  join: Merge,
  merge: Merge,
  union: Combine,
  stack: Rows3,
  append: ListEnd,
  sort: ArrowDownUp,
  deduplicate: CopyMinus,
  distinct: CopyMinus,
  copy: Copy,
  sample: Dices,
  shuffle: Shuffle,
  limit: Scissors,
  cut: Scissors,
  scissors: Scissors,
  sql: SquareCode,
  code: SquareCode,
  check: CheckCheck,
  text: CaseSensitive,
  edit: Pencil,
  list: ListFilter,
  unplug: Unplug,
  package: PackageOpen,
}

/** Loads share the icon's name with their extract; what goes out should look so. */
const byType: Readonly<Record<string, LucideIcon>> = {
  'load.csv': FileOutput,
  'load.json': FileDown,
  'load.parquet': PackageOpen,
}

const byFamily: Readonly<Record<ModuleFamily, LucideIcon>> = {
  extract: FileInput,
  shape: ListFilter,
  combine: Combine,
  check: CheckCheck,
  load: FileOutput,
}

/** The picture of a module: its own icon on a tile in the colour of its family. */
export const ModuleTile = memo(function ModuleTile({
  info,
  size = 28,
}: {
  readonly info: ModuleInfo | undefined
  readonly size?: number
}) {
  const Icon = info ? (byType[info.type] ?? icons[info.icon] ?? byFamily[info.family]) : CircleHelp
  return (
    <span className={`module-tile family-${info?.family ?? 'unknown'}`} style={{ width: size, height: size }}>
      <Icon size={Math.round(size * 0.56)} strokeWidth={1.9} aria-hidden />
    </span>
  )
})
