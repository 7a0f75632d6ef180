import { expect, test } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { start } from '../../bot/main.js'
import { fakeMarketplace, product, subscription } from '../adapters/ingram/fake-marketplace.js'
import { container } from '../core/sync/build.js'
import { fakePsa } from '../support/fake-psa.js'
import { day } from '../support/observed.js'
import { GOOD_SETTINGS } from '../support/settings.js'

/** A promise, and what fulfils it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

/** Contoso has 25 seats; its agreement has a line of 20 and is invoiced through March: two writes are missing. */
async function world() {
  const products = [product({ quantity: 25 })]
  const dates = { creationDate: '2025-02-01', renewalDate: '2027-02-01', expirationDate: '2027-02-01' }
  const marketplace = await fakeMarketplace({ subscriptions: [subscription({ ...dates, products })] })
  const psa = fakePsa(container({ mode: 'wholeLines', lockedTo: day('2026-04-01') }))
  const item = { id: '1234', name: 'Business Premium', vendorNumbers: ['BP-1'] }
  psa.offered.items = [{ ...item, unitPrice: undefined, unusable: undefined }]
  const config = parseConfig({
    ...GOOD_SETTINGS,
    INGRAM_URL: marketplace.url,
    BILLING_OPENS_ON: '2026-03-01',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'a signing secret of Slack',
    PORT: '0',
  })
  return { marketplace, psa, config: { ...config, dataDirectory: undefined } }
}

// SIGTERM closes the server, then the database: what is written by then is settled, and what waits is not begun.
test('a stop ends the write that is under way and begins no other one', { timeout: 120_000 }, async () => {
  const { marketplace, psa, config } = await world()
  const [writing, released] = [gate(), gate()]
  const slow = {
    ...psa,
    write: async (...step: Parameters<typeof psa.write>) => {
      writing.open()
      await released.opened
      return psa.write(...step)
    },
  }
  let tick = async () => {}
  const running = await start(config, {
    shortLived: true,
    psas: new Map([['connectwise', slow] as const]),
    clock: { now: async () => new Date('2026-03-20T13:00:00Z') },
    ticking: (work, name) => {
      if (name === 'dispatch') tick = work
      return async () => undefined
    },
  })
  const server = await running.serve()
  for (const text of ['observe', 'map contoso accept', 'sync', 'approve APR-0001']) {
    expect((await running.desk.ask('console:me', text)).problem, text).toBeUndefined()
  }
  void tick()
  await writing.opened
  const closed = server.close()
  released.open()
  await closed
  expect(psa.effects).toHaveLength(1)
  const { writes } = await running.studio.status()
  expect(writes.open).toBe(1)
  await running.close()
  await marketplace.close()
})
