// A program that wants to own a project, says so when it does, and keeps it. To be killed. usage: node contender.ts FOLDER
import { OwnerLock } from '../../src/main/ownership/owner-lock.ts'

const [, , root = ''] = process.argv
process.on('disconnect', () => process.exit(0))
for (;;) {
  const got = await OwnerLock.take(root, { application: 'a contender' })
  if (got instanceof OwnerLock) break
  process.send?.({ taken: got.taken?.pid ?? null })
  await new Promise((resolve) => setTimeout(resolve, 5))
}
process.send?.({ owns: process.pid })
setInterval(() => {}, 1_000)
