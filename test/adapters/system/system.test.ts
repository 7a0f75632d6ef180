import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../adapters/system/clock.js'
import { systemIds } from '../../../adapters/system/ids.js'
import { projectFolder } from '../../../adapters/system/project.js'
import { AssertionFailed } from '../../../core/assert.js'

test('ids are UUIDs and never come twice', () => {
  const ids = systemIds()
  const made = Array.from({ length: 1000 }, () => ids.next())
  expect(new Set(made).size).toBe(1000)
  for (const id of made)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test("the clock is this machine's", async () => {
  const before = Date.now()
  const now = (await systemClock().now()).getTime()
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
})

test('the project folder is found from a folder below it', () => {
  const project = mkdtempSync(join(tmpdir(), 'project-'))
  try {
    const below = join(project, 'dist', 'adapters', 'storage')
    mkdirSync(below, { recursive: true })
    writeFileSync(join(project, 'package.json'), '{}')
    expect(projectFolder(below)).toBe(project)
    expect(() => projectFolder('/')).toThrow(AssertionFailed)
  } finally {
    rmSync(project, { recursive: true })
  }
})
