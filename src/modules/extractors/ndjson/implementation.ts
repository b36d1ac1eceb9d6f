import { recordModule } from '../../kit/files/records/module.ts'
import { jsonTyping } from '../../kit/files/records/typing.ts'
import { ndjsonExtractDescriptor } from './descriptor.ts'
import { recordsOf } from './records.ts'

export const ndjsonExtract = recordModule(
  ndjsonExtractDescriptor,
  'json',
  ['ndjson', 'jsonl'],
  ({ config, signal }) => ({
    key: 'ndjson',
    typing: () => jsonTyping(config.max_depth),
    records: (file, budget) => recordsOf(file, config, signal, budget),
  }),
)
