import { FormGroup, type FormGroupProps } from '@blueprintjs/core'
import { cloneElement, type ReactElement, useId } from 'react'

interface FieldProps extends Pick<FormGroupProps, 'helperText' | 'intent'> {
  readonly label: string
  /** The one control that the label names. */
  readonly children: ReactElement<{ id?: string }>
}

/** A labelled control: a click on the label reaches it, and screen readers say its name. */
export function Field({ children, ...group }: FieldProps) {
  const id = useId()
  return (
    <FormGroup {...group} labelFor={id}>
      {cloneElement(children, { id })}
    </FormGroup>
  )
}
