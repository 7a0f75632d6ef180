import type { Storage } from '../../../adapters/storage/open.js'
import type { WhoAnswer } from '../../../core/app/studio.js'
import type { AuditEntry } from '../../../core/audit/chain.js'
import {
  type LocalDate,
  addDays,
  addMonths,
  formatLocalDate,
  startOfMonth,
} from '../../../core/calendar/date.js'
import { monthYear } from '../../../core/calendar/words.js'
import { localDateOf } from '../../../core/calendar/zone.js'
import type { Policy } from '../../../core/charges/types.js'
import { formatMoney } from '../../../core/money/money.js'
import type { BilledLine } from '../../../core/ports.js'
import { policyOf } from '../../../core/settings/standing.js'
import type { RecordedSettings, SomeSettings } from '../../../core/settings/types.js'
import type { IngramEmulator } from '../../emulators/ingram/server.js'
import { recomputeFromEvents } from '../recompute/from-events.js'
import type { WhoLine } from '../recompute/who.js'
import type { OverrideInput } from '../recompute/overrides.js'
import type { StoryClock } from './clock.js'
import type { House } from './house.js'
import { toldOverrides } from './told-overrides.js'

/** A program that ran in the story, and the day it was started. */
export interface Era {
  readonly house: House
  readonly since: LocalDate
}

export interface Audited {
  /** In order; the last one runs. */
  readonly eras: readonly Era[]
  readonly storage: Storage
  readonly ingram: IngramEmulator
  readonly clock: StoryClock
}

/** When the answer that is audited was observed. */
interface Asked {
  readonly age: { readonly observation: { readonly observedAt: Date } }
}

/** What people said: facts that no event log of the marketplace has. */
interface Said {
  /** Of licence lines. */
  readonly answers: ReadonlyMap<string, string | null>
  /** Of prices. */
  readonly overrides: readonly OverrideInput[]
}

/** What one customer owes in one currency, seen from three sides, in minor units. */
interface Account {
  /** From nothing but the marketplace's event log, by code that shares nothing with the product. */
  due: bigint
  /** What the store holds as billed. */
  billed: bigint
  lines: number
  /** What PSAs were read to hold; undefined: none bills the customer. */
  there: bigint | undefined
  /** What the product still wants to bill. */
  open: bigint
}

/**
 * Closes a story's books: what is due from scratch must be what is billed and what is still to bill, for everybody to
 * the cent; every billed run was approved once; the trail is whole. Throws when one of it does not hold.
 */
export async function audit(audited: Audited): Promise<readonly string[]> {
  const { storage, clock } = audited
  const books = await storage.billing.books()
  const { billed } = books
  const month = monthOfBooks(billed, clock)
  const who = await latestOf(audited).house.studio.who(month)
  const { answers } = await storage.ledger.ledger()
  const said = new Map(answers.map(({ recordKey, continues }) => [recordKey, continues ?? null]))
  const told = books.settings.filter(({ by }) => by !== undefined)
  const facts = { answers: said, overrides: toldOverrides(books) }
  const accounts = accountsOf(audited, billed, who, facts, told)
  await addStandings(accounts, latestOf(audited), who)
  const names = await namesOf(audited)
  const lines = [...accounts].map(([key, account]) => {
    const [customerId = '', currency = ''] = key.split(' ')
    return accountLine(names.get(customerId) ?? customerId, currency, account)
  })
  const held = who.exceptions.filter(({ kind }) => kind === 'noPrice' || kind === 'otherCurrency').length
  return [
    `Through ${monthYear(month.from)}, from scratch:`,
    ...lines.sort(),
    ...(held === 0 ? [] : [`held and not billed: ${held}`]),
    await trailLine(storage, billed),
  ]
}

/** The month of the clock, or the last one billed if that is later. */
function monthOfBooks(billed: readonly BilledLine[], { now, timeZone }: StoryClock) {
  const today = startOfMonth(localDateOf(now(), timeZone))
  const from = billed.reduce((latest, { month }) => (month.from > latest ? month.from : latest), today)
  return { from, to: addMonths(from, 1) }
}

function latestOf({ eras }: Audited): Era {
  const latest = eras.at(-1)
  if (latest === undefined) throw new Error('no program was started')
  return latest
}

function accountsOf(
  audited: Audited,
  billed: readonly BilledLine[],
  who: WhoAnswer & Asked,
  said: Said,
  told: readonly RecordedSettings[],
): Map<string, Account> {
  const accounts = new Map<string, Account>()
  const account = (customerId: string, currency: string) => accountOf(accounts, customerId, currency)
  for (const { customerId, currency, amount } of dueLines(audited, who, said, told)) {
    account(customerId, currency).due += BigInt(amount.replace('.', ''))
  }
  for (const { customerId, currency, amount } of billed) {
    const entry = account(customerId, currency)
    entry.billed += amount
    entry.lines += 1
  }
  for (const { customerId, currency, amount } of [...who.bills, ...who.psa]) {
    account(customerId, currency).open += amount
  }
  return accounts
}

function accountOf(accounts: Map<string, Account>, customerId: string, currency: string): Account {
  const key = `${customerId} ${currency}`
  const found = accounts.get(key) ?? { due: 0n, billed: 0n, lines: 0, there: undefined, open: 0n }
  accounts.set(key, found)
  return found
}

