import { ExpressionEditor } from '../../expression/expression-editor.tsx'
import { text } from '../../i18n/index.ts'
import { FirstResults } from '../first-results.tsx'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { asText } from './simple-controls.tsx'

export function ExpressionControl({ field, path, value, problems, siblings, compact }: ControlProps) {
  const scope = useFormScope()
  // In a list of new columns the row's own `name` is the column whose first values tell whether the expression is right.
  const produced = compact && typeof siblings.name === 'string' ? siblings.name : undefined
  return (
    <>
      <ExpressionEditor
        value={asText(value)}
        label={text(field.title)}
        placeholder={field.placeholder}
        shape={field.control === 'sql' ? 'query' : 'block'}
        vocabulary={scope.vocabulary(field.port)}
        problems={problems}
        onBegin={scope.begin}
        onChange={(typed) => scope.change(path, typed === '' && !field.required ? undefined : typed)}
      />
      {produced && problems.length === 0 && <FirstResults nodeId={scope.nodeId} column={produced} />}
    </>
  )
}
