import { expect, test } from 'vitest'
import { projectName } from './project.ts'

test.each([
  ['/home/ana/sample-project', 'Sample project'],
  ['/data/ACME_sales-2024', 'ACME sales 2024'],
  ['/data/Ventes été', 'Ventes été'],
  ['/data/--', '/data/--'],
  ['/', '/'],
])('the folder %s is shown as “%s”', (root, name) => {
  expect(projectName(root)).toBe(name)
})
