import { assertNever } from '../../shared/result.ts'
import { ChoicesControl } from './controls/choices-control.tsx'
import { CodeControl } from './controls/code-control.tsx'
import { ColumnListControl } from './controls/column-list-control.tsx'
import { ColumnMapControl } from './controls/column-map-control.tsx'
import { ColumnsControl } from './controls/columns-control.tsx'
import { ConnectionControl } from './controls/connection-control.tsx'
import { ExpressionControl } from './controls/expression-control.tsx'
import { GridControl } from './controls/grid-control.tsx'
import { ListControl } from './controls/list-control.tsx'
import { InputPathControl, OutputPathControl } from './controls/path-control.tsx'
import { PipelineParametersControl } from './controls/pipeline-parameters-control.tsx'
import { PipelinePathControl } from './controls/pipeline-path-control.tsx'
import {
  ColumnControl,
  MultilineControl,
  NumberControl,
  SelectControl,
  SwitchControl,
  TextControl,
  TypeControl,
} from './controls/simple-controls.tsx'
import { FieldList } from './field-list.tsx'
import { isRecord } from './form-model.ts'
import type { ControlProps } from './form-scope.ts'

/** The control of one field, without its title. */
export function FieldValue(props: ControlProps) {
  const { control } = props.field
  switch (control) {
    case 'text':
      return <TextControl {...props} />
    case 'multiline':
      return <MultilineControl {...props} />
    case 'number':
      return <NumberControl {...props} />
    case 'switch':
      return <SwitchControl {...props} />
    case 'select':
      return <SelectControl {...props} />
    case 'choices':
      return <ChoicesControl {...props} />
    case 'inputPath':
      return <InputPathControl {...props} />
    case 'outputPath':
      return <OutputPathControl {...props} />
    case 'pipelinePath':
      return <PipelinePathControl {...props} />
    case 'pipelineParameters':
      return <PipelineParametersControl {...props} />
    case 'column':
      return <ColumnControl {...props} />
    case 'columns':
      return <ColumnsControl {...props} />
    case 'expression':
    case 'sql':
      return <ExpressionControl {...props} />
    case 'code':
      return <CodeControl {...props} />
    case 'type':
      return <TypeControl {...props} />
    case 'list':
      return <ListControl {...props} />
    case 'group':
      return (
        <div className="group-fields">
          <FieldList
            fields={props.field.fields ?? []}
            values={isRecord(props.value) ? props.value : {}}
            path={props.path}
          />
        </div>
      )
    case 'columnMap':
      return <ColumnMapControl {...props} />
    case 'grid':
      return <GridControl {...props} />
    case 'connection':
      return <ConnectionControl {...props} />
    case 'columnList':
      return <ColumnListControl {...props} />
    default:
      return assertNever(control)
  }
}
