import { describe, expect, it } from 'vitest'
import { decimal } from '../support/observed.js'
import { DANA, MARCH } from '../support/office.js'
import { type Agreement, agreement, held, invoice, throughMay } from './agreement.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Whose price Contoso's agreement bills (SYNC S15), month by month by the emulated PSA's own invoices. Ours is $22.00.
 *
 * At $24.00 25 seats are $600.00 a month, 22 are $528.00, 20 are $480.00; 3 are $72.00, 5 are $120.00, and from 11 March
 * 5 × $24.00 × 21/31 = $2,520 / 31 = $81.290…, rounded $81.29.
 */

const AT_24 = { unitPrice: '24.00' }

/** The line that the agreement had first, at another price by hand. */
function editPrice({ emulator: { world }, agreementId }: Agreement, unitPrice: string): void {
  const [first] = world.additionsOf(agreementId)
  world.editAddition({ additionId: first?.id ?? 0, unitPrice })
}

function priceOfCatalog({ emulator: { world }, product: id }: Agreement, price: string): void {
  world.editCatalogItem({ id, price })
}

/** Our own price changes in the marketplace. */
async function ourPrice({ office }: Agreement, count: number, price: string): Promise<void> {
  office.subscriptions = [seats(count, { unitPrice: { currency: 'USD', amount: decimal(price) } })]
  await office.observe()
}

async function waiting({ office }: Agreement): Promise<readonly bigint[]> {
  const { standings } = await office.studio.who(MARCH)
  return standings.flatMap(({ waiting: month, earlier }) => [month, ...earlier.map(({ amount }) => amount)])
}

