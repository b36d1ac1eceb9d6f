import type { LoadModule } from '../../kit/contract.ts'
import { arrowHolds } from '../../kit/files/arrow/holds.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { arrowLoadDescriptor } from './descriptor.ts'
import { refused } from './refused.ts'

export const arrowLoad: LoadModule<typeof arrowLoadDescriptor> = {
  kind: 'load',
  descriptor: arrowLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check(_, columns) {
    for (const column of columns) if (!arrowHolds(column.type)) throw refused(column)
  },
  write(request) {
    const { config } = request
    return writeFileTarget(request, config.path, config.mode, {
      // The library takes a sixth of the time that loading the whole catalogue takes: it comes when a file is written.
      create: async (temporary) => (await import('./write-arrow.ts')).writeArrow(temporary, request),
      append: () => Promise.reject(new TypeError('Arrow files are never appended to')),
    })
  },
}
