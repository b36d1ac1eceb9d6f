import {
  CheckCheck,
  CircleHelp,
  Combine,
  FileDown,
  FileInput,
  FileOutput,
  FunctionSquare,
  ListFilter,
  type LucideIcon,
  PackageOpen,
  Sparkles,
  Workflow,
} from 'lucide-react'
import { memo } from 'react'
import type { ModuleFamily, ModuleInfo } from '../../shared/modules/descriptor.ts'
import { icons } from './icons.ts'
import './module-icon.css'

/** Loads share the icon's name with their extract; what goes out should look so. */
const byType: Readonly<Record<string, LucideIcon>> = {
  'load.csv': FileOutput,
  'load.json': FileDown,
  'load.parquet': PackageOpen,
}

const byFamily: Readonly<Record<ModuleFamily, LucideIcon>> = {
  extract: FileInput,
  clean: Sparkles,
  compute: FunctionSquare,
  combine: Combine,
  shape: ListFilter,
  check: CheckCheck,
  route: Workflow,
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
