import type { Seeded, WorldDescription } from '../connectwise/world.js'

/** Contoso with 20 seats in an agreement that prorates, Fabrikam with one that does not, and what can be sold. */
export const TWO_CUSTOMERS: WorldDescription = {
  catalog: [
    { identifier: 'M365BP', description: 'Business Premium', price: '22.00', cost: '17.60', vendorSku: 'BP' },
    { identifier: 'E3', price: '36.00', cost: '28.80' },
    { identifier: 'BUNDLE', price: '50', productClass: 'Bundle' },
    { identifier: 'OLD', price: '5', inactiveFlag: true },
  ],
  companies: [
    {
      identifier: 'CONTOSO',
      name: 'Contoso',
      agreements: [
        {
          name: 'Contoso Cloud',
          prorateFlag: true,
          nextInvoiceDate: '2026-03-01',
          additions: [{ product: 'M365BP', quantity: 20, serialNumber: 'CBS:L1:start' }],
        },
      ],
    },
    {
      identifier: 'FABRIKAM',
      name: "Fabrikam's",
      agreements: [{ name: 'Fabrikam Cloud', prorateFlag: false, nextInvoiceDate: '2026-03-01' }],
    },
  ],
}

/** The ids of that world; ids are counted, so they are always the same. */
export interface TwoCustomers {
  readonly contoso: number
  readonly fabrikam: number
  readonly main: number
  readonly seatProduct: number
}

/** Seeds the world above and names what tests speak of. */
export function seedTwoCustomers(world: { seed(description: WorldDescription): Seeded }): TwoCustomers {
  const { agreements, additions, catalog } = world.seed(TWO_CUSTOMERS)
  return {
    contoso: agreements['Contoso Cloud'] ?? 0,
    fabrikam: agreements['Fabrikam Cloud'] ?? 0,
    main: additions[0] ?? 0,
    seatProduct: catalog['M365BP'] ?? 0,
  }
}
