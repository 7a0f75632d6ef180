import type { LoggedEvent } from '../../support/recompute/event-log.js'
import { formatDay, localDay } from '../../support/recompute/days.js'
import { type AskedOfPolls, recomputeFromPolls } from '../../support/recompute/from-events.js'
import type { Poll } from '../../support/recompute/polls.js'
import type { Rules } from '../../support/recompute/rules.js'
import {
  type ComparedCustomer,
  compareWho,
  type Held,
  type WhoLine,
  whoOf,
} from '../../support/recompute/who.js'
import { addDays, formatLocalDate } from '../../../core/calendar/date.js'
import type { Fault } from '../../emulators/ingram/faults.js'
import { monthOf, Office } from './office.js'
import { ROOT, Stage } from './stage.js'
import type { Disturbance, Step, Story } from './story.js'

/** What the product answered at one moment, with all that an independent answer needs. */
export interface Moment {
  /** Position of the step after which it was asked. */
  readonly step: number
  readonly now: string
  readonly polls: readonly Poll[]
  /** Last day of the month asked for. */
  readonly until: string
  readonly answer: readonly ComparedCustomer[]
}

export interface Difference {
  readonly moment: Moment
  readonly sentences: readonly string[]
}

export interface Played {
  readonly story: Story
  readonly events: readonly LoggedEvent[]
  /** In order; and what was billed before each, as the recomputation answered it. */
  readonly moments: readonly (Moment & { readonly billed: readonly WhoLine[] })[]
  readonly difference: Difference | undefined
}

const FAULTS: Readonly<Record<'refused' | 'cut' | 'pageMissing', Fault>> = {
  refused: { kind: 'status', status: 503, path: '/orders' },
  cut: { kind: 'truncated', path: '/subscriptions/' },
  pageMissing: { kind: 'missingPage', list: '/subscriptions', page: 0 },
}

const MINUTES_OF_A_READ = 7
/** Later than any month a story bills ahead. */
const MONTHS_TO_THE_END = 2

class Play {
  readonly story: Story
  readonly stage: Stage
  readonly office: Office
  readonly polls: Poll[] = []
  readonly moments: (Moment & { readonly billed: readonly WhoLine[] })[] = []
  billed: readonly WhoLine[] = []

  constructor(story: Story) {
    this.story = story
    this.stage = new Stage(story)
    this.office = new Office(this.stage.emulation, ROOT, () => this.stage.now, story)
  }

  get events(): readonly LoggedEvent[] {
    return this.stage.emulation.eventLog()
  }

  asked(until: string, rules: Rules = {}): AskedOfPolls {
    const { opensOn, timeZone, policy } = this.story
    return { opensOn, timeZone, policy, until, polls: [...this.polls], billed: this.billed, rules }
  }

  today(): string {
    return formatDay(localDay(this.stage.now.toISOString(), this.story.timeZone))
  }

  /**
   * Asks the product and the recomputation whom to bill through a month.
   * @param recomputed what the recomputation answers, where it was asked already
   */
  async compare(
    step: number,
    later: number,
    recomputed?: readonly ComparedCustomer[],
  ): Promise<Difference | undefined> {
    const month = monthOf(this.today(), later)
    const until = formatLocalDate(addDays(month.to, -1))
    const answer = await this.office.who(month)
    const moment: Moment = { step, now: this.stage.now.toISOString(), polls: [...this.polls], until, answer }
    this.moments.push({ ...moment, billed: this.billed })
    const expected = recomputed ?? recomputeFromPolls(this.events, this.asked(until)).customers
    const sentences = compareWho(expected, answer)
    return sentences.length > 0 ? { moment, sentences } : undefined
  }

  async poll(disturbed: Disturbance | undefined): Promise<boolean> {
    const { stage } = this
    const startedAt = stage.now.toISOString()
    const found = this.#disturb(disturbed)
    const complete = await this.office.observe()
    stage.beforeAnswer = () => undefined
    stage.emulation.setFaults([])
    const refused = disturbed !== undefined && disturbed.kind in FAULTS
    if (complete === refused)
      throw new Error(`a poll was ${complete ? 'complete' : 'refused'} at ${startedAt}`)
    if (!complete) return false
    this.polls.push({ startedAt, ...found })
    stage.noteListed(found.missing ?? [])
    return true
  }

