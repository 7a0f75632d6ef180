import { describe, expect, it } from 'vitest'
import type { ApprovalRecord } from '../../../core/ports.js'
import { DANA, LEE, MARCH } from '../../support/office.js'
import { type PsaDesk, approved, mapped, states, wordsOf } from '../../support/psa-desk.js'
import { day, decimal } from '../charges/build.js'

describe('taking back what was written', () => {
  async function undone(desk: PsaDesk): Promise<ApprovalRecord> {
    const { run } = await approved(desk)
    const record = await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early')
    expect((await desk.office.decide(LEE, record)).type).toBe('decided')
    await desk.office.studio.dispatch()
    return record
  }

  for (const [mode, lockedTo, words] of [
    ['datedLines', '2026-03-01', ['a line of 5 that was never invoiced is taken away']],
    [
      'wholeLines',
      '2026-04-01',
      ['25 → 20 on the running line', 'a line of 1 that was never invoiced is taken away'],
    ],
  ] as const) {
    it(`is a plan of its own, approved like any other; afterwards it waits again (${mode})`, async () => {
      const desk = await mapped({ mode, lockedTo: day(lockedTo) })
      const before = await desk.psa.read('77')
      expect(wordsOf(await undone(desk))).toEqual(words)
      expect(await desk.psa.read('77')).toEqual(before)
      expect((await desk.office.studio.who(MARCH)).standings).toMatchObject([
        { there: 44_000n, waiting: 7452n },
      ])
      const trail = await desk.office.studio.billing.trail()
      expect(trail.find(({ action }) => action === 'sync.undo')?.details).toMatchObject({
        reason: 'too early',
      })
      expect((await desk.office.studio.status()).drifts).toEqual([])
      const again = await approved(desk)
      expect(await states(desk)).not.toContain('parked')
      expect(again.plan).toHaveLength(1)
    })
  }

  it('leaves what a person changed since to them', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    const { run } = await approved(desk)
    const read = await desk.psa.read('77')
    desk.psa.held.set('77', {
      ...read,
      lines: read.lines.map((line) => (line.id === '90001' ? { ...line, quantity: decimal('30') } : line)),
    })
    const record = await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early')
    expect(wordsOf(record)).toEqual(['a line of 1 that was never invoiced is taken away'])
  })

  it('is refused while it is still being written', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('lost')
    const { run } = await approved(desk)
    await expect(desk.office.studio.billing.void(DANA, run.id, undefined, 'no')).rejects.toThrow(
      'still being written',
    )
  })

  for (const [mode, lockedTo] of [
    ['datedLines', '2026-03-01'],
    ['wholeLines', '2026-04-01'],
  ] as const) {
    it(`is not taken back itself, which would be half: a sync plans the whole of it (${mode})`, async () => {
      const desk = await mapped({ mode, lockedTo: day(lockedTo) })
      const { billing } = desk.office.studio
      const { run } = await undone(desk)
      const there = await desk.psa.read('77')
      await expect(billing.void(DANA, run.id, undefined, 'a mistake')).rejects.toMatchObject({
        kind: 'held',
        what: `${run.id} cannot be taken back: it took back BR-0001, and what it took back is planned anew.`,
        next: 'Type `sync Contoso`: it plans all that should be there, and asks.',
      })
      expect(await billing.open()).toEqual([])
      expect(await desk.psa.read('77')).toEqual(there)
      await approved(desk)
      expect((await desk.office.studio.who(MARCH)).standings).toMatchObject([{ there: 51_452n, waiting: 0n }])
    })
  }
})
