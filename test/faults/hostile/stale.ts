import { container, psaLine } from '../../core/sync/build.js'
import type { IngramEmulator } from '../../emulators/ingram/server.js'
import { type FakePsa, fakePsa } from '../../support/fake-psa.js'
import { offers } from '../../support/mapped-desk.js'
import { day } from '../../support/observed.js'
import { SLACK_TEAM } from '../../support/story/cast.js'
import { click, decisions } from './clicks.js'
import { Faults, type Scenario } from './scenario.js'
import type { Stage } from './stage.js'

/** Something that changes between what was shown and the click on it. */
interface Input {
  readonly name: string
  /** What is asked for, in words. */
  readonly asked: string
  /** How the refusal begins to say what changed. */
  readonly tells: RegExp
  prepare?(stage: Stage): Promise<void>
  change(stage: Stage, round: number): Promise<void>
  /** Puts back what the next round needs. */
  restore?(stage: Stage): Promise<void>
}

const CUSTOMER = 'Customer 1'

function line({ world }: IngramEmulator) {
  const { customerId } = world.customerNamed(CUSTOMER)
  const [subscription] = world.subscriptionsOf(customerId)
  const [first] = subscription?.lines ?? []
  if (subscription === undefined || first === undefined) throw new Error(`${CUSTOMER} has bought nothing`)
  return { subscriptionId: subscription.subscriptionId, mpn: first.mpn }
}

/** Reads the marketplace some minutes later, as the next look at it does. */
async function observe(stage: Stage): Promise<void> {
  stage.outside.clock.moveOn(60_000)
  await stage.terminal('dana', 'observe')
}

const STALE = /(line|step)s? .*since/s

/** What each input is asked for with: a bill run, or what would be written into a PSA. */
const RUN = `propose march ${CUSTOMER}`
const SYNC = `sync ${CUSTOMER}`

const INPUTS: readonly Input[] = [
  {
    name: 'seats',
    asked: RUN,
    tells: STALE,
    change: async (stage) => {
      stage.outside.ingram.world.addSeats({ ...line(stage.outside.ingram), delta: 1 })
      await observe(stage)
    },
  },
  {
    name: 'list price',
    // It counts from the period that begins after it.
    asked: `propose april ${CUSTOMER}`,
    tells: STALE,
    change: async (stage, round) => {
      const unitPrice = (23 + round / 100).toFixed(2)
      stage.outside.ingram.world.changePrice({ ...line(stage.outside.ingram), unitPrice })
      await observe(stage)
    },
  },
  {
    name: 'price override',
    asked: `propose april ${CUSTOMER}`,
    tells: STALE,
    change: (stage, round) => stage.terminal('dana', `price ${CUSTOMER} ${(20 + round / 100).toFixed(2)}`),
  },
  {
    name: 'role of the decider',
    asked: RUN,
    tells: /Your role \(viewer\) may not do that/,
    change: (stage) => stage.terminal('ada', 'people role Lee viewer'),
    restore: (stage) => stage.terminal('ada', 'people role Lee approver'),
  },
  {
    name: 'removal of the decider',
    asked: RUN,
    tells: /You have no role here yet/,
    change: (stage) => stage.terminal('ada', 'people remove Lee'),
    restore: ({ outside, terminal }) =>
      terminal('ada', `people add Lee approver slack:${SLACK_TEAM}:${outside.member('lee').slackUser}`),
  },
  {
    name: 'mapping',
    asked: SYNC,
    tells: STALE,
    prepare: (stage) => stage.terminal('dana', `map ${CUSTOMER} accept`),
    change: (stage) => stage.terminal('dana', `map ${CUSTOMER} remove`),
  },
  {
    name: 'policy',
    asked: RUN,
    tells: STALE,
    change: (stage) => stage.restart({ BILLING_TIMING: 'arrears' }),
    restore: (stage) => stage.restart({}),
  },
]

/** A PSA with an agreement for each customer, and one line fewer seats than are due. */
function psaOf(customers: readonly string[]): FakePsa {
  const lines = [psaLine({ id: '90001', itemId: '500', quantity: '4' })]
  const agreements = customers.map((name, index) =>
    container({
      id: String(700 + index),
      name,
      companyId: String(100 + index),
      mode: 'datedLines',
      lockedTo: day('2026-03-01'),
      lines,
    }),
  )
  const psa = fakePsa(...agreements)
  const { companies } = offers(customers)
  const { items } = offers(['Business Premium'])
  Object.assign(psa.offered, { companies, items })
  return psa
}

export const staleClicks: Scenario = {
  row: 'T-6',
  title: 'clicks on what has changed since',
  play: async ({ open, count }) => {
    const rounds = count(50, 2)
    const psa = psaOf([CUSTOMER])
    const stage = await open({ customers: 2, psas: new Map([['connectwise', psa]]) })
    const faults = new Faults()
    for (const { name, asked, tells, prepare, change, restore } of INPUTS) {
      for (let round = 0; round < rounds; round += 1) {
        await prepare?.(stage)
        const record = await stage.propose(asked)
        await change(stage, round)
        const told = await click(stage, record, round % 2 === 0)
        faults.expect(tells.test(told), `${name}: told “${told}”`)
        faults.expect((await decisions(stage, record.approval.id)) === 0, `${name}: decided all the same`)
        // What is billed is due no more: the next round would ask for nothing.
        if (faults.list().length > 0) return { words: `${round} rounds`, faults: faults.list() }
        await restore?.(stage)
      }
    }
    const names = INPUTS.map(({ name }) => name).join(', ')
    const billed = (await stage.stop()).get('billed_line')?.length ?? 0
    faults.expect(billed === 0, `${billed} lines are billed`)
    faults.expect(psa.effects.length === 0, `${psa.effects.length} steps are written`)
    const words = `${rounds} × each of: ${names}; refused with what changed, nothing billed or written`
    return { words, faults: faults.list() }
  },
}
