import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderConsole } from '../../bot/console/render.js'
import { addDays, formatLocalDate } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { explainLine } from '../../core/charges/explain.js'
import type { BillLine } from '../../core/app/who.js'
import { recomputeExplanation } from '../core/charges/recompute-explanation.js'
import { demoConfig, startDemo } from '../demo.js'
import { day } from '../support/observed.js'
import { comparedWho } from '../support/recompute/answer.js'
import { recomputeFromEvents } from '../support/recompute/from-events.js'
import { type ComparedCustomer, compareWho } from '../support/recompute/who.js'

const NOW = '2026-03-20T13:00:00Z'
const ENVIRONMENT = { DEMO_NOW: NOW, DEMO_SEED: '7' }
const MONTHS: readonly Period[] = [
  { from: day('2026-03-01'), to: day('2026-04-01') },
  { from: day('2026-04-01'), to: day('2026-05-01') },
  { from: day('2026-05-01'), to: day('2026-06-01') },
]

type Demo = Awaited<ReturnType<typeof startDemo>>

async function startedDemo(change?: (demo: Demo) => void): Promise<Demo> {
  const demo = await startDemo(ENVIRONMENT)
  change?.(demo)
  const { problem } = await demo.ask('observe')
  expect(problem).toBeUndefined()
  return demo
}

/** What it should answer, from the emulator's event log alone. */
function expected({ emulator }: Demo, month: Period): readonly ComparedCustomer[] {
  const until = formatLocalDate(addDays(month.to, -1))
  const asked = { now: NOW, opensOn: '2026-03-01', timeZone: 'America/New_York', until }
  return recomputeFromEvents(emulator.eventLog(), asked).customers
}

describe('the demo', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await startedDemo()
  })
  afterAll(() => demo.close())

  test.each(MONTHS)('agrees to the cent with an independent recomputation: $from', async (month) => {
    const answer = comparedWho(await demo.studio.who(month))
    expect(answer.length).toBeGreaterThan(30)
    expect(compareWho(expected(demo, month), answer)).toEqual([])
  })

  test('answers the same twice, and the same as another demo', async () => {
    const question = 'who do I bill this month?'
    const first = renderConsole((await demo.ask(question)).card)
    expect(renderConsole((await demo.ask(question)).card)).toBe(first)
    const other = await startedDemo()
    expect(renderConsole((await other.ask(question)).card)).toBe(first)
    await other.close()
  })

  test('explains every line so that its amount can be recomputed from the words', async () => {
    const lines: BillLine[] = []
    for (const month of MONTHS)
      lines.push(...(await demo.studio.who(month)).bills.flatMap((bill) => bill.lines))
    expect(lines.length).toBeGreaterThan(1000)
    for (const { charge, currency } of lines) {
      const words = explainLine(charge, currency)
      expect([words, recomputeExplanation(words, currency)]).toEqual([words, charge.amount])
    }
  })

  test('Contoso is the documentation’s example: 514.52', async () => {
    const { bills } = await demo.studio.customer('contoso', MONTHS[0])
    expect(bills.map(({ amount }) => amount)).toEqual([51_452n])
  })

  test('the session in the README is what the demo really answers', async () => {
    const readme = await readFile('README.md', 'utf8')
    const session = /## A session\n\n```\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? ''
    const turns = session.split('billing> ').slice(1)
    expect(turns.length).toBeGreaterThanOrEqual(4)
    for (const turn of turns) {
      const [command = '', ...shown] = turn.trimEnd().split('\n')
      const answered = renderConsole((await demo.ask(command)).card).trimEnd()
      expect(`${command}\n${shown.join('\n')}`).toBe(`${command}\n${answered}`)
    }
  })

  test('every command answers', async () => {
    for (const text of [
      'help',
      'help who',
      'status',
      'changes',
      'customer contoso',
      'observe',
      'approvals',
    ]) {
      expect((await demo.ask(text)).problem).toBeUndefined()
    }
  })
})

test.each(['2026-02-30T09:00:00Z', '2026-13-01T09:00:00Z', '2026-03-20', 'tomorrow'])(
  'DEMO_NOW=%s is refused',
  async (DEMO_NOW) => {
    await expect(startDemo({ DEMO_NOW })).rejects.toThrow('which is not an instant that exists')
  },
)

test('its files do not lie among those of the real thing', () => {
  const credentials = { username: 'u', password: 'p', subscriptionKey: 'k', marketplace: 'us' }
  const { exportDirectory } = demoConfig('http://127.0.0.1:9', credentials, 'folder')
  expect(exportDirectory).toBe(join('exports', 'demo'))
})

test('one price flipped in what is served, and the recomputation disagrees', async () => {
  const demo = await startedDemo(({ emulator }) => {
    const contoso = emulator
      .eventLog()
      .find((event) => event.type === 'customerCreated' && event.name === 'Contoso')
    const bought = emulator
      .eventLog()
      .find(
        (event) =>
          event.type === 'subscriptionCreated' &&
          contoso?.type === 'customerCreated' &&
          event.customerId === contoso.customerId,
      )
    if (bought?.type !== 'subscriptionCreated') throw new Error('the seed world has no Contoso')
    const [line] = bought.lines
    emulator.world.flipPrice({
      subscriptionId: bought.subscriptionId,
      mpn: line?.mpn ?? '',
      unitPrice: '22.01',
    })
  })
  const [march] = MONTHS
  if (march === undefined) throw new Error('no month')
  const differences = compareWho(expected(demo, march), comparedWho(await demo.studio.who(march)))
  expect(differences.some((difference) => difference.includes('should be 514.52'))).toBe(true)
  await demo.close()
})

describe('the ConnectWise of the demo', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await startedDemo()
  })
  afterAll(() => demo.close())

  /** 20 × $22.00, and from 11 March 5 more: 440.00 + 5 × 22.00 × 21/31 = 74.52. The emulated PSA prorates by itself. */
  test('holds what it should after one approved sync, and a second one has nothing to do', async () => {
    await demo.ask('map contoso accept')
    const asked = await demo.ask('sync contoso')
    const id = asked.approval?.approval.id ?? ''
    expect(demo.connectWise.ledger().filter(({ by }) => by === 'api')).toEqual([])
    const { card } = await demo.ask(`approve ${id}`)
    expect(renderConsole(card)).toContain('2 of 2 steps confirmed')
    const [first] = demo.connectWise.ledger().filter(({ by }) => by === 'api')
    expect(demo.connectWise.world.preview(first?.agreement ?? 0).total).toBe('514.52')
    const again = await demo.ask('sync contoso')
    expect(renderConsole(again.card)).toContain('There is nothing to do: 1 agreement or contract was read.')
  })
})
