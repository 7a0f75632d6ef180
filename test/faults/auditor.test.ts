import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type AuditCase,
  type Records,
  type StoredStep,
  compare,
  isClean,
  reportLine,
} from '../support/auditor.js'
import { readLedger } from '../support/auditor-effects.js'

const folder = mkdtempSync(join(tmpdir(), 'auditor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A line of 20 seats in agreement 77, and what happened after it. */
const MAIN = addition(101, 20, '')

function addition(id: number, quantity: number, serialNumber: string) {
  return { id, product: { id: 5 }, quantity, effectiveDate: '2026-03-01T00:00:00Z', serialNumber }
}

function entry(
  by: 'api' | 'hand',
  method: string,
  after: ReturnType<typeof addition>,
  before: unknown = null,
) {
  return { by, method, agreement: 77, addition: after.id, before, after }
}

const OURS = entry('api', 'POST', addition(102, 5, 'CBS:L-1:r1'))

function told(...entries: readonly object[]) {
  const file = join(folder, 'ledger.jsonl')
  writeFileSync(
    file,
    [entry('hand', 'POST', MAIN), ...entries].map((one) => `${JSON.stringify(one)}\n`).join(''),
  )
  return readLedger('connectwise', file)
}

const STEP: StoredStep = {
  id: 'BR-0001/1',
  approval: 1,
  key: 'k1',
  containerId: '77',
  slotId: 'L-1',
  verdict: 'approved',
  decidedBy: 'lee',
  inTime: true,
  state: 'confirmed',
  content: { type: 'add', itemId: '5', marker: 'CBS:L-1:r1' },
}

const APPROVED = { action: 'sync.approved', subject: 'APR-0001', intent: null }
const CONFIRMED = { action: 'sync.confirmed', subject: 'APR-0001', intent: 'BR-0001/1' }

function records(step: Partial<StoredStep> = {}, changes: Partial<Records> = {}): Records {
  const trail = [APPROVED, CONFIRMED]
  return { steps: [{ ...STEP, ...step }], trail, chain: undefined, written: new Map(), ...changes }
}

const CASE: AuditCase = {
  psa: 'connectwise',
  ledgerFile: '',
  database: {},
  mspId: '',
  approvers: ['lee'],
  seats: [{ containerId: '77', itemId: '5', target: 25 }],
  doubtful: new Set(),
  invoices: [{ containerId: '77', billed: 51_452n, due: 51_452n }],
}

describe('the auditor', () => {
  it('finds nothing where what was approved happened once', () => {
    const report = compare(CASE, told(OURS), records())
    expect(report.faults).toEqual([])
    expect(reportLine(report)).toBe(
      '0 lost, 0 doubled, 0 unexplained, 0¢ drift, audit ok, 0 unknown → 0 resolved, 0 stuck',
    )
  })

  it('ignores what a person does after our last write', () => {
    const later = entry('hand', 'PATCH', addition(101, 22, ''), MAIN)
    expect(compare(CASE, told(OURS, later), records()).faults).toEqual([])
  })

  const AGAIN = entry('api', 'POST', addition(103, 5, 'CBS:L-1:r1'))
  const STRANGE = entry('api', 'POST', addition(103, 0, 'CBS:L-1:r9'))
  const OVER = entry('api', 'PATCH', addition(101, 25, ''), addition(101, 22, ''))
  const CHANGE = { type: 'setQuantity', itemId: '5', lineId: '101', before: '20', after: '25' }
  for (const [what, ledger, stored, count] of [
    ['confirmed and not there', [], records(), { lost: 1 }],
    ['approved without a promise', [OURS], records({ state: null }), { lost: 1 }],
    ['written twice', [OURS, AGAIN], records(), { doubled: 2 }],
    [
      'other seats than approved',
      [entry('api', 'POST', addition(102, 6, 'CBS:L-1:r1'))],
      records(),
      { doubled: 1 },
    ],
    ['a write nobody approved', [OURS, STRANGE], records(), { unexplained: 1 }],
    ['a write approved by nobody who may', [OURS], records({ decidedBy: 'vic' }), { unexplained: 1 }],
    ['a write approved too late', [OURS], records({ inTime: false }), { unexplained: 1 }],
    ['a write over a person’s edit', [OVER], records({ content: CHANGE }), { unexplained: 1 }],
    ['open for ever', [OURS], records({ state: 'unknown' }), { stuck: 1 }],
    ['a broken trail', [OURS], records({}, { chain: 'entry 2 was changed' }), { audit: 1 }],
    ['confirmed without an entry', [OURS], records({}, { trail: [APPROVED] }), { audit: 1 }],
    ['confirmed twice', [OURS], records({}, { trail: [APPROVED, CONFIRMED, CONFIRMED] }), { audit: 1 }],
    ['approved without an entry', [OURS], records({}, { trail: [CONFIRMED] }), { audit: 1 }],
  ] as const) {
    it(`reports ${what}`, () => {
      const report = compare(CASE, told(...ledger), stored)
      expect(report).toMatchObject(count)
      expect(isClean(report)).toBe(false)
    })
  }

  it('reports cents that the PSA bills too much or too little, not those of what still waits', () => {
    const invoices = [
      { containerId: '77', billed: 51_450n, due: 51_452n },
      { containerId: '77', billed: 55_001n, due: 55_000n },
    ]
    expect(compare({ ...CASE, invoices }, told(OURS), records()).drift).toBe(3n)
    const parked = records(
      { state: 'parked' },
      { trail: [APPROVED, { ...CONFIRMED, action: 'sync.parked' }] },
    )
    expect(compare({ ...CASE, invoices }, told(), parked).drift).toBe(0n)
  })

  it('reports a write of ours that is not remembered: it would look like a person’s', () => {
    const after = [{ on: '2026-03-01', units: '25' }]
    const content = { ...STEP.content, count: { after } }
    const remembered = new Map([['L-1', '2026-03-01 25']])
    expect(compare(CASE, told(OURS), records({ content }, { written: remembered })).audit).toBe(0)
    expect(compare(CASE, told(OURS), records({ content })).audit).toBe(1)
  })

  it('counts what nobody knew the outcome of, and what became of it', () => {
    const doubtful = new Set(['BR-0001/1', 'BR-0001/9'])
    const report = compare({ ...CASE, doubtful }, told(OURS), records())
    expect([report.unknown, report.resolved, isClean(report)]).toEqual([2, 1, false])
  })
})
