import { openStorage } from '../../adapters/storage/open.js'
import { createStudio } from '../../core/app/studio.js'
import { recordKey } from '../../core/marketplace/types.js'
import { memoryLog } from '../support/memory-log.js'
import { day, decimal, observed } from '../support/observed.js'

/** Licence lines of each customer. */
const LINES_EACH = 10

export interface PortfolioOptions {
  readonly mspId: string
  readonly dataDirectory: string
  readonly timeZone: string
  /** "2026-12-01" */
  readonly opensOn: string
  /** Licence lines in all. */
  readonly size: number
}

/** Fills a database as one observation of the marketplace does. Customer n has n + 4 seats of each product at $22.00. */
export async function observePortfolio(options: PortfolioOptions): Promise<void> {
  const { mspId, dataDirectory, timeZone, opensOn, size } = options
  const log = memoryLog()
  const storage = await openStorage({ mspId, dataDirectory, log })
  let ids = 0
  const studio = createStudio(
    {
      marketplace: { read: async () => ({ ...contentOf(size), requests: 1 }) },
      ledger: storage.ledger,
      billing: storage.billing,
      sync: storage.sync,
      people: storage.people,
      psas: new Map(),
      clock: storage.clock,
      ids: { next: () => `id-${(ids += 1)}`, code: () => 'ACDE3467' },
      log,
    },
    { timeZone, opensOn: day(opensOn), lines: {}, people: [] },
  )
  await studio.observe()
  await storage.close()
}

function contentOf(size: number) {
  const customers = Array.from({ length: Math.ceil(size / LINES_EACH) }, (_, index) => ({
    id: `C-${index + 1}`,
    name: `Customer ${index + 1}`,
  }))
  const subscriptions = Array.from({ length: size }, (_, index) => {
    const customer = Math.floor(index / LINES_EACH) + 1
    const product = (index % LINES_EACH) + 1
    const subscriptionId = String(100_000 + index)
    return observed({
      subscriptionId,
      key: recordKey(subscriptionId, `P-${product}`),
      mpn: `P-${product}`,
      customerId: `C-${customer}`,
      productName: `Product ${product}`,
      quantity: decimal(String(customer + 4)),
      expiresOn: undefined,
      renewsOn: undefined,
    })
  })
  return { customers, subscriptions, orders: [] }
}