  /** Prepares what disturbs the next poll. The result is filled in while it is read. */
  #disturb(disturbed: Disturbance | undefined): Partial<{ -readonly [Key in keyof Poll]: Poll[Key] }> {
    const { stage } = this
    const found: Partial<{ -readonly [Key in keyof Poll]: Poll[Key] }> = {}
    if (disturbed === undefined) return found
    if (disturbed.kind === 'vanished') {
      const lines = [...stage.emulation.world.projection().subscriptions.keys()]
      const subscriptionId = lines[disturbed.line % lines.length] ?? ''
      stage.emulation.setFaults([{ kind: 'vanished', subscriptionId, poll: 1 }])
      found.missing = [subscriptionId]
    } else if (disturbed.kind === 'during') {
      const pattern = disturbed.before === 'details' ? /^\/subscriptions\/\d/ : /^\/orders/
      found.listedAt = stage.now.toISOString()
      stage.beforeAnswer = (path) => {
        if (!pattern.test(path)) return
        stage.beforeAnswer = () => undefined
        if (disturbed.before === 'orders') found.detailedAt = stage.now.toISOString()
        stage.moveBy(MINUTES_OF_A_READ)
        stage.perform(disturbed.what)
        if (disturbed.before === 'details') found.detailedAt = stage.now.toISOString()
        found.orderedAt = stage.now.toISOString()
      }
    } else stage.emulation.setFaults([FAULTS[disturbed.kind]])
    return found
  }

  /** Bills a month: afterwards nothing of it is due, and the recomputation keeps what it had answered. */
  async bill(step: number, later: number): Promise<Difference | undefined> {
    const month = monthOf(this.today(), later)
    const until = formatLocalDate(addDays(month.to, -1))
    const customers = recomputeFromPolls(this.events, this.asked(until)).customers
    const before = await this.compare(step, later, customers)
    if (before !== undefined) return before
    const due = customers.flatMap(({ lines }) => lines)
    const billed = await this.office.bill(month)
    if (billed !== due.length > 0)
      throw new Error(`a run of ${due.length} lines was ${billed ? '' : 'not '}made`)
    this.billed = [...this.billed, ...due]
    return await this.compare(step, later)
  }

  /**
   * B23: when everything is billed, a second run has nothing, and what was billed in all is what would be due had
   * nothing been billed before.
   */
  async finish(): Promise<Difference | undefined> {
    if (this.polls.length === 0) return undefined
    const step = this.story.steps.length
    const found = await this.bill(step, MONTHS_TO_THE_END)
    if (found !== undefined) return found
    const month = monthOf(this.today(), MONTHS_TO_THE_END)
    if (await this.office.bill(month)) throw new Error('a second run billed something again')
    const until = formatLocalDate(addDays(month.to, -1))
    const scratch = recomputeFromPolls(this.events, { ...this.asked(until), billed: [] })
    const totals = whoOf(
      [...scratch.customers.flatMap(({ lines }) => lines), ...this.#billedOfHeld(scratch.held)],
      [],
    ).customers.map((customer) => ({ ...customer, lines: [] }))
    const answer = (await this.office.billed()).map((customer) => ({ ...customer, lines: [] }))
    const sentences = compareWho(totals, answer)
    const moment = { step, now: this.stage.now.toISOString(), polls: this.polls, until, answer }
    return sentences.length > 0 ? { moment, sentences } : undefined
  }

  /** What was billed of a subscription that came in doubt later stays billed until a person decides (B18). */
  #billedOfHeld(held: readonly Held[]): readonly WhoLine[] {
    const records = new Set(
      held.flatMap(({ subject, lines }) => [subject, ...lines.flatMap((line) => line.records)]),
    )
    return this.billed.filter(({ subject }) => records.has(subject))
  }

  async perform(step: Step, index: number): Promise<Difference | undefined> {
    this.stage.moveBy(step.after)
    if (step.does === 'poll') {
      if (!(await this.poll(step.disturbed))) return undefined
      // The next month tells what is known of the future. Asking now and then is enough: what was seen stays seen.
      return index % 2 === 0 ? await this.compare(index, index % 4 === 0 ? 1 : 0) : undefined
    }
    if (step.does !== 'bill') {
      this.stage.perform(step)
      return undefined
    }
    return this.polls.length === 0 ? undefined : await this.bill(index, step.month)
  }
}

/** Plays a story until the product and the recomputation differ, or to its end, where everything is billed. */
export async function play(story: Story, until: 'difference' | 'end' = 'difference'): Promise<Played> {
  const played = new Play(story)
  let difference: Difference | undefined
  for (const [index, step] of story.steps.entries()) {
    const found = await played.perform(step, index)
    difference ??= found
    if (difference !== undefined && until === 'difference') break
  }
  if (until === 'difference') difference ??= await played.finish()
  return { story, events: played.events, moments: played.moments, difference }
}