for (const prorateFlag of [true, false]) {
  const how = prorateFlag ? 'prorating' : 'not prorating'

  describe(`a price that is kept (${how})`, () => {
    /** 25 seats, March and April invoiced at $24.00 and looked at; then 3 fewer from 20 March, which count from April. */
    async function fewer(between: (scene: Agreement) => Promise<void> | void) {
      const scene = await agreement(prorateFlag, 2, { quantity: 25, ...AT_24 })
      await mapped(scene, seats(25))
      expect(await synced(scene)).toEqual([])
      await between(scene)
      await changed(scene, '2026-03-20', 25, seats(22))
      const steps = await synced(scene)
      return { scene, steps }
    }

    it('credits what was charged: 3 × 24.00 of April', async () => {
      const { scene, steps } = await fewer(() => undefined)
      expect(steps).toEqual(['add 1 × -72.00 from 2026-05-01 to 2026-06-01, once', 'set 104 25 → 22'])
      expect(held(scene)).toEqual(['22 × 24 from 2025-06-01', '1 × -72 from 2026-05-01 through 2026-05-31'])
      expect(await throughMay(scene)).toEqual(['600.00', '600.00', '456.00', '528.00'])
      expect(await waiting(scene)).toEqual([0n])
    })

    it('credits what was charged then, whatever the line costs since', async () => {
      const { scene, steps } = await fewer((one) => editPrice(one, '26.00'))
      expect(steps).toEqual(['add 1 × -72.00 from 2026-05-01 to 2026-06-01, once', 'set 104 25 → 22'])
      // 22 × 26.00 − 72.00
      expect(await throughMay(scene)).toEqual(['600.00', '600.00', '500.00', '572.00'])
    })

    it('takes a credit back with what it was: 3 × 24.00', async () => {
      const { scene } = await fewer(() => undefined)
      await changed(scene, '2026-03-25', 22, seats(25))
      expect(await synced(scene)).toEqual([
        'add 1 × 72.00 from 2026-04-01 to 2026-05-01, once',
        'set 104 22 → 25',
      ])
      expect(await throughMay(scene)).toEqual(['600.00', '600.00', '600.00', '600.00'])
    })

    it('is what seats cost that are missing in invoiced months', async () => {
      const scene = await agreement(prorateFlag, 2, AT_24)
      await mapped(scene, seats(20))
      await changed(scene, '2026-03-11', 20, seats(25))
      expect(await synced(scene)).toEqual([
        prorateFlag
          ? 'add 5 × 24.00 from 2026-03-11 to 2026-04-01, once'
          : 'add 1 × 81.29 from 2026-03-11 to 2026-04-01, once',
        'add 1 × 120.00 from 2026-04-01 to 2026-05-01, once',
        'set 104 20 → 25',
      ])
      // 600.00 + 81.29 + 120.00
      expect(await throughMay(scene)).toEqual(['480.00', '480.00', '801.29', '600.00'])
      expect(await waiting(scene)).toEqual([0n])
    })

    it('makes nothing due where only ours changes, in invoiced months neither', async () => {
      const scene = await agreement(prorateFlag, 0, { quantity: 25, ...AT_24 })
      await mapped(scene, seats(25))
      // Nobody looks into the agreement between these invoices and the new price.
      invoice(scene)
      invoice(scene)
      scene.moveTo('2026-03-12')
      await ourPrice(scene, 25, '23.00')
      expect(await synced(scene)).toEqual([])
      expect(await waiting(scene)).toEqual([0n])
      await ourPrice(scene, 25, '21.00')
      expect(await synced(scene)).toEqual([])
      expect(await waiting(scene)).toEqual([0n])
      expect(await throughMay(scene)).toEqual(['600.00', '600.00', '600.00', '600.00'])
    })
  })

  describe(`the price of the catalog (${how})`, () => {
    async function byCatalog(invoiced: number, line: Parameters<typeof agreement>[2], price: string) {
      const scene = await agreement(prorateFlag, invoiced, line)
      priceOfCatalog(scene, price)
      await mapped(scene, seats(line === undefined ? 10 : 25))
      const change = { subscription: 'Business Premium', to: undefined, offset: undefined }
      await scene.office.studio.mapping.set(DANA, 'Contoso', { ...change, price: 'catalog' })
      return scene
    }

    it('is that of a new line, of seats beside it and of what comes later', async () => {
      const scene = await byCatalog(0, undefined, '24.00')
      expect(await synced(scene)).toEqual(['add 10 × 24.00 from 2026-03-01 on'])
      await changed(scene, '2026-03-11', 10, seats(15))
      expect(await synced(scene)).toEqual(
        prorateFlag
          ? ['add 5 × 24.00 from 2026-03-11 on']
          : ['add 1 × 81.29 from 2026-03-11 to 2026-04-01, once', 'add 5 × 24.00 from 2026-04-01 on'],
      )
      // 10 × 24.00 + 81.29
      expect(await throughMay(scene)).toEqual(['321.29', '360.00', '360.00', '360.00'])
    })

    it('is followed from the first open day on, and in no invoiced month', async () => {
      const scene = await byCatalog(1, { quantity: 25 }, '24.00')
      expect(await synced(scene)).toEqual(['price 104 22.00 → 24.00'])
      invoice(scene)
      expect(await synced(scene)).toEqual([])
      priceOfCatalog(scene, '26.00')
      expect(await synced(scene)).toEqual(['price 104 24.00 → 26.00'])
      // Ours is another all the time.
      await ourPrice(scene, 25, '23.00')
      expect(await synced(scene)).toEqual([])
      expect(await waiting(scene)).toEqual([0n])
      // 25 × 22.00, 24.00, 26.00
      expect(await throughMay(scene)).toEqual(['550.00', '600.00', '650.00', '650.00'])
    })

    it('of an invoiced month is what it was then', async () => {
      const scene = await byCatalog(0, { quantity: 25 }, '24.00')
      expect(await synced(scene)).toEqual(['price 104 22.00 → 24.00'])
      invoice(scene)
      invoice(scene)
      expect(await synced(scene)).toEqual([])
      priceOfCatalog(scene, '26.00')
      await changed(scene, '2026-03-20', 25, seats(22))
      expect(await synced(scene)).toEqual([
        'add 1 × -72.00 from 2026-05-01 to 2026-06-01, once',
        'price 104 24.00 → 26.00',
        'set 104 25 → 22',
      ])
      // 22 × 26.00 − 72.00
      expect(await throughMay(scene)).toEqual(['600.00', '600.00', '500.00', '572.00'])
    })

    it('is what seats cost that are missing in an invoiced month without others', async () => {
      const scene = await byCatalog(2, undefined, '24.00')
      expect(await synced(scene)).toEqual([
        'add 10 × 24.00 from 2026-03-01 to 2026-04-01, once',
        'add 10 × 24.00 from 2026-04-01 to 2026-05-01, once',
        'add 10 × 24.00 from 2026-05-01 on',
      ])
      expect(await throughMay(scene)).toEqual(['0.00', '0.00', '720.00', '240.00'])
    })
  })
}
