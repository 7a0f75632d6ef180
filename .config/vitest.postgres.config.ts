import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Every suite that asks for a database: the same files as on the embedded engine, found by their import. */
const suites = readdirSync(`${root}test`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `test/${file}`)
  .filter((file) => /\/database\.js'/.test(readFileSync(root + file, 'utf8')))

/** The suites of `npm test` that use a database, on a PostgreSQL server instead of the embedded engine. */
const { projects: _, ...common } = base.test ?? {}
export default defineConfig({
  test: { ...common, include: suites, globalSetup: ['test/support/server-required.ts'] },
})
