import fc from 'fast-check'
import type { Person } from '../../../core/access/people.js'
import type { BillingStore } from '../../../core/ports.js'
import { resultOf } from '../../emulators/teams/player.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { Office } from '../../support/office.js'
import { decisions, wordsOf } from './clicks.js'
import { Faults, type Scenario, pick } from './scenario.js'
import { type Stage, rowsOf, targetOf } from './stage.js'

const CUSTOMERS = 8
const LOST =
  /(approved|rejected) by (Lee|Sam) on|You (approved|rejected) this already on|You asked for this, so somebody else/

function person(name: string): Person {
  return { id: `console:${name}`, name, role: 'approver', identities: [`console:${name}`] }
}

const [DANA, LEE, SAM] = [person('Dana'), person('Lee'), person('Sam')]

/** Every call of the store waits for the scheduler, before and after: what lies between is one step of the program. */
function scheduled(store: BillingStore, waits: { on: boolean }, scheduler: fc.Scheduler): BillingStore {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return async (...given: unknown[]): Promise<unknown> => {
        if (waits.on) await scheduler.schedule(Promise.resolve(), String(name))
        const result: unknown = await Reflect.apply(method, target, given)
        if (waits.on) await scheduler.schedule(Promise.resolve(), `after ${String(name)}`)
        return result
      }
    },
  })
}

/** Two approvers, one of them twice, and whoever asked for it: one decision in every order of their steps. */
async function interleave(orders: number, seed: number, faults: Faults): Promise<void> {
  await fc
    .assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const waits = { on: false }
        const office = new Office([DANA, LEE, SAM], scheduled(memoryBilling(), waits, scheduler))
        await office.observe()
        const asked = await office.propose(DANA)
        waits.on = true
        const clicks = Promise.all([
          office.decide(LEE, asked),
          office.decide(SAM, asked, 'not yet'),
          office.decide(LEE, asked),
          office.decide(DANA, asked),
        ])
        await scheduler.waitFor(clicks)
        waits.on = false
        const outcomes = await clicks
        const decided = outcomes.filter(({ type }) => type === 'decided').length
        const written = (await office.billing.trail(asked.approval.id)).filter(({ action }) =>
          /\.(approved|rejected)$/.test(action),
        )
        const told = outcomes.every((outcome, index) => {
          if (outcome.type === 'decided') return index !== 3
          if (outcome.type !== 'refused') return false
          const { refusal } = outcome
          return refusal.type === 'ownRequest'
            ? index === 3
            : refusal.type === 'decided' && refusal.decision.byName === written[0]?.actor.split(':')[1]
        })
        if (decided !== 1 || written.length !== 1 || !told) {
          throw new Error(`decided ${decided} times, ${written.length} entries, losers told rightly: ${told}`)
        }
      }),
      { numRuns: orders, seed },
    )
    .catch((error: unknown) => faults.add(error instanceof Error ? error.message : String(error)))
}

interface Click {
  readonly handle: 'lee' | 'sam' | 'dana'
  readonly isTeams: boolean
}

/** Two approvers, and perhaps more clicks of theirs and of whoever asked for it. */
function drawRace(draw: () => number): readonly Click[] {
  const click = (handle: Click['handle']): Click => ({ handle, isTeams: draw() < 0.5 })
  const more = Array.from({ length: Math.floor(draw() * 4) }, () =>
    click(pick(draw, ['lee', 'sam', 'dana'] as const)),
  )
  return [click('lee'), click('sam'), ...more]
}

/** All at once; then one decision, and everybody else was told by whom and when. */
async function race(stage: Stage, text: string, draw: () => number, faults: Faults) {
  const record = await stage.propose(text)
  const { outside, served } = stage
  const clicks = drawRace(draw)
  const [value, card, message] = [targetOf(record), stage.teamsCard(), stage.slackCard()]
  const whispers = outside.slack.world.ephemerals.length
  const answers = await Promise.all(
    clicks.map(async ({ handle, isTeams }) => {
      if (isTeams) {
        return resultOf(await served().player.deliver(stage.teamsClick(handle, 'approveSure', value, card)))
          .words
      }
      await served().sender.click(outside.member(handle).slackUser, message, 'approve', JSON.stringify(value))
      return undefined
    }),
  )
  await stage.settled()
  const told = [
    ...answers.filter((words) => words !== undefined),
    ...outside.slack.world.ephemerals.slice(whispers).map(({ blocks }) => wordsOf(blocks)),
  ]
  const decided = await decisions(stage, record.approval.id)
  faults.expect(decided === 1, `a race of ${clicks.length} clicks decided ${decided} times`)
  faults.expect(told.length === clicks.length - 1, `${told.length} of ${clicks.length - 1} losers were told`)
  for (const words of told) faults.expect(LOST.test(words), `a loser was told: ${words}`)
  return { clicks: clicks.length, runId: record.run.id }
}

export const races: Scenario = {
  row: 'T-7',
  title: 'races to decide',
  play: async ({ open, count, draw }) => {
    const faults = new Faults()
    const orders = count(2000, 100)
    await interleave(orders, Math.floor(draw() * 1_000_000), faults)
    const stage = await open({ customers: CUSTOMERS })
    const total = count(200, 20)
    let clicks = 0
    const billed = new Map<number, string>()
    for (let index = 0; index < total; index += 1) {
      // A bill run of what is due, or a void of what is billed, whichever it is.
      const customer = 1 + (index % CUSTOMERS)
      const run = billed.get(customer)
      const text =
        run === undefined ? `propose march Customer ${customer}` : `void ${run} because it was a mistake`
      const raced = await race(stage, text, draw, faults)
      clicks += raced.clicks
      if (run === undefined) billed.set(customer, raced.runId)
      else billed.delete(customer)
    }
    if (faults.list().length > 0) return { words: `${total} races`, faults: faults.list() }
    const rows = rowsOf(await stage.stop(), 'decision').length
    faults.expect(rows === total, `${rows} rows of decisions instead of ${total}`)
    const words = `${orders} drawn orders of the steps of four clicks; ${total} races of ${clicks} real clicks in Slack and Teams: 1 decision each, ${rows} rows, every loser told who and when`
    return { words, faults: faults.list() }
  },
}
