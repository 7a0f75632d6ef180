import { describe, expect, test } from 'vitest'
import type { AskedLine } from '../../../core/app/asked-lines.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import { recordKey } from '../../../core/marketplace/types.js'
import { lineageIdOf } from '../../../core/timeline/lineage.js'
import { slot } from '../../adapters/storage/sync-fixtures.js'
import { DANA, MARCH, problemOf } from '../../support/office.js'
import { day, decimal, observed } from '../../support/observed.js'
import { MappingOffice } from './mapping-office.js'

/** A licence line of one product, that ended on 11 March or began then. */
function line(subscriptionId: string, seats: string, ended: boolean): ObservedSubscription {
  const dates = ended
    ? { startsOn: day('2026-02-11'), expiresOn: day('2026-03-11'), status: 'terminated' as const }
    : { startsOn: day('2026-03-11'), expiresOn: day('2027-03-11') }
  return observed({ subscriptionId, quantity: decimal(seats), ...dates })
}

/** Two lines that ended, of 20 and 5 seats, and as many new ones as given. */
async function turnedOver(...seats: readonly string[]): Promise<MappingOffice> {
  const msp = new MappingOffice()
  const olds = (ended: boolean) => [
    { ...line('10', '20', ended), startsOn: day('2026-02-11') },
    { ...line('11', '5', ended), startsOn: day('2026-02-11') },
  ]
  msp.orders = []
  msp.subscriptions = olds(false)
  await msp.observe()
  msp.subscriptions = [...olds(true), ...seats.map((count, index) => line(`${20 + index}`, count, false))]
  await msp.observe()
  return msp
}

function say(msp: MappingOffice, of: string, from?: string) {
  return msp.studio.mapping.answer(DANA, 'contoso', { line: of, from })
}

async function due(msp: MappingOffice): Promise<bigint> {
  return (await msp.studio.who(MARCH)).totals.reduce((sum, { amount }) => sum + amount, 0n)
}

async function whys(msp: MappingOffice): Promise<readonly string[]> {
  const { exceptions } = await msp.studio.who(MARCH)
  return exceptions.flatMap(({ kind, why }) => (kind === 'ambiguous' ? [why] : []))
}

function refOf({ ref }: Pick<AskedLine, 'ref'>): string {
  return ref
}

