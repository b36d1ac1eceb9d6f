import { recordModule } from '../../kit/files/records/module.ts'
import { htmlExtractDescriptor } from './descriptor.ts'
import { textTyping } from './text-typing.ts'

export const htmlExtract = recordModule(htmlExtractDescriptor, 'html', ['html', 'htm'], async ({ config, signal }) => {
  // The parser comes with the first page that is read.
  const { htmlRecords } = await import('./records.ts')
  const names = new Set<string>()
  return {
    key: 1,
    // A tree of a page is many times its size.
    previewBytes: 4e6,
    typing: () => textTyping(),
    names: () => [...names],
    records: (file, budget) => htmlRecords(file, config, names, signal, budget),
  }
})
