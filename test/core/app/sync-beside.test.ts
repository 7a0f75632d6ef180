import { describe, expect, it } from 'vitest'
import { cameBeside } from '../../../core/app/written.js'
import { changeItems } from '../../../bot/cards/standing.js'
import { besideWords } from '../../../bot/cards/psa.js'
import { DANA, LEE } from '../../support/office.js'
import { type PsaDesk, approved, asked, mapped, states } from '../../support/psa-desk.js'
import { day, decimal } from '../charges/build.js'
import { psaLine } from '../sync/build.js'

const OPEN = { mode: 'datedLines', lockedTo: day('2026-03-01') } as const
const BY_HAND = psaLine({ id: '90050', quantity: '5', from: '2026-03-11' })

/** Somebody adds five seats as a line of their own. */
function addByHand({ psa }: PsaDesk): void {
  const read = psa.held.get('77')
  if (read !== undefined) psa.held.set('77', { ...read, lines: [...read.lines, BY_HAND] })
}

async function beside({ office }: PsaDesk): Promise<readonly string[]> {
  return (await office.studio.status()).beside.map(besideWords)
}

const CAME =
  'Contoso · Microsoft 365 Business Premium (Contoso licences): a line of 5 × $22.00 from 11 Mar 2026 (line 90050) came beside ours; if it is for the same seats, one of the two has to go'

describe('a line that somebody adds beside ours', () => {
  it('between the yes and the write parks it; a new plan is made in sight of it', async () => {
    const desk = await mapped(OPEN)
    await desk.office.decide(LEE, await asked(desk))
    addByHand(desk)
    await desk.office.studio.dispatch()
    expect(desk.psa.effects).toEqual([])
    expect(await states(desk)).toEqual([
      expect.stringContaining('parked: somebody added a line of 5 × $22.00'),
    ])
    expect(await beside(desk)).toEqual([CAME])
    const record = await asked(desk)
    const { standing } = await desk.office.studio.billing.standing(record)
    expect(standing?.beside?.map(besideWords)).toEqual([CAME])
    // Whoever says yes now has seen it: it is no reason to stop, and nothing that came since any more.
    await desk.office.decide(LEE, record)
    await desk.office.studio.dispatch()
    expect((await states(desk)).at(-1)).toBe('confirmed')
    expect(await beside(desk)).toEqual([])
  })

  it('between the card and the click makes the card out of date, which says what stands there now', async () => {
    const desk = await mapped(OPEN)
    const record = await asked(desk)
    addByHand(desk)
    const container = await desk.psa.read('77')
    await desk.office.sync.saveReading({ container, readAt: desk.office.now }, [])
    const outcome = await desk.office.decide(LEE, record)
    expect(outcome.type === 'stale' && changeItems(outcome.changes)).toEqual([
      'no longer to be written: Contoso · Microsoft 365 Business Premium: 20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00',
      'now to be written: Contoso · Microsoft 365 Business Premium: 20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00, beside a line of 5 × $22.00 from 11 Mar 2026 (line 90050) of somebody else',
    ])
  })

  it('while ours is being written is told, and what was written stays confirmed', async () => {
    const desk = await mapped(OPEN)
    desk.psa.beforeWrite = () => addByHand(desk)
    await approved(desk)
    expect(await states(desk)).toEqual(['confirmed'])
    expect(await beside(desk)).toEqual([CAME])
  })

  it('before a lost answer is looked up is not taken for what was lost', async () => {
    const desk = await mapped(OPEN)
    desk.psa.fates.push('lost')
    await approved(desk)
    addByHand(desk)
    desk.office.later(4)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('before a write that never took effect is sent again parks it', async () => {
    const desk = await mapped(OPEN)
    desk.psa.fates.push('dropped')
    await approved(desk)
    addByHand(desk)
    desk.office.later(4)
    await desk.office.studio.dispatch()
    expect(desk.psa.effects).toEqual([])
    expect(await states(desk)).toEqual([expect.stringContaining('parked: somebody added')])
  })

  it('was there when it was mapped: nobody has to hear of it', async () => {
    const desk = await mapped({ ...OPEN, lines: [psaLine({ id: '90001' }), BY_HAND] })
    expect(await beside(desk)).toEqual([])
    await approved(desk)
    expect(await states(desk)).toEqual(['confirmed'])
    expect(await beside(desk)).toEqual([])
  })

  it('stops what would take a write back as well', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    const { run } = await approved(desk)
    const record = await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early')
    await desk.office.decide(LEE, record)
    addByHand(desk)
    const before = await desk.psa.read('77')
    await desk.office.studio.dispatch()
    expect(await desk.psa.read('77')).toEqual(before)
    expect((await states(desk)).filter((state) => state.startsWith('parked: somebody added'))).toHaveLength(2)
  })

  it('is never decided by a rule (S9)', async () => {
    const rule = {
      name: 'small',
      customers: [],
      psa: 'connectwise',
      seats: decimal('9'),
      amount: decimal('900'),
    } as const
    for (const isBeside of [true, false]) {
      const desk = await mapped(OPEN)
      await desk.office.restart({ autoApprove: [rule] })
      if (isBeside) addByHand(desk)
      expect(await desk.office.studio.raiseAlerts()).toMatchObject({ moved: !isBeside, raised: [{}] })
    }
  })

  it('is not told where nobody knows what stood there when we last wrote', () => {
    const earlier = { slotId: 'L-1', text: '2026-04-01 20' }
    expect(cameBeside(earlier, [BY_HAND])).toBeUndefined()
    expect(cameBeside({ ...earlier, text: '2026-04-01 20;' }, [BY_HAND])).toEqual([BY_HAND])
  })
})
