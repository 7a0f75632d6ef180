import { describe, expect, it } from 'vitest'
import { APRIL, DANA, MARCH } from '../../support/office.js'
import { type PsaDesk, approved, asked, mapped, plannedWords } from '../../support/psa-desk.js'
import { decimal } from '../../support/observed.js'
import { day } from '../charges/build.js'

/* The catalog of the PSA says the price of a mapped line of 20 (SYNC S15); 25 are due since 11 March. Ours is $22.00. */

async function byCatalog(price: string | undefined): Promise<PsaDesk> {
  const open = { mode: 'datedLines', lockedTo: day('2026-03-01') } as const
  const desk = await mapped(open, { slot: { priceOwner: 'catalog' } })
  desk.psa.prices.set('1234', price === undefined ? undefined : decimal(price))
  return desk
}

describe('a price of the catalog', () => {
  it('is read with the container, shown beside ours, written, and followed when it changes', async () => {
    const desk = await byCatalog('24.00')
    await approved(desk)
    expect(desk.psa.effects).toMatchObject([
      { type: 'setPrice', after: decimal('24') },
      { type: 'add', quantity: decimal('5'), unitPrice: decimal('24') },
    ])
    expect(await plannedWords(desk)).toEqual([])
    desk.psa.prices.set('1234', decimal('26.00'))
    expect(await plannedWords(desk)).toEqual(['$24.00 → $26.00', '$24.00 → $26.00'])
    const { standings } = await desk.office.studio.customer('Contoso', MARCH)
    expect(standings[0]?.prices).toEqual([
      {
        product: 'Microsoft 365 Business Premium',
        theirs: decimal('26'),
        ours: decimal('22'),
        owner: 'catalog',
      },
    ])
  })

  it('that differs from ours stands on the card that asks', async () => {
    const desk = await byCatalog('24.00')
    const { standing } = await desk.office.studio.billing.standing(await asked(desk))
    expect(standing?.prices).toMatchObject([
      {
        customerName: 'Contoso',
        title: 'ConnectWise',
        theirs: decimal('24'),
        ours: decimal('22'),
        owner: 'catalog',
      },
    ])
  })

  it.each([
    ['has none', undefined, 'item 1234 has no price in the catalog of ConnectWise'],
    ['is gone', null, 'item 1234 is not in the catalog of ConnectWise any more'],
  ])(
    'of an item that %s is said, nothing is written, and what is there stays billed',
    async (_why, price, why) => {
      const desk = await byCatalog('22.00')
      await desk.office.studio.billing.sync(DANA, [])
      if (price === null) desk.psa.prices.clear()
      else desk.psa.prices.set('1234', price)
      const outcome = await desk.office.studio.billing.sync(DANA, [])
      expect(outcome.type).toBe('nothing')
      expect(outcome.trouble.faults).toMatchObject([{ customerName: 'Contoso', why }])
      const { standings } = await desk.office.studio.who(APRIL)
      expect(standings).toMatchObject([{ there: 44_000n, waiting: 11_000n }])
      desk.psa.prices.set('1234', decimal('24.00'))
      expect(await plannedWords(desk)).toContain('$22.00 → $24.00')
    },
  )

  it('is asked for only where it is needed', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    await desk.office.studio.billing.sync(DANA, [])
    const { readings } = await desk.office.sync.state()
    expect(readings[0]?.container).not.toHaveProperty('catalog')
  })
})
