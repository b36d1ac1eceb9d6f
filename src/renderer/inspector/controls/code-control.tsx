import type { Problem } from '../../../shared/engine/types.ts'
import { usePreview } from '../../data-pane/preview-store.ts'
import { ExpressionEditor } from '../../expression/expression-editor.tsx'
import { text } from '../../i18n/index.ts'
import { useRun } from '../../store/run.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { failedLine } from './failed-line.ts'
import { asText } from './simple-controls.tsx'

/** A program: as many lines as it has, numbered, the one that failed marked. Tab to indent; Escape leaves it. */
export function CodeControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const code = asText(value)
  const previewed = usePreview(({ error }) => (error?.nodeId === scope.nodeId ? error.message : undefined))
  const ran = useRun(({ run }) => run?.nodes[scope.nodeId]?.error?.message)
  const reasons = [...problems.map((problem) => problem.message), previewed, ran]
  const wrongLine = failedLine(reasons)
  const failed = problems.some((problem) => problem.severity === 'error') || wrongLine !== undefined
  const lines = code.split('\n')
  const atLine = wrongLine === undefined ? [] : [problemAt(lines, wrongLine, reasons.find(Boolean) ?? '')]
  return (
    <div className={`code-box${failed ? ' is-wrong' : ''}`}>
      <ol className="code-numbers mono" aria-hidden>
        {lines.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number.
          <li key={index} className={index + 1 === wrongLine ? 'is-wrong' : undefined}>
            {index + 1}
          </li>
        ))}
      </ol>
      <ExpressionEditor
        value={code}
        label={text(field.title)}
        placeholder={field.placeholder}
        shape="program"
        language="javascript"
        vocabulary={scope.vocabulary(field.port ?? 'in')}
        problems={atLine}
        onBegin={scope.begin}
        onChange={(typed) => scope.change(path, typed)}
      />
    </div>
  )
}

function problemAt(lines: readonly string[], line: number, message: string): Problem {
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  const end = start + (lines[line - 1]?.length ?? 0)
  return { severity: 'error', kind: 'user', code: 'script.line', message, range: { start, end } }
}