describe('a licence line that could continue several', () => {
  test('says what to type, and what is typed so is understood', async () => {
    const msp = await turnedOver('22')
    const [why = ''] = await whys(msp)
    const typed = [...why.matchAll(/`map Contoso (?:continue|new) (\S+?)(?: from (\S+))?`/gu)]
    expect(typed).toHaveLength(3)
    for (const [, of = '', from] of typed) {
      const { line: said, old } = await say(msp, of, from)
      expect([refOf(said), old?.ref]).toEqual([of, from])
    }
  })

  test('is billed as it is said, and can be said anew', async () => {
    const msp = await turnedOver('22')
    const before = await due(msp)
    await say(msp, '22 seats', undefined)
    // 22 × $22.00 × 21/31 = $327.87 for itself; 2 or 17 more seats on the others.
    expect((await due(msp)) - before).toBe(32_787n)
    await say(msp, 'business premium', '20 seats')
    expect((await due(msp)) - before).toBe(2_981n)
    await say(msp, 'business premium', '5 seats')
    expect((await due(msp)) - before).toBe(25_335n)
    expect(await whys(msp)).toEqual([])
    expect((await msp.billing.trail()).map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      `${DANA.id} lineage.new`,
      `${DANA.id} lineage.continued`,
      `${DANA.id} lineage.continued`,
    ])
  })

  test('said the same way twice is said once', async () => {
    const msp = await turnedOver('22')
    await say(msp, '22 seats', '20 seats')
    await say(msp, '22 seats', '20 seats')
    expect(await msp.billing.trail()).toHaveLength(1)
  })

  test('stays as it was said over the next observation', async () => {
    const msp = await turnedOver('22')
    await say(msp, '22 seats')
    const said = await due(msp)
    await msp.observe()
    expect([await due(msp), await whys(msp)]).toEqual([said, []])
    await say(msp, '22 seats', '5 seats')
    await msp.observe()
    expect(await due(msp)).toBeLessThan(said)
  })

  test.each([
    ['7 seats', undefined, 'No licence line in question of Contoso is called “7 seats”.'],
    ['22 seats', '7 seats', 'No earlier licence line it can continue is called “7 seats”.'],
    ['22 seats', 'business premium', '“business premium” fits 2 earlier licence lines it can continue.'],
  ])('%s from %s: a wrong name lists what fits', async (of, from, what) => {
    const msp = await turnedOver('22')
    const problem = await problemOf(say(msp, of, from))
    expect(problem.what).toBe(what)
    const fits = from === undefined ? ['22 seats since 11 Mar 2026'] : ['20 seats, ', '5 seats, ']
    for (const words of fits) expect(problem.next).toContain(words)
    expect(await whys(msp)).toHaveLength(1)
  })

  test('of three, the last one can be no more than new when two are said to go on', async () => {
    const msp = await turnedOver('22', '6', '7')
    await say(msp, '22 seats', '20 seats')
    await say(msp, '6 seats', '5 seats')
    expect(await whys(msp)).toEqual([])
  })

  test('cannot continue what others were said to continue', async () => {
    const msp = await turnedOver('22', '6', '7')
    await say(msp, '7 seats')
    await say(msp, '22 seats', '20 seats')
    await say(msp, '6 seats', '5 seats')
    const problem = await problemOf(say(msp, '7 seats', '5 seats'))
    expect(problem.what).toContain('others continue them')
    expect(problem.next).toMatch(/^Type `map Contoso new \w{8}`, or change/u)
  })

  test('once something of it is billed, what was said stays, and says what to do', async () => {
    const msp = await turnedOver('22')
    await say(msp, '22 seats', '20 seats')
    await msp.billByFile()
    const problem = await problemOf(say(msp, '22 seats'))
    expect(problem.what).toContain('is billed by BR-0001 already, the way it was said.')
    expect(problem.next).toContain('`void BR-0001 Contoso because <reason>`')
    expect(await due(msp)).toBe(0n)
  })

  test('what followed from it for another line can be said anew, until that is billed', async () => {
    const msp = await turnedOver('22', '6')
    await say(msp, '22 seats', '20 seats')
    const before = await due(msp)
    await say(msp, '6 seats')
    // 6 × $22.00 × 21/31 = $89.42 for itself, and no more 1 × $22.00 × 21/31 = $14.90 on the 5.
    expect((await due(msp)) - before).toBe(7_452n)
    await say(msp, '6 seats', '5 seats')
    const other = await turnedOver('22', '6')
    await say(other, '22 seats', '20 seats')
    await other.billByFile()
    expect((await problemOf(say(other, '6 seats'))).what).toContain('is billed by BR-0001 already')
  })

  test('what was billed before it was said stands in no way', async () => {
    const msp = await turnedOver('22')
    await msp.billByFile()
    await say(msp, '22 seats', '20 seats')
    await say(msp, '22 seats', '5 seats')
    expect(await due(msp)).toBe(25_335n)
  })

  test('mapped as a subscription of its own it is not joined to another', async () => {
    const msp = await turnedOver('22')
    await say(msp, '22 seats')
    const id = lineageIdOf(recordKey('20', 'BP'))
    msp.sync.change({ slots: [slot({ id, lineageIds: [id] })] })
    const problem = await problemOf(say(msp, '22 seats', '20 seats'))
    expect(problem.what).toContain('is mapped in ConnectWise as a subscription of its own')
    expect(problem.next).toContain('`map Contoso remove`')
  })
})
