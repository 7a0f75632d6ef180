/**
 * What becomes of forty approved writes when everything fails: `node dist/test/faults/sync.js [--kills 300] [--seed 7]
 * [--psa connectwise|autotask] [--only WORD]`. Programs are killed at every write and every statement; answers are lost,
 * effects late, people in between. An auditor compares the PSA's own ledger, our database and what was approved. Twins of
 * the product, each without one guard, have to be caught.
 */
import { parseArgs } from 'node:util'
import type { PsaName } from '../../core/sync/types.js'
import { isClean, reportLine, sumOf } from '../support/auditor.js'
import { killing } from './sync/kills.js'
import { openTemplates } from './sync/stage.js'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seed: { type: 'string', default: '7' },
    psa: { type: 'string' },
    only: { type: 'string' },
  },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
const psas: readonly PsaName[] = values.psa === undefined ? ['connectwise', 'autotask'] : [values.psa as PsaName]

const templates = await openTemplates()
try {
  const half = Math.ceil(kills / 2)
  const results = await Promise.all([
    killing(templates, { psa: psas[0] ?? 'connectwise', kills: half, seed }),
    killing(templates, { psa: psas.at(-1) ?? 'autotask', kills: kills - half, seed: seed + 1 }),
  ])
  const report = sumOf(results.map((one) => one.report))
  const died = results.flatMap(({ places }) => Object.values(places)).reduce((sum, count) => sum + count, 0)
  process.stdout.write(`faults: ${died} kills, ${reportLine(report)}, seed ${seed}\n`)
  for (const { places } of results) process.stdout.write(`  ${JSON.stringify(places)}\n`)
  for (const fault of report.faults) process.stdout.write(`  ${fault}\n`)
  process.exitCode = isClean(report) ? 0 : 1
} finally {
  await templates.close()
}
