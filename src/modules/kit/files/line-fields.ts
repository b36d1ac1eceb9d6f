import { z } from 'zod'
import { formMeta, option } from './form.ts'
import { writeCompressionField, writeModeSchema } from './write-options.ts'

/** How lines become bytes; fields of every load that writes lines. */
export const lineFields = {
  mode: writeModeSchema,
  line_end: z
    .enum(['lf', 'crlf'])
    .default('lf')
    .meta(
      formMeta('Line ends', 'Fins de ligne', {
        control: 'select',
        options: [
          option('lf', 'Linux, macOS (LF)', 'Linux, macOS (LF)'),
          option('crlf', 'Windows (CRLF)', 'Windows (CRLF)'),
        ],
        advanced: true,
      }),
    ),
  encoding: z
    .enum(['utf-8', 'utf-16le', 'windows-1252'])
    .default('utf-8')
    .meta(
      formMeta('Encoding', 'Encodage', {
        control: 'select',
        options: [
          option('utf-8', 'UTF-8', 'UTF-8'),
          option('utf-16le', 'UTF-16', 'UTF-16'),
          option('windows-1252', 'Windows-1252 (Western Europe)', 'Windows-1252 (Europe de l’Ouest)'),
        ],
        advanced: true,
      }),
    ),
  compression: writeCompressionField,
}
