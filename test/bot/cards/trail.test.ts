import { expect, test } from 'vitest'
import { auditCard, entryWords } from '../../../bot/cards/trail.js'
import { renderConsole } from '../../../bot/console/render.js'
import type { Person } from '../../../core/access/rights.js'
import { type AuditEntry, type AuditFact, chain } from '../../../core/audit/chain.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

const ZONE = { timeZone: 'America/New_York' }
const PEOPLE: readonly Person[] = [
  { id: 'console:dana', name: 'Dana', role: 'biller', identities: ['console:dana', 'slack:T1:U1'] },
  { id: 'console:lee', name: 'Lee', role: 'approver', identities: ['console:lee'] },
  { id: 'slack:T1:U7', name: 'Lee', role: 'approver', identities: ['slack:T1:U7'] },
]

function entry(fact: Partial<AuditFact>): AuditEntry {
  const usual = {
    at: new Date('2026-03-20T13:00:00Z'),
    actor: 'console:dana',
    action: 'bill.proposed',
    subject: 'APR-0001',
    details: {},
  }
  return chain({ ...usual, ...fact }, undefined)
}

function said(fact: Partial<AuditFact>): string {
  return entryWords(entry(fact), PEOPLE, ZONE.timeZone).replace('1 · 20 Mar 2026 09:00 · ', '')
}

const RUN = { run: 'BR-0001', fingerprint: 'f' }
const VOID = {
  customers: '1',
  names: ['Contoso'],
  lines: '2',
  amounts: { USD: '51452' },
  reason: 'wrong price',
}
const MANY = {
  customers: '5',
  names: ['Contoso', 'Fabrikam', 'Northwind'],
  lines: '9',
  amounts: { USD: '95452', EUR: '1000' },
  reason: 'sent twice',
}

test.each<[string, Partial<AuditFact>]>([
  [
    'slack:T2:U9 (without a role) installed the app in the Slack workspace Fabrikam (slack:T2)',
    { actor: 'slack:T2:U9', action: 'slack.installed', subject: 'slack:T2', details: { name: 'Fabrikam' } },
  ],
  [
    'The app is gone from the Slack workspace Fabrikam (slack:T2): it was taken out there',
    {
      actor: 'system',
      action: 'slack.removed',
      subject: 'slack:T2',
      details: { name: 'Fabrikam', why: 'it was taken out there' },
    },
  ],
  ['Dana asked to bill BR-0001 (APR-0001)', { details: RUN }],
  ['Dana asked to void what BR-0001 billed (APR-0001)', { action: 'void.proposed', details: RUN }],
  [
    'Dana asked to void what BR-0001 billed to Contoso, $514.52 (2 lines): wrong price (APR-0001)',
    { action: 'void.proposed', details: { ...RUN, void: VOID } },
  ],
  [
    'Dana approved APR-0001: what BR-0001 billed to Contoso, $514.52 (2 lines), is due again: wrong price',
    { action: 'void.approved', details: { ...RUN, void: VOID } },
  ],
  [
    'Dana rejected APR-0001, to void what BR-0001 billed to 5 customers (Contoso, Fabrikam, Northwind and 2 more), $954.52 + €10.00 (9 lines): it was right',
    { action: 'void.rejected', details: { ...RUN, reason: 'it was right', void: MANY } },
  ],
  ['Dana approved APR-0001: BR-0001 is billed', { action: 'bill.approved', details: RUN }],
  ['Dana approved APR-0001: what BR-0001 billed is due again', { action: 'void.approved', details: RUN }],
  [
    'Dana rejected APR-0001, to bill BR-0001: the seats are wrong',
    { action: 'bill.rejected', details: { ...RUN, reason: 'the seats are wrong' } },
  ],
  ['Dana could not approve APR-0001: its lines had changed', { action: 'approval.stale' }],
  [
    'Dana could not decide APR-0001: it was decided already',
    { action: 'approval.refused', details: { refusal: 'decided' } },
  ],
  ['Dana had the file of BR-0001 put into their OneDrive', { action: 'file.sent', subject: 'BR-0001' }],
  ['Dana was refused “audit”', { action: 'right.refused', subject: 'audit', details: { right: 'audit' } }],
  [
    'The billing policy was changed in the configuration: last month in full → last month prorated; holds from 1 Apr 2026',
    {
      actor: 'system',
      action: 'policy.changed',
      subject: 'billing policy',
      details: { words: 'last month in full → last month prorated; holds from 1 Apr 2026' },
    },
  ],
  [
    'Cloud Billing Studio asked to write BR-0001 into the PSA (APR-0001)',
    { actor: 'system', action: 'sync.proposed', details: RUN },
  ],
  [
    'The rule “small” approved APR-0001: BR-0001 is written into the PSA',
    { actor: 'rule:small', action: 'sync.approved', details: RUN },
  ],
  ['the program: ledger.pruned years', { actor: 'system', action: 'ledger.pruned', subject: 'years' }],
])('%s', (words, fact) => {
  expect(said(fact)).toBe(words)
})

