import './tests.css'
import { useEffect, useMemo, useState } from 'react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { outputPortsOf } from '../../shared/modules/ports.ts'
import { checkName, type NodeCheck, nodeCheckSchema } from '../../shared/pipeline/checks.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { t } from '../i18n/index.ts'
import { type ConfigPath, isRecord, pathKey, withValueAt } from '../inspector/form-model.ts'
import { type FormScope, FormScopeContext, useFormScope } from '../inspector/form-scope.ts'
import { nodeAnalysis, useAnalysis } from '../store/analysis.ts'
import { useModules } from '../store/modules.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { useRun } from '../store/run.ts'
import { checksField } from './check-fields.ts'
import { CheckHistory } from './check-history.tsx'

let sessions = 0

/** Expectations on the rows that leave the node, and what they came to in the last runs. */
export function ChecksSection({ nodeId, info }: { readonly nodeId: string; readonly info: ModuleInfo | undefined }) {
  const outer = useFormScope()
  const node = usePipeline((state) => state.document?.nodes[nodeId])
  const validate = useModules((state) => state.byType.get('transform.validate'))
  const analysis = useAnalysis((state) => nodeAnalysis(state, nodeId))
  const [session, setSession] = useState(0)
  const config = node?.config
  const outputs = useMemo(() => outputPortsOf(info?.outputs ?? [], config), [info, config])
  const field = useMemo(() => (validate ? checksField(validate, outputs) : undefined), [validate, outputs])
  const columns = analysis?.ports[outputs[0]?.name ?? '']
  const checks = node?.checks as JsonValue | undefined
  const scope: FormScope = {
    ...outer,
    config: { checks: checks ?? [] },
    begin: () => {
      sessions += 1
      setSession(sessions)
    },
    change: (path: ConfigPath, value: JsonValue | undefined) => {
      const now = usePipeline.getState().document?.nodes[nodeId]?.checks as JsonValue | undefined
      const next = withValueAt({ checks: now ?? [] }, path, value)
      const list = isRecord(next) && Array.isArray(next.checks) ? next.checks.flatMap(tidy) : []
      const group = { group: `${nodeId}:checks:${pathKey(path)}:${session}` }
      edit([{ kind: 'setChecks', nodeId, ...(list.length > 0 ? { checks: list } : {}) }], group)
    },
    columns: () => columns,
    vocabulary: () => ({ ...outer.vocabulary(), columns: columns ?? [], tables: undefined }),
  }
  // A load has no output; checks that a person wrote for one must still be seen, and can be removed.
  if (!field || !node || (outputs.length === 0 && (node.checks ?? []).length === 0)) return null
  return (
    <section className="field" data-field="checks">
      <header className="field-title">
        <h3>{t('checks.title')}</h3>
      </header>
      <FormScopeContext value={scope}>
        <scope.Value field={field} path={checksPath} value={checks} problems={[]} siblings={{}} />
      </FormScopeContext>
      {(node.checks ?? []).length > 0 && <Results nodeId={nodeId} checks={node.checks ?? []} />}
    </section>
  )
}

const checksPath: ConfigPath = ['checks']

/** As the file keeps it: what is empty, and what equals its default, is left out. */
function tidy(item: JsonValue): NodeCheck[] {
  if (!isRecord(item)) return []
  const kept = Object.entries(item).filter(
    ([key, value]) =>
      value !== '' &&
      value !== null &&
      !(Array.isArray(value) && value.length === 0) &&
      !(key === 'severity' && value === 'fail'),
  )
  const parsed = nodeCheckSchema.safeParse(Object.fromEntries(kept))
  return parsed.success ? [parsed.data] : []
}

function Results({ nodeId, checks }: { readonly nodeId: string; readonly checks: readonly NodeCheck[] }) {
  const path = usePipeline((state) => state.path)
  // A run that ends has results to add.
  const state = useRun((run) => run.run?.state)
  const [shown, setShown] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again when a run ends.
  useEffect(() => setShown((count) => count + 1), [state])
  if (path === undefined) return null
  return (
    <ul className="check-results">
      {checks.map((check) => (
        <CheckHistory
          key={`${checkName(check)} ${check.port}`}
          path={path}
          nodeId={nodeId}
          name={checkName(check)}
          turn={shown}
        />
      ))}
    </ul>
  )
}