/** What PSAs hold for every month from the opening day through the audited one. */
async function addStandings(
  accounts: Map<string, Account>,
  { house: { studio } }: Era,
  { opensOn, month }: WhoAnswer,
): Promise<void> {
  for (let from = startOfMonth(opensOn); from < month.to; from = addMonths(from, 1)) {
    const { standings } = await studio.who({ from, to: addMonths(from, 1) })
    for (const { customerId, currency, there } of standings) {
      const account = accountOf(accounts, customerId, currency)
      account.there = (account.there ?? 0n) + there
    }
  }
}

/**
 * Everything due from scratch, by the policy of its time: an edit holds for periods that begin on or after the next
 * first of a month. Enough for stories of calendar months in which no more than the current one is billed.
 */
function dueLines(
  audited: Audited,
  who: WhoAnswer & Asked,
  said: Said,
  told: readonly RecordedSettings[],
): readonly WhoLine[] {
  const { ingram, clock } = audited
  const steps = policySteps(audited, told)
  return steps.flatMap(({ from, policy }, index) => {
    const to = steps[index + 1]?.from
    const { customers } = recomputeFromEvents(ingram.eventLog(), {
      now: who.age.observation.observedAt.toISOString(),
      opensOn: formatLocalDate(who.opensOn),
      timeZone: clock.timeZone,
      until: formatLocalDate(addDays(who.month.to, -1)),
      policy: recomputedPolicy(policy),
      ...said,
    })
    return customers
      .flatMap(({ lines }) => lines)
      .filter(({ period }) => period.from >= from && (to === undefined || period.from < to))
  })
}

/** What was told in chat, under the lines of the configuration of its time; the first from the beginning. */
function policySteps(
  { eras }: Audited,
  told: readonly RecordedSettings[],
): readonly { readonly from: string; readonly policy: Policy }[] {
  const started = eras.map(({ house, since }, index) => ({
    from: index === 0 ? '' : nextFirst(since),
    lines: house.config.settings.lines,
  }))
  const spoken = told.map(({ says, holdsFrom }) => {
    return { from: holdsFrom === undefined ? '' : nextFirst(holdsFrom), says }
  })
  const days = new Set([...started, ...spoken].map(({ from }) => from))
  return [...days].sort().map((from) => {
    const lines = started.findLast((era) => era.from <= from)?.lines
    const says = spoken.filter((one) => one.from <= from)
    const said = says.reduce<SomeSettings>((all, one) => ({ ...all, ...one.says }), {})
    return { from, policy: policyOf({ ...said, ...lines }) }
  })
}

/** The day itself when it is the first of its month, else the first of the next. */
function nextFirst(day: LocalDate): string {
  return formatLocalDate(day === startOfMonth(day) ? day : addMonths(startOfMonth(day), 1))
}

function recomputedPolicy({ anchorDay, baseMonth, ...policy }: Policy) {
  return {
    ...policy,
    ...(anchorDay === undefined ? {} : { anchorDay }),
    ...(baseMonth === undefined ? {} : { baseMonth: formatLocalDate(baseMonth).slice(0, 7) }),
  }
}

function accountLine(name: string, currency: string, { due, billed, lines, there, open }: Account): string {
  const words = (minor: bigint) => formatMoney({ currency, minor })
  const drift = billed + (there ?? 0n) + open - due
  const count = `${lines} ${lines === 1 ? 'line' : 'lines'}`
  const inPsa = there === undefined ? '' : `, there in a PSA ${words(there)}`
  const line = `${name}: due ${words(due)}, billed ${words(billed)} in ${count}${inPsa}, still to bill ${words(open)}`
  if (drift !== 0n) throw new Error(`${line}: ${words(drift)} unexplained`)
  return line
}

async function namesOf({ ingram }: Audited): Promise<ReadonlyMap<string, string>> {
  return new Map(
    [...ingram.world.projection().customers.values()].map(({ customerId, name }) => [customerId, name]),
  )
}

async function trailLine({ billing, verifyAudit }: Storage, billed: readonly BilledLine[]): Promise<string> {
  const { entries, fault } = await verifyAudit()
  if (fault !== undefined) throw new Error(`the trail is broken at entry ${fault.sequence}: ${fault.what}`)
  const trail = await billing.trail()
  const count = (...actions: readonly string[]) =>
    trail.filter(({ action }) => actions.includes(action)).length
  for (const runId of new Set(billed.map((line) => line.runId))) {
    const approved = trail.filter(
      ({ action, details }) => action === 'bill.approved' && details['run'] === runId,
    )
    if (approved.length !== 1) throw new Error(`${runId} is billed and was approved ${approved.length} times`)
  }
  for (const approvalId of new Set(written(trail))) {
    const approved = trail.filter(
      ({ action, subject }) => action === 'sync.approved' && subject === approvalId,
    )
    if (approved.length !== 1)
      throw new Error(`${approvalId} is written and was approved ${approved.length} times`)
  }
  const ended = (verdict: string) => count(`bill.${verdict}`, `sync.${verdict}`, `void.${verdict}`)
  const decided = `${ended('approved')} approved, ${ended('rejected')} rejected`
  const refused = count('approval.refused', 'approval.stale', 'right.refused')
  return `decided: ${decided}; refused: ${refused}; the trail of ${entries} entries is whole`
}

/** Requests of which something was written into a PSA. */
function written(trail: readonly AuditEntry[]): string[] {
  return trail.filter(({ action }) => action === 'sync.confirmed').map(({ subject }) => subject)
}
