import { createIngramMarketplace } from '../../../adapters/ingram/client.js'
import type { Person, Role } from '../../../core/access/rights.js'
import { createStudio, type Studio } from '../../../core/app/studio.js'
import { parseLocalDate } from '../../../core/calendar/date.js'
import type { Period } from '../../../core/calendar/period.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { BillingStore, LedgerStore } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import type { IngramEmulation } from '../../emulators/ingram/emulation.js'
import { BASE_PATH } from '../../emulators/ingram/gateway.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryPeople } from '../../support/memory-people.js'
import { memoryLedger } from '../../support/memory-ledger.js'
import { amountNumeral, comparedWho } from '../../support/recompute/answer.js'
import type { PolicyInput } from '../../support/recompute/input.js'
import type { ComparedCustomer } from '../../support/recompute/who.js'
import { noSync } from '../../support/no-sync.js'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** So wide that nothing is ever held for its size (B25): what is due is compared here. */
/** Percent that hold nothing back. */
const NO_BOUND = 1_000_000_000

function person(name: string, role: Role): Person {
  return { id: `console:${name}`, name, role, identities: [`console:${name}`] }
}

const DANA = person('Dana', 'approver')
const LEE = person('Lee', 'approver')

/** A calendar month of a date "2026-03-20", so many months later. */
export function monthOf(date: string, later = 0): Period {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + later
  const first = (month: number) => {
    const text = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`
    const day = parseLocalDate(text)
    if (day === undefined) throw new Error(`not a date: ${text}`)
    return day
  }
  return { from: first(index), to: first(index + 1) }
}

/** Answers the product's requests by a function call: thousands of them a second, and no sockets. */
function answerFetchFrom(current: () => IngramEmulation): void {
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const { hits, answer } = current().receive({
      method: init?.method ?? 'GET',
      target: `${url.pathname}${url.search}`,
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: typeof init?.body === 'string' ? init.body : '',
    })
    const { answer: given } = answer()
    const text = JSON.stringify(given.body)
    const cut = hits.some(({ kind }) => kind === 'truncated')
    return new Response(cut ? text.slice(0, text.length / 2) : text, {
      status: given.status,
      headers: { 'content-type': 'application/json', ...given.headers },
    })
  }
}

export interface OfficeSettings {
  readonly timeZone: string
  readonly opensOn: string
  readonly policy: PolicyInput
}

/** The product over its ledger and books in memory, reading the emulated marketplace through its real adapter. */
export class Office {
  readonly #emulation: IngramEmulation
  readonly #now: () => Date
  readonly #ledger: LedgerStore = memoryLedger()
  readonly #billing: BillingStore = memoryBilling()
  readonly #settings: OfficeSettings
  readonly #studio: Studio
  #ids = 0

  constructor(emulation: IngramEmulation, root: string, now: () => Date, settings: OfficeSettings) {
    this.#emulation = emulation
    this.#now = now
    this.#settings = settings
    this.#studio = this.#open(root, this.#billing)
  }

  #open(root: string, billing: BillingStore): Studio {
    const { username, password, subscriptionKey, marketplace } = this.#emulation.credentials
    const { timeZone, opensOn, policy } = this.#settings
    const opens = parseLocalDate(opensOn)
    if (opens === undefined) throw new Error(`not a date: ${opensOn}`)
    const { baseMonth: _, ...rest } = policy
    return createStudio(
      {
        marketplace: createIngramMarketplace({
          baseUrl: `${root}${BASE_PATH}`,
          subscriptionKey,
          auth: { kind: 'basic-token', username, password, marketplace },
          now: () => this.#now().getTime(),
          sleep: async () => undefined,
        }),
        ledger: this.#ledger,
        sync: noSync(),
        people: memoryPeople([DANA, LEE]),
        psas: new Map(),
        billing,
        clock: { now: async () => this.#now() },
        ids: { next: () => `id-${(this.#ids += 1)}`, code: () => 'ACDE3467' },
        log: SILENT,
      },
      {
        timeZone,
        opensOn: opens,
        lines: { ...DEFAULT_POLICY, ...rest, boundPercent: NO_BOUND },
        people: [DANA, LEE],
      },
    )
  }

  /** False: the reading was refused, and nothing stored. */
  async observe(): Promise<boolean> {
    answerFetchFrom(() => this.#emulation)
    try {
      await this.#studio.observe()
      return true
    } catch (error) {
      if (error instanceof Problem && error.kind === 'unavailable') return false
      throw error
    }
  }

  async who(month: Period): Promise<ComparedCustomer[]> {
    return comparedWho(await this.#studio.who(month))
  }

  /** Proposes and approves the run of a month; false when there is nothing to bill. */
  async bill(month: Period): Promise<boolean> {
    try {
      const proposed = await this.#studio.billing.propose(DANA, month, [])
      if (proposed.type !== 'asked') throw new Error(`the run of everybody is ${proposed.type}`)
      const { approval } = proposed.record
      const attempt = { verdict: 'approved', reason: undefined, seen: approval.fingerprint } as const
      const outcome = await this.#studio.billing.decide(LEE, approval.id, attempt)
      if (outcome.type !== 'decided') throw new Error(`the run was not approved: ${outcome.type}`)
      return true
    } catch (error) {
      if (error instanceof Problem && error.kind === 'notFound') return false
      throw error
    }
  }

  /** Everything that was billed, per customer and currency. */
  async billed(): Promise<readonly { customerId: string; currency: string; amount: string }[]> {
    const { billed } = await this.#billing.books()
    const sums = new Map<string, { customerId: string; currency: string; minor: bigint }>()
    for (const { customerId, currency, amount } of billed) {
      const key = `${customerId} ${currency}`
      sums.set(key, { customerId, currency, minor: (sums.get(key)?.minor ?? 0n) + amount })
    }
    return [...sums.values()].map(({ customerId, currency, minor }) => ({
      customerId,
      currency,
      amount: amountNumeral(minor, currency),
    }))
  }
}
