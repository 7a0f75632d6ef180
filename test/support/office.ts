import type { Person, Role } from '../../core/access/rights.js'
import { type Studio, type StudioSettings, createStudio } from '../../core/app/studio.js'
import type { Period } from '../../core/calendar/period.js'
import { DEFAULT_POLICY, type Policy } from '../../core/charges/types.js'
import type { ObservedOrder, ObservedSubscription } from '../../core/marketplace/types.js'
import type { Psas } from '../../core/app/read-psa.js'
import type { ApprovalRecord, BillingStore, PeopleStore } from '../../core/ports.js'
import type { SyncStore } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import { memoryBilling } from './memory-billing.js'
import { memoryLedger } from './memory-ledger.js'
import { memoryPeople } from './memory-people.js'
import { noSync } from './no-sync.js'
import { memoryLog } from './memory-log.js'
import { day, decimal, observed, order } from './observed.js'

export const MARCH = { from: day('2026-03-01'), to: day('2026-04-01') }
export const APRIL = { from: day('2026-04-01'), to: day('2026-05-01') }
export const MAY = { from: day('2026-05-01'), to: day('2026-06-01') }

function person(name: string, role: Role): Person {
  return { id: `console:${name}`, name, role, identities: [`console:${name}`] }
}

export const DANA = person('Dana', 'approver')
export const LEE = person('Lee', 'approver')
export const VI = person('Vi', 'viewer')

/** An MSP whose marketplace, settings and clock a test moves: Contoso has 25 seats since 11 March, 20 before. */
export class Office {
  now = new Date('2026-03-20T13:00:00Z')
  subscriptions: ObservedSubscription[] = [observed({ quantity: decimal('25') })]
  orders: ObservedOrder[] = [order()]
  readonly billing: BillingStore
  readonly sync: SyncStore
  readonly #psas: Psas
  readonly #people: PeopleStore
  studio: Studio
  readonly #ledger = memoryLedger()
  #settings: StudioSettings
  #ids = 0

  constructor(
    people: readonly Person[] = [DANA, LEE, VI],
    billing = memoryBilling(),
    sync: SyncStore = noSync(),
    psas: Psas = new Map(),
    stored: PeopleStore = memoryPeople(people),
  ) {
    this.billing = billing
    this.sync = sync
    this.#psas = psas
    this.#people = stored
    this.#settings = {
      timeZone: 'America/New_York',
      opensOn: day('2026-03-01'),
      lines: {},
      people,
    }
    this.studio = this.#open()
  }

  #open(): Studio {
    const read = async () => ({
      customers: [
        { id: 'C1', name: 'Contoso' },
        { id: 'C2', name: 'Fabrikam' },
      ],
      subscriptions: this.subscriptions,
      orders: this.orders,
      requests: 1,
    })
    return createStudio(
      {
        marketplace: { read },
        ledger: this.#ledger,
        billing: this.billing,
        sync: this.sync,
        people: this.#people,
        psas: this.#psas,
        clock: { now: async () => this.now },
        ids: { next: () => `id-${(this.#ids += 1)}`, code: () => 'ACDE3467' },
        log: memoryLog(),
      },
      this.#settings,
    )
  }

  /** The program ends and is started again, with other settings where they are given. */
  async restart(settings: Partial<StudioSettings> = {}): Promise<void> {
    this.later(1)
    this.#settings = { ...this.#settings, ...settings }
    this.studio = this.#open()
    await this.studio.begin()
  }

  later(minutes: number): void {
    this.now = new Date(this.now.getTime() + minutes * 60_000)
  }

  async observe(): Promise<void> {
    this.later(1)
    await this.studio.observe()
  }

  async due(month: Period = MARCH): Promise<bigint> {
    return (await this.studio.who(month)).totals.reduce((sum, { amount }) => sum + amount, 0n)
  }

  async propose(by: Person, month = MARCH, customers: readonly string[] = []): Promise<ApprovalRecord> {
    const outcome = await this.studio.billing.propose(by, month, customers)
    if (outcome.type !== 'asked') throw new Error(`the proposal is ${outcome.type}`)
    return outcome.record
  }

  decide(by: Person, { approval }: ApprovalRecord, reason?: string) {
    const verdict = reason === undefined ? 'approved' : 'rejected'
    return this.studio.billing.decide(by, approval.id, { verdict, reason, seen: approval.fingerprint })
  }

  /** Proposed by one, approved by the other. */
  async bill(month: Period = MARCH, customers: readonly string[] = []): Promise<ApprovalRecord> {
    const asked = await this.propose(DANA, month, customers)
    const { type } = await this.decide(LEE, asked)
    if (type !== 'decided') throw new Error(`the run was ${type}`)
    return asked
  }
}

export async function office(people?: readonly Person[]): Promise<Office> {
  const made = new Office(people)
  await made.observe()
  return made
}

/** Started under a policy, as the program is, then observed. */
export async function started(policy: Policy = DEFAULT_POLICY): Promise<Office> {
  const msp = new Office()
  await msp.restart({ lines: policy })
  await msp.observe()
  return msp
}

export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof Problem) return error
  throw new Error(`expected a problem, got ${String(error)}`)
}
