import { recordModule } from '../../kit/files/records/module.ts'
import { jsonTyping } from '../../kit/files/records/typing.ts'
import { jsonExtractDescriptor } from './descriptor.ts'
import { recordsOf } from './records.ts'

export const jsonExtract = recordModule(jsonExtractDescriptor, 'json', ['json'], ({ config, signal }) => ({
  key: 'json',
  typing: () => jsonTyping(config.max_depth),
  records: (file, budget) => recordsOf(file, config, signal, budget),
}))
