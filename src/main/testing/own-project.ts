// A program that claims a project, says so, and stays. For tests that kill it.
// usage: node own-project.ts FOLDER
import { OwnerLock } from '../ownership/owner-lock.ts'

const [, , root = ''] = process.argv
const got = await OwnerLock.take(root, { application: 'a test' })
process.stdout.write(`${JSON.stringify(got instanceof OwnerLock ? { owns: process.pid } : got)}\n`)
if (got instanceof OwnerLock) setInterval(() => {}, 1_000)
