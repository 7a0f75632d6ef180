import { describe, expect, it } from 'vitest'
import { day, decimal } from '../support/observed.js'
import { DANA, MARCH } from '../support/office.js'
import { type Agreement, agreement, held, invoice } from './agreement.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * A price of our own for a customer of a PSA (BILLING B16, SYNC S2, S15): what the PSA holds or has invoiced stays, the period
 * after it follows where the price is ours. 20 seats at $22.00 are $440.00, at $20.00 $400.00.
 */

async function scene(prorateFlag: boolean, invoiced: number, owner: 'ours' | 'keep'): Promise<Agreement> {
  const made = await agreement(prorateFlag, invoiced, {})
  await mapped(made, seats(20))
  const change = { subscription: 'premium', to: undefined, offset: undefined, price: owner }
  await made.office.studio.mapping.set(DANA, 'Contoso', change)
  expect(await synced(made)).toEqual([])
  return made
}

async function setPrice({ office }: Agreement, price: string, from: string) {
  const says = {
    kind: 'fixed',
    price: decimal(price),
    currency: undefined,
    bare: undefined,
    per: undefined,
  } as const
  const about = { everyone: false, words: ['contoso'] }
  return office.studio.prices.set(DANA, { about, says, from: day(from), to: undefined })
}

it('words of our own go with what is written anew, and are no reason to write', async () => {
  const made = await agreement(true, 0, undefined)
  await mapped(made, seats(20))
  const says = { kind: 'words', description: 'Cloud office' } as const
  const about = { everyone: false, words: ['contoso', 'premium'] }
  const asked = { about, says, from: day('2026-03-01'), to: undefined }
  await made.office.studio.prices.set(DANA, asked)
  expect(await synced(made)).toHaveLength(1)
  const words = () => made.emulator.world.additionsOf(made.agreementId).map((one) => one.invoiceDescription)
  expect(words()).toEqual(['Cloud office'])
  await made.office.studio.prices.set(DANA, { ...asked, says: { ...says, description: 'Office' } })
  expect(await synced(made)).toEqual([])
  expect(words()).toEqual(['Cloud office'])
})

async function waiting({ office }: Agreement): Promise<readonly bigint[]> {
  const { standings } = await office.studio.who(MARCH)
  return standings.flatMap(({ waiting: month, earlier }) => [month, ...earlier.map(({ amount }) => amount)])
}

for (const prorateFlag of [true, false]) {
  describe(`a price of our own (${prorateFlag ? 'prorating' : 'not prorating'})`, () => {
    it('leaves the month that is invoiced, and is written for the next one', async () => {
      const made = await scene(prorateFlag, 1, 'ours')
      const outcome = await setPrice(made, '20.00', '2026-03-01')
      if (outcome.type !== 'recorded') throw new Error('a yes is asked for')
      const { effects } = outcome
      expect(effects?.changed).toMatchObject([{ from: day('2026-04-01') }])
      expect(effects?.stays).toEqual({
        subscriptions: 1,
        to: day('2026-04-01'),
        totals: [{ currency: 'USD', amount: 44000n }],
        isFollowed: true,
      })
      expect(await waiting(made)).toEqual([0n])
      await synced(made)
      for (const on of ['2026-04-01', '2026-05-01']) {
        made.moveTo(on)
        await made.office.observe()
        await synced(made)
        invoice(made)
      }
      expect(made.invoices).toEqual(['440.00', '400.00', '400.00'])
      expect(await synced(made)).toEqual([])
    })

    it('leaves the month that is there and not invoiced yet', async () => {
      const made = await scene(prorateFlag, 0, 'ours')
      await setPrice(made, '20.00', '2026-03-01')
      expect(await waiting(made)).toEqual([0n])
      await synced(made)
      invoice(made)
      made.moveTo('2026-04-01')
      await made.office.observe()
      await synced(made)
      invoice(made)
      expect(made.invoices).toEqual(['440.00', '400.00'])
    })

    it('leaves months that are invoiced ahead, also for seats added since', async () => {
      const made = await scene(prorateFlag, 2, 'ours')
      await setPrice(made, '20.00', '2026-03-01')
      await changed(made, '2026-04-10', 20, seats(25))
      await synced(made)
      made.moveTo('2026-05-01')
      await made.office.observe()
      await synced(made)
      invoice(made)
      // 5 × 22.00 × 21/30 = $77.00 for April, then 25 × 20.00 = $500.00.
      expect(made.invoices.slice(0, 2)).toEqual(['440.00', '440.00'])
      expect(made.invoices[2]).toBe('577.00')
    })

    it('changes nothing there where the price is theirs', async () => {
      const made = await scene(prorateFlag, 1, 'keep')
      await setPrice(made, '20.00', '2026-03-01')
      expect(await synced(made)).toEqual([])
      expect(held(made)).toEqual(['20 × 22 from 2025-06-01'])
      made.moveTo('2026-04-01')
      await made.office.observe()
      expect(await synced(made)).toEqual([])
    })
  })
}
