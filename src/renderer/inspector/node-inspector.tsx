import { useMemo, useRef } from 'react'
import type { Problem } from '../../shared/engine/types.ts'
import { inputPortsOf, outputPortsOf } from '../../shared/modules/ports.ts'
import { configEdits } from '../../shared/pipeline/config-edits.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { ModuleDocumentation } from '../documentation/module-documentation.tsx'
import { useFunctions } from '../expression/functions-store.ts'
import { t } from '../i18n/index.ts'
import { CursorSection } from '../runs/cursor-section.tsx'
import { nodeAnalysis, problemsOf, useAnalysis } from '../store/analysis.ts'
import { useModules } from '../store/modules.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { useUi } from '../store/ui.ts'
import { ChecksSection } from '../tests/checks-section.tsx'
import { FailureSection } from './failure-section.tsx'
import { FieldList } from './field-list.tsx'
import { FieldValue } from './field-value.tsx'
import { type ConfigPath, elideDefaults, pathKey, withValueAt } from './form-model.ts'
import { type FormScope, FormScopeContext } from './form-scope.ts'
import { inputColumns, nodeVocabulary } from './node-columns.ts'
import { NodeHeader } from './node-header.tsx'
import { InputsSection, NoteSection, OutputsSection } from './node-sections.tsx'
import { hintOfProblem, textOfProblem } from './problem-text.ts'
import { PushdownSection } from './pushdown-section.tsx'
import { fieldPaths, isShownAtField } from './shown-problems.ts'
import { useDetection } from './use-detection.ts'

let sessions = 0

/** All that can be set of one node. */
export function NodeInspector({ nodeId }: { nodeId: string }) {
  const node = usePipeline((state) => state.document?.nodes[nodeId])
  const parameters = usePipeline((state) => state.document?.parameters)
  const info = useModules((state) => (node ? state.byType.get(node.type) : undefined))
  const analysis = useAnalysis((state) => nodeAnalysis(state, nodeId))
  const problems = useAnalysis((state) => problemsOf(state, nodeId))
  const functions = useFunctions()
  const docsOpen = useUi((state) => state.docsOpen)
  const session = useRef(0)

  const config = node?.config
  const failed = problems.some((problem) => problem.severity === 'error')
  const detected = useDetection(node?.type ?? '', config, failed)
  const scope = useMemo((): FormScope => {
    const current = () => usePipeline.getState().document?.nodes[nodeId]?.config ?? {}
    const set = (next: Readonly<Record<string, JsonValue>>, options?: { group: string }) => {
      const { document } = usePipeline.getState()
      if (!document) return
      const ports = (config: unknown) => outputPortsOf(info?.outputs ?? [], config)
      const inputs = (config: unknown) => inputPortsOf(info?.inputs ?? [], config)
      edit(configEdits(document, nodeId, elideDefaults(next, info?.fields ?? []), ports, inputs), options)
    }
    const groupOf = (path: ConfigPath) => `${nodeId}:${pathKey(path)}:${session.current}`
    return {
      nodeId,
      nodeType: node?.type ?? '',
      config: config ?? {},
      problems,
      detected,
      begin: () => {
        sessions += 1
        session.current = sessions
      },
      change: (path, value) => {
        set(withValueAt(current(), path, value) as Record<string, JsonValue>, { group: groupOf(path) })
      },
      replace: (next, following) => set(next, following && { group: groupOf(following) }),
      columns: (port) => inputColumns(analysis, info, port),
      vocabulary: (port) => nodeVocabulary(analysis, info, port, parameters ?? {}, functions),
      Value: FieldValue,
    }
  }, [nodeId, node?.type, config, problems, detected, info, analysis, parameters, functions])

  if (!node) return null
  if (info && docsOpen) {
    return (
      <>
        <NodeHeader nodeId={nodeId} node={node} info={info} />
        <ModuleDocumentation info={info} />
      </>
    )
  }
  const known = fieldPaths(info?.fields ?? [], config ?? {})
  const general = problems.filter((problem) => !isShownAtField(problem, known) && problem.field?.[0] !== 'checks')
  return (
    <FormScopeContext value={scope}>
      <NodeHeader nodeId={nodeId} node={node} info={info} />
      <NodeProblems problems={general} />
      {!info && <p className="inspector-callout">{t('panes.unknownModule', { type: node.type })}</p>}
      {info && <FieldList fields={info.fields} values={config ?? {}} path={rootPath} />}
      <CursorSection nodeId={nodeId} />
      <InputsSection nodeId={nodeId} node={node} info={info} />
      <ChecksSection nodeId={nodeId} info={info} />
      <PushdownSection pushdown={analysis?.pushdown} extract={node.type.startsWith('extract.')} />
      <FailureSection nodeId={nodeId} />
      <NoteSection nodeId={nodeId} note={node.note} />
      <OutputsSection info={info} config={config} analysis={analysis} />
    </FormScopeContext>
  )
}

const rootPath: readonly string[] = []

/** What no single field is to blame for, in plain words, with what to do next. */
function NodeProblems({ problems }: { problems: readonly Problem[] }) {
  return problems.map((problem) => (
    <div
      key={`${problem.code} ${problem.message}`}
      className={`inspector-callout inspector-callout-${problem.severity}`}
      role={problem.severity === 'error' ? 'alert' : 'status'}
    >
      <p>{textOfProblem(problem)}</p>
      {problem.hint && <p className="secondary">{hintOfProblem(problem, problem.nodeId)}</p>}
    </div>
  ))
}
