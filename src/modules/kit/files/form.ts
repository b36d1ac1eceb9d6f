import type { FormMeta, Text } from '../../../shared/modules/descriptor.ts'

/** What a config field says about its form, for zod's `.meta()`. */
export const formMeta = (en: string, fr: string, more: Omit<FormMeta, 'title'> = {}): { form: FormMeta } => ({
  form: { title: { en, fr }, ...more },
})

export const text = (en: string, fr: string): Text => ({ en, fr })

export const option = (value: string, en: string, fr: string) => ({ value, title: { en, fr } })
