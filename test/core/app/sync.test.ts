import { describe, expect, it } from 'vitest'
import { DANA, LEE, MARCH } from '../../support/office.js'
import { approved, asked, counts, mapped, states, wordsOf } from '../../support/psa-desk.js'
import { day, decimal } from '../charges/build.js'
import { psaLine } from '../sync/build.js'

describe('a customer billed in a PSA', () => {
  it('has nothing to bill by file; what the PSA holds is there, the rest waits (S2, S4)', async () => {
    const { office } = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    const { bills, totals, standings } = await office.studio.who(MARCH)
    expect([bills, totals]).toEqual([[], []])
    expect(standings).toMatchObject([{ name: 'Contoso', there: 44_000n, waiting: 7452n }])
  })

  for (const [mode, lockedTo, words] of [
    ['datedLines', '2026-03-01', ['20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00']],
    [
      'datedLines',
      '2026-04-01',
      ['once 5 × $22.00, 11–31 Mar 2026', '20 → 25 on the running line, billed from 1 Apr 2026'],
    ],
    [
      'wholeLines',
      '2026-04-01',
      ['once $74.52, 11–31 Mar 2026', '20 → 25 on the running line, billed from 1 Apr 2026'],
    ],
    [
      'wholeLines',
      '2026-03-01',
      ['once $74.52, 11–31 Mar 2026', '20 → 25 seats from 1 Apr 2026: a line of 5 at $22.00'],
    ],
  ] as const) {
    it(`is brought to its target by exactly what was approved (${mode}, invoiced to ${lockedTo})`, async () => {
      const desk = await mapped({ mode, lockedTo: day(lockedTo) })
      const record = await approved(desk)
      expect(wordsOf(record)).toEqual(words)
      expect(await states(desk)).toEqual(words.map(() => 'confirmed'))
      expect(desk.psa.effects).toHaveLength(words.length)
      const { standings } = await desk.office.studio.who(MARCH)
      expect(standings).toMatchObject([{ there: 51_452n, waiting: 0n }])
      expect(await desk.office.studio.billing.sync(DANA, [])).toMatchObject({
        type: 'nothing',
        containers: 1,
      })
    })
  }
})

it('a price that is theirs stays, and the difference is shown (S15)', async () => {
  const lines = [psaLine({ id: '90001', quantity: '25', unitPrice: '24.00' })]
  const { office } = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01'), lines })
  const { standings } = await office.studio.customer('Contoso', MARCH)
  expect(standings[0]?.prices).toEqual([
    { product: 'Microsoft 365 Business Premium', theirs: decimal('24'), ours: decimal('22'), owner: 'keep' },
  ])
})

describe('a write nobody knows the outcome of (S8)', () => {
  it('is looked at again after a while, and found done: nothing is written twice', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('lost')
    await approved(desk)
    expect(await states(desk)).toEqual(['unknown: no answer came'])
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['unknown: no answer came'])
    desk.office.later(3)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('is sent once more where it did not take effect', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('dropped')
    await approved(desk)
    desk.office.later(3)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('that was only asked to wait is sent as often as it takes', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('later', 'later', 'later', 'later', 'later')
    await approved(desk)
    expect(await states(desk)).toEqual(['waiting: ConnectWise asked to wait'])
    for (let minutes = 0; minutes < 6; minutes += 1) {
      desk.office.later(1)
      await desk.office.studio.dispatch()
    }
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('is given to a person after three tries', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('dropped', 'dropped', 'dropped', 'dropped')
    await approved(desk)
    for (let minutes = 0; minutes < 12; minutes += 3) {
      desk.office.later(3)
      await desk.office.studio.dispatch()
    }
    expect(await states(desk)).toEqual(['parked: the connection was cut'])
    expect(desk.psa.effects).toEqual([])
  })
})

describe('a program that is to end', () => {
  it('ends the write that is under way, begins no other one and gives the rest back to whoever is next', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    desk.psa.beforeWrite = () => desk.office.studio.end()
    await approved(desk)
    expect(await states(desk)).toEqual(['confirmed', 'waiting'])
    await desk.office.studio.dispatch()
    expect(desk.psa.effects.map(({ type }) => type)).toEqual(['add'])
    desk.psa.beforeWrite = undefined
    await desk.office.restart()
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
  })
})

describe('what a person did in the PSA', () => {
  it('is never overwritten by what was approved before: 20 → 22 by hand parks (S7)', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    const record = await asked(desk)
    await desk.office.decide(LEE, record)
    const read = await desk.psa.read('77')
    const [line] = read.lines
    desk.psa.held.set('77', {
      ...read,
      lines: line === undefined ? [] : [{ ...line, quantity: decimal('22') }],
    })
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'parked: somebody changed the line since it was shown'])
    const { drifts } = await desk.office.studio.status()
    expect(drifts.map(({ written, there, wanted }) => [written, there, wanted].map(counts))).toEqual([
      ['20', '22', '25'],
    ])
    const again = await asked(desk)
    expect(wordsOf(again)).toEqual(['22 → 25 on the running line, billed from 1 Apr 2026'])
    const standing = await desk.office.studio.billing.standing(again)
    expect(standing.standing?.drifts).toHaveLength(1)
    await desk.office.decide(LEE, again)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
    expect((await desk.office.studio.status()).drifts).toEqual([])
  })

  it('is seen with the next observation, without anybody asking', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    const read = await desk.psa.read('77')
    desk.psa.held.set('77', {
      ...read,
      lines: read.lines.map((line) => ({ ...line, quantity: decimal('22') })),
    })
    expect((await desk.office.studio.status()).drifts).toEqual([])
    await desk.office.studio.raiseAlerts()
    const { drifts } = await desk.office.studio.status()
    expect(drifts.map(({ written, there }) => [written, there].map(counts))).toEqual([['20', '22']])
  })

  it('that is what was wanted is confirmed without a write: 25 by hand (S7)', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    await desk.office.decide(LEE, await asked(desk))
    const read = await desk.psa.read('77')
    const [line] = read.lines
    desk.psa.held.set('77', {
      ...read,
      lines: line === undefined ? [] : [{ ...line, quantity: decimal('25') }],
    })
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
    expect(desk.psa.effects.map(({ type }) => type)).toEqual(['add'])
  })
})

it('refused by the PSA parks with its reason, stops nobody else, and is planned again alone (S16)', async () => {
  const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
  desk.psa.fates.push('refused')
  await approved(desk)
  expect(await states(desk)).toEqual([
    'parked: ConnectWise did not accept it: the item is inactive',
    'confirmed',
  ])
  const again = await asked(desk)
  expect(wordsOf(again)).toEqual(['once $74.52, 11–31 Mar 2026'])
  await desk.office.decide(LEE, again)
  await desk.office.studio.dispatch()
  expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
})

it('out of date when the seats changed since it was shown: nothing is written', async () => {
  const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
  const record = await asked(desk)
  desk.office.subscriptions = desk.office.subscriptions.map((one) => ({
    ...one,
    quantity: decimal('26'),
  }))
  await desk.office.observe()
  const outcome = await desk.office.decide(LEE, record)
  expect(outcome).toMatchObject({
    type: 'stale',
    changes: { steps: { added: [{ words: expect.stringContaining('25 → 26') as string }] } },
  })
  await desk.office.studio.dispatch()
  expect(desk.psa.effects).toEqual([])
})

it('there is no file of what a PSA bills, and the refusal says so', async () => {
  const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
  const { run } = await approved(desk)
  await expect(desk.office.studio.billing.approvedRun(run.id)).rejects.toThrow(
    'was written into a PSA, which bills it',
  )
})
