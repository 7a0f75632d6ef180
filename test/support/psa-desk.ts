import { expect } from 'vitest'
import { writtenOf } from '../../core/app/written.js'
import { formatDecimal } from '../../core/money/decimal.js'
import type { ApprovalRecord } from '../../core/ports.js'
import type { Container, Slot, UnitSteps } from '../../core/sync/types.js'
import { stepWords } from '../../core/sync/words.js'
import { SLOT, container } from '../core/sync/build.js'
import { type FakePsa, fakePsa } from './fake-psa.js'
import { memoryBilling } from './memory-billing.js'
import { memoryBooks } from './memory-books.js'
import { memorySync } from './memory-sync.js'
import { day } from './observed.js'
import { APRIL, DANA, LEE, Office, VI } from './office.js'

/** An office whose one customer a PSA bills. */
export interface PsaDesk {
  readonly office: Office
  readonly psa: FakePsa
  readonly lineageId: string
}

export interface MappedOptions {
  /** What is not as usual about the slot. */
  readonly slot?: Partial<Slot>
  /** What is to be before the first observation. */
  readonly prepare?: (office: Office) => void
}

/** Contoso is billed in an agreement with a line of 20 seats, mapped on 20 March; 25 are due since the 11th. */
export async function mapped(
  words: Partial<Container> & Pick<Container, 'mode' | 'lockedTo'>,
  { slot: own = {}, prepare }: MappedOptions = {},
): Promise<PsaDesk> {
  const psa = fakePsa(container(words))
  const books = memoryBooks()
  const sync = memorySync(books)
  const office = new Office([DANA, LEE, VI], memoryBilling(books), sync, new Map([['connectwise', psa]]))
  prepare?.(office)
  await office.observe()
  const { bills } = await office.studio.who(APRIL)
  const [line] = bills.flatMap(({ lines }) => lines)
  const lineageId = line?.subscription.subscription.lineageId ?? ''
  const slot: Slot = { ...SLOT, id: lineageId, lineageIds: [lineageId], ...own }
  const read = await psa.read('77')
  const customer = { customerId: 'C1', psa: 'connectwise', companyId: '12', companyName: 'Contoso' } as const
  const audit = { at: office.now, actor: DANA.id, action: 'map.accepted', subject: 'C1', details: {} }
  await sync.saveReading({ container: read, readAt: office.now }, [])
  await sync.map({ customer, slots: [slot], written: [writtenOf(slot, read, [slot])], audit })
  return { office, psa, lineageId }
}

export async function asked({ office }: PsaDesk): Promise<ApprovalRecord> {
  const outcome = await office.studio.billing.sync(DANA, [])
  if (outcome.type !== 'asked') throw new Error(`the sync is ${JSON.stringify(outcome.trouble)}`)
  return outcome.record
}

export function wordsOf({ plan = [] }: ApprovalRecord): string[] {
  return plan.flatMap(({ steps, currency }) => steps.map((step) => stepWords(step, currency)))
}

/** What a sync would write now; nothing: none of it. */
export async function plannedWords({ office }: PsaDesk): Promise<string[]> {
  const outcome = await office.studio.billing.sync(DANA, [])
  return outcome.type === 'asked' ? wordsOf(outcome.record) : []
}

export async function states({ office }: PsaDesk): Promise<string[]> {
  const { intents } = await office.sync.state()
  return intents.map(({ state, why }) => (why === undefined ? state : `${state}: ${why}`))
}

/** Approved by the other approver, and carried out as far as it goes. */
export async function approved(desk: PsaDesk): Promise<ApprovalRecord> {
  const record = await asked(desk)
  expect((await desk.office.decide(LEE, record)).type).toBe('decided')
  await desk.office.studio.dispatch()
  return record
}

/** The PSA has invoiced up to a day; earlier than before: its newest invoice was taken back. */
export function invoicedTo({ psa }: PsaDesk, date: string): void {
  const read = psa.held.get('77')
  if (read === undefined) throw new Error('the agreement is gone')
  psa.held.set('77', { ...read, lockedTo: day(date) })
}

/** "20, 25" */
export function counts(steps: UnitSteps): string {
  return steps.map(({ units }) => formatDecimal(units)).join(', ')
}