test('people are named as they are known, and told apart where a name does not', () => {
  expect(said({ actor: 'slack:T1:U1', details: RUN })).toMatch(/^Dana asked/)
  expect(said({ actor: 'console:lee', details: RUN })).toMatch(/^Lee \(console:lee\) asked/)
  expect(said({ actor: 'slack:T1:U9', action: 'right.refused', subject: 'who' })).toBe(
    'slack:T1:U9 (without a role) was refused “who”',
  )
})

test('an empty trail says what will stand there, and what to type', () => {
  const words = renderConsole(auditCard([], PEOPLE, ZONE))
  expect(words).toContain('who approved or rejected it and why')
  expect(words).toContain('Next: `propose`')
})

test('a broken trail is named, whatever it says', () => {
  const forged = { ...entry({ details: RUN }), actor: 'console:lee' }
  expect(renderConsole(auditCard([forged], PEOPLE, ZONE))).toContain(
    'The trail is broken: entry 1 was changed',
  )
})

async function read({ desk }: ChatDesk, who: string, text: string): Promise<string> {
  const { card } = await desk.ask(who, text)
  return renderConsole(card)
}

test('no code of the trail reaches the people who read it', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  await read(chat, 'slack:T1:U1', 'propose march')
  await read(chat, 'slack:T1:U2', 'approve APR-0001')
  await read(chat, 'slack:T1:U1', 'audit')
  for (const card of [
    await read(chat, 'slack:T1:U2', 'audit'),
    await read(chat, 'slack:T1:U2', 'approval APR-0001'),
  ]) {
    expect(card).toMatch(/asked to bill BR-0001 \(APR-0001\)/)
    expect(card).not.toMatch(/bill\.|approval\.|right\.|console:|slack:/)
  }
})

/** A sync of four steps: asked and approved, two steps read back, one whose outcome was lost first, one refused. */
function trailOfSync(): AuditEntry[] {
  const at = (minutes: number) => new Date(Date.UTC(2026, 2, 20, 13, minutes))
  const step = (minutes: number, action: string, intent: number, why?: string): Partial<AuditFact> => ({
    at: at(minutes),
    actor: 'system',
    action,
    details: { intent: `BR-0001/${intent}`, key: `k${intent}`, ...(why === undefined ? {} : { why }) },
  })
  const facts = [
    { action: 'sync.proposed', details: RUN },
    { action: 'sync.approved', actor: 'console:lee', details: RUN },
    step(1, 'sync.confirmed', 1),
    step(2, 'sync.unknown', 2, 'no answer came'),
    { action: 'right.refused', subject: 'approve APR-0009', at: at(3), details: {} },
    step(4, 'sync.parked', 3, 'the item is inactive'),
    step(5, 'sync.confirmed', 4),
    step(9, 'sync.confirmed', 2),
  ]
  return facts.reduce<AuditEntry[]>((trail, fact) => {
    const usual = { at: at(0), actor: 'console:dana', subject: 'APR-0001', action: '', details: {} }
    return [...trail, chain({ ...usual, ...fact }, trail.at(-1))]
  }, [])
}

test('the steps of one request are told together: how many, from when to when, and how each ended', () => {
  const trail = trailOfSync()
  const stored = structuredClone(trail)
  const [list] = auditCard(trail, PEOPLE, ZONE).blocks.filter((block) => block.type === 'list')
  expect(list?.items).toEqual([
    '3–8 · 20 Mar 2026 09:01 to 20 Mar 2026 09:09 · 4 steps of APR-0001: 3 were read back as done, 1 needs a person: the item is inactive; `approval APR-0001` tells each',
    '5 · 20 Mar 2026 09:03 · Dana was refused “approve APR-0009”',
    '2 · 20 Mar 2026 09:00 · Lee (console:lee) approved APR-0001: BR-0001 is written into the PSA',
    '1 · 20 Mar 2026 09:00 · Dana asked to write BR-0001 into the PSA (APR-0001)',
  ])
  expect(trail).toEqual(stored)
})

test('one step alone is told by what it did, each time', () => {
  const trail = trailOfSync().filter(({ details }) => details['intent'] === 'BR-0001/2')
  const [list] = auditCard(trail, PEOPLE, ZONE).blocks.filter((block) => block.type === 'list')
  expect(list?.items).toEqual([
    expect.stringContaining('Step BR-0001/2 of APR-0001 was read back as done'),
    expect.stringContaining('Step BR-0001/2 of APR-0001 has an unknown outcome: no answer came'),
  ])
})
