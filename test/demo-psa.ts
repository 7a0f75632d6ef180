import { startRecordedConnectWise } from './contract/recorded-connectwise.js'
import type { ConnectWiseEmulator } from './emulators/connectwise/server.js'
import type { WorldDescription } from './emulators/connectwise/world.js'
import type { SubscriptionState } from './emulators/ingram/projection.js'
import type { World } from './emulators/ingram/world.js'

/** Customers of the demo who are billed in its ConnectWise too, as far as somebody maps them. */
const COMPANIES = 3
/** First days that are not invoiced there: a month in advance for the second, so that both ways can be tried. */
const NEXT_INVOICES = ['2026-03-01', '2026-04-01', '2026-03-01'] as const

/**
 * An emulated ConnectWise that a person keeps by hand, and is behind with: agreements of a few customers of the marketplace
 * with a line for each monthly subscription, at the seats of before.
 */
export async function startDemoConnectWise(
  marketplace: World,
  now: () => Date,
): Promise<ConnectWiseEmulator> {
  const emulator = await startRecordedConnectWise({ now })
  emulator.world.seed(describe(marketplace))
  return emulator
}

function describe(marketplace: World): WorldDescription {
  const customers = [...marketplace.projection().customers.values()]
    .filter(({ currency }) => currency === 'USD')
    .map((customer) => ({
      ...customer,
      lines: monthlyLines(marketplace.subscriptionsOf(customer.customerId)),
    }))
    .filter(({ lines }) => lines.length > 0)
    .slice(0, COMPANIES)
  const products = new Map(customers.flatMap(({ lines }) => lines.map((line) => [line.mpn, line])))
  return {
    catalog: [...products].map(([mpn, { productName, unitPrice }]) => ({
      identifier: mpn,
      description: productName.slice(0, 60),
      manufacturerPartNumber: mpn,
      price: unitPrice,
    })),
    companies: customers.map(({ name, lines }, index) => ({
      identifier: `CUSTOMER${index + 1}`,
      name,
      agreements: [
        {
          name: `${name} licences`,
          prorateFlag: index % 2 === 0,
          nextInvoiceDate: NEXT_INVOICES[index] ?? '2026-03-01',
          additions: lines.map(({ mpn, seats, unitPrice }) => ({
            product: mpn,
            // One seat was added since somebody looked last.
            quantity: Math.max(1, seats - 1),
            unitPrice,
            effectiveDate: '2026-03-01',
          })),
        },
      ],
    })),
  }
}

interface MonthlyLine {
  readonly mpn: string
  readonly productName: string
  readonly seats: number
  readonly unitPrice: string
}

/** What runs, is billed by the month and has a price. */
function monthlyLines(subscriptions: readonly SubscriptionState[]): readonly MonthlyLine[] {
  return subscriptions
    .filter(({ status, billingPeriod }) => status === 'active' && billingPeriod.type === 'month')
    .flatMap(({ lines }) =>
      lines.flatMap(({ mpn, productName, seats, unitPrice }) =>
        unitPrice === null ? [] : [{ mpn, productName, seats, unitPrice }],
      ),
    )
}

/** The lines of .env that lead to it. */
export function connectWiseSettings({
  url,
  credentials,
}: ConnectWiseEmulator): Readonly<Record<string, string>> {
  const { companyId, publicKey, privateKey, clientId } = credentials
  return {
    CONNECTWISE_SITE: url,
    CONNECTWISE_COMPANY: companyId,
    CONNECTWISE_PUBLIC_KEY: publicKey,
    CONNECTWISE_PRIVATE_KEY: privateKey,
    CONNECTWISE_CLIENT_ID: clientId,
  }
}
