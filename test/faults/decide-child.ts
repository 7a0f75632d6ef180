/**
 * Proposes and decides bill runs in one embedded database, again and again, saying on stdout what it is about to do and
 * what is done. Made to be killed: `node decide-child.js CONFIG` with the JSON of {@link DecideChildConfig}.
 */
import { writeSync } from 'node:fs'
import { openStorage } from '../../adapters/storage/open.js'
import type { Storage } from '../../adapters/storage/open.js'
import { createLog } from '../../adapters/system/log.js'
import type { Verdict } from '../../core/approval/approval.js'
import { fingerprintOf } from '../../core/billrun/run.js'
import type { RunLine } from '../../core/billrun/run.js'
import type { ApprovalRecord, BillingStore } from '../../core/ports.js'
import { day, decimal } from '../support/observed.js'
import { observation } from '../support/observations.js'

export interface DecideChildConfig {
  readonly dataDirectory: string
  /** Lines of each bill run. */
  readonly lines: number
  readonly rounds: number
  /** The fault this program can be given on purpose: it says "done" before the database did. */
  readonly acknowledgeFirst: boolean
}

const MARCH = { from: day('2026-03-01'), to: day('2026-04-01') }
const NOW = new Date('2026-03-12T09:00:00Z')
const LATER = new Date('2026-03-15T09:00:00Z')

/** One line, written before anything else happens: a killed process leaves all lines it meant to write. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

/** A charge of one seat; no two runs have one in common. */
function lineOf(run: number, index: number): RunLine {
  return {
    kind: 'recurring',
    period: MARCH,
    ...MARCH,
    billOn: MARCH.from,
    quantity: decimal('1'),
    unitPrice: decimal('22.00'),
    amount: 2200n,
    key: `${run}-${index}`,
    customerId: 'C1',
    customerName: 'Contoso',
    lineageId: `L-${index}`,
    mpn: 'BP',
    description: 'Business Premium',
    currency: 'USD',
    explanation: '1 × $22.00 = $22.00',
    priceRule: 'list price',
  }
}

async function propose(billing: BillingStore, lines: number): Promise<ApprovalRecord> {
  const version = await billing.version()
  const content = Array.from({ length: lines }, (_, index) => lineOf(version, index))
  const run = {
    month: MARCH,
    proposedBy: 'console:ada',
    proposedAt: NOW,
    observation: 1,
    asked: [`only-${version}`], // nobody's place is taken
    lines: content,
    customers: [],
    held: [],
    fingerprint: fingerprintOf(MARCH, content),
  }
  return billing.propose({ run, requestedByName: 'Ada', expiresAt: LATER }, version)
}

async function decide(
  billing: BillingStore,
  { approval, run }: ApprovalRecord,
  verdict: Verdict,
  acknowledgeFirst: boolean,
): Promise<void> {
  const version = await billing.version()
  const reason = verdict === 'rejected' ? 'not yet' : undefined
  const record = {
    approvalId: approval.id,
    decision: { verdict, by: 'console:grace', byName: 'Grace', at: NOW, reason },
    version,
    bill: verdict === 'approved' ? run.lines : [],
    send: false,
    void: [],
    audit: { action: `bill.${verdict}`, subject: approval.id, details: { run: run.id } },
  }
  say(`write ${approval.id} ${verdict}`)
  if (acknowledgeFirst) say(`done ${approval.id} ${verdict}`)
  const decided = await billing.decide(record)
  if (decided.outcome === 'moved') throw new Error(`${approval.id} moved, and nobody else is here`)
  const stored = decided.outcome === 'decidedBefore' ? decided.decision.verdict : verdict
  if (!acknowledgeFirst) say(`done ${approval.id} ${stored}`)
}

async function work({ billing, ledger }: Storage, config: DecideChildConfig): Promise<void> {
  if ((await ledger.latest()) === undefined) await ledger.record(observation('a', undefined))
  // What the one before was killed over: decided the same way now, whether its acknowledgement was lost or not.
  for (const record of await billing.open())
    await decide(billing, record, 'approved', config.acknowledgeFirst)
  for (let round = 1; round <= config.rounds; round += 1) {
    say('propose')
    const record = await propose(billing, config.lines)
    await decide(billing, record, round % 3 === 0 ? 'rejected' : 'approved', config.acknowledgeFirst)
  }
}

const config = JSON.parse(process.argv[2] ?? '') as DecideChildConfig
const log = createLog({ level: 'silent', secrets: [] })
const storage = await openStorage({
  dataDirectory: config.dataDirectory,
  mspId: 'kill',
  shortLived: true,
  log,
})
say('open')
await work(storage, config)
await storage.close()
say('end')
