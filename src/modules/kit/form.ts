import { z } from 'zod'
import type { FormMeta, Text } from '../../shared/modules/descriptor.ts'

type More = Omit<FormMeta, 'title' | 'help'> & { readonly help?: Text }

/** What a config field says about its form, for zod's `.meta()`. */
export const form = (en: string, fr: string, more: More = {}): { form: FormMeta } => ({
  form: { title: { en, fr }, ...more },
})

export const text = (en: string, fr: string): Text => ({ en, fr })

export const option = (value: string, en: string, fr: string) => ({ value, title: { en, fr } })

/** The same field, shown only while `field` of its group has one of these values. */
export function showWhen<T extends z.ZodType>(
  schema: T,
  field: string,
  values: readonly (string | boolean)[],
  more: Partial<FormMeta> = {},
): T {
  const known = z.globalRegistry.get(schema)?.form as FormMeta | undefined
  return schema.meta({ form: { ...known, ...more, visibleWhen: { field, in: [...values] } } })
}

/** The same field, folded away until asked for. */
export function asAdvanced<T extends z.ZodType>(schema: T): T {
  const known = z.globalRegistry.get(schema)?.form as FormMeta | undefined
  return schema.meta({ form: { ...known, advanced: true } })
}
