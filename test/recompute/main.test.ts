import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { answer } from '../support/recompute/main.js'

const folder = mkdtempSync(join(tmpdir(), 'recompute-'))
const file = join(folder, 'events.ndjson')

afterAll(() => rmSync(folder, { recursive: true }))

const CREATED = {
  type: 'subscriptionCreated',
  sequence: 1,
  at: '2025-09-01T12:00:00Z',
  visibleFrom: '2025-09-01T12:00:00Z',
  subscriptionId: '200',
  customerId: '100',
  status: 'active',
  currency: 'USD',
  billingModel: 'chargeBeforeBillingPeriod',
  billingPeriod: { type: 'month', duration: 1 },
  subscriptionPeriod: { type: 'year', duration: 1 },
  startDate: '2025-09-01',
  expirationDate: '2026-09-01',
  autoRenew: true,
  lines: [{ mpn: 'BP', seats: 20, unitPrice: '22.00', vendorSubscriptionId: null }],
}

const WORDS = [
  '--now',
  '2026-03-20T09:00:00-04:00',
  '--opens-on',
  '2026-03-01',
  '--time-zone',
  'America/New_York',
]

describe('the recomputation from a terminal', () => {
  it('prints a line for each customer and a total for each currency', () => {
    writeFileSync(file, `${JSON.stringify(CREATED)}\n`)
    const words = ['--events', file, ...WORDS, '--until', '2026-03-31']
    expect(answer(words)).toEqual({ exitCode: 0, output: '100 USD 440.00\ntotal USD 440.00\n' })
    expect(answer([...words, '--lines']).output).toContain('"subject":"200/BP"')
    // B21: in arrears, February's service is billed on 1 March.
    const arrears = answer([...words, '--lines', '--policy', '{"timing":"arrears"}'])
    expect(arrears.output).toContain('"from":"2026-02-01","to":"2026-03-01","billOn":"2026-03-01"')
  })

  it('says what is missing', () => {
    expect(answer(['--events', file])).toMatchObject({ exitCode: 2 })
  })
})
