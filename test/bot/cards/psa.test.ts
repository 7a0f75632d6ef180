import { expect, test } from 'vitest'
import { namedPriceWords } from '../../../bot/cards/psa.js'
import { renderConsole } from '../../../bot/console/render.js'
import type { PsaLine } from '../../../core/sync/types.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { type FakePsa, fakePsa } from '../../support/fake-psa.js'
import { mapCustomers } from '../../support/mapped-desk.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryLog } from '../../support/memory-log.js'
import { memorySync } from '../../support/memory-sync.js'
import { day, decimal, observed } from '../../support/observed.js'

interface Mapped {
  readonly chat: ChatDesk
  readonly psa: FakePsa
  /** What a person is answered, on the console: the first card, and those beside it. */
  readonly read: (who: string, text: string) => Promise<string>
}

/**
 * Contoso is billed in a prorating agreement of 20 seats that is open since March; 25 seats are due since the 11th. With
 * two customers Alder is before it, billed in one that does not prorate and is invoiced to the end of March.
 */
async function mapped(
  names: readonly string[] = ['Contoso'],
  routeFrom = '2026-03-01',
  most = names.length,
  customerOf: (index: number) => string = (index) => `C${index + 2}`,
): Promise<Mapped> {
  const books = memoryBooks()
  const [psa, sync] = [fakePsa(), memorySync(books)]
  const options = { billing: memoryBilling(books), sync, psas: new Map([['connectwise', psa]] as const) }
  const chat = await chatDesk({ log: memoryLog(), ...options })
  if (names.length > 1) {
    chat.world.customers = names.map((name, index) => ({ id: `C${index + 1}`, name }))
    chat.world.subscriptions = [
      ...chat.world.subscriptions,
      ...names.slice(1).map((_, index) =>
        observed({
          subscriptionId: String(900 + index),
          customerId: customerOf(index),
          productName: 'Visio',
          quantity: decimal('21'),
          unitPrice: { currency: 'USD', amount: decimal('22') },
        }),
      ),
    ]
    chat.world.now = new Date('2026-03-20T13:01:00Z')
    await chat.studio.observe()
  }
  await mapCustomers({ chat, psa, sync }, day(routeFrom), most)
  const read = async (who: string, text: string) => {
    const reply = await chat.desk.ask(`console:${who}`, text)
    await reply.after?.()
    return [reply, ...(reply.also ?? [])].map(({ card }) => renderConsole(card)).join('\n')
  }
  return { chat, psa, read }
}

/** As one line, so that no width of a screen matters. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

// 25 × $22.00 = $550.00 in April, of which 20 × $22.00 = $440.00 are there; 5 × $22.00 × 21/31 = $74.52 are March's.
test('a month of a customer billed in a PSA holds its own amounts; what waits from before is said beside them', async () => {
  const { read } = await mapped()
  const before = flat(await read('dana', 'who april'))
  expect(before).toContain('$550.00 from 1 customer ($440.00 there, $110.00 waiting; besides $74.52 waiting')
  expect(before).toContain(
    'April 2026 $550.00: $440.00 already there, $110.00 waits for approval; besides $74.52 for March 2026 waits;',
  )
  const customer = flat(await read('dana', 'customer contoso april'))
  expect(customer).toContain('besides $74.52 for March 2026 waits;')
  expect(customer).toContain('Total $184.52 (2 lines) Of that $74.52 with bill-on dates before April 2026.')
  await read('dana', 'sync')
  await read('lee', 'approve APR-0001')
  const after = flat(await read('dana', 'who april'))
  expect(after).toContain('$550.00 from 1 customer ($550.00 there, $0.00 waiting)')
  expect(after).toContain('April 2026 $550.00: $550.00 already there; in ConnectWise')
})

test('what waits from several earlier months is said month by month', async () => {
  const { read } = await mapped()
  expect(flat(await read('dana', 'who may'))).toContain(
    'May 2026 $550.00: $440.00 already there, $110.00 waits for approval; besides $74.52 for March 2026 and $110.00 for April 2026 wait;',
  )
})

test('S15: what is written at another price than ours is said on the card that asks', async () => {
  const desk = await mapped()
  expect(flat(await desk.read('dana', 'sync'))).not.toContain('At another price than ours')
  edit(desk, (line) => [{ ...line, unitPrice: decimal('24') }])
  expect(flat(await desk.read('dana', 'sync'))).toMatch(
    /At another price than ours.*Contoso · Microsoft 365 Business Premium: ConnectWise bills \$24\.00 a seat, ours is \$22\.00; its price stays as long as it is mapped as its own/,
  )
  expect(flat(await desk.read('dana', 'customer contoso april'))).toContain(
    'ConnectWise bills $24.00 a seat, ours is $22.00; its price stays',
  )
})

test.each([
  ['ours', 'Autotask bills $24.00 a seat, ours is $22.00; ours is billed, because it is mapped as ours'],
  [
    'catalog',
    'the catalog of Autotask says $24.00 a seat, ours is $22.00; the catalog’s is billed as long as it is mapped so',
  ],
] as const)('S15: a price that is billed because it is mapped as %s says so', (owner, words) => {
  const prices = { product: 'Visio', theirs: decimal('24'), ours: decimal('22'), owner }
  const place = { customerName: 'Contoso', title: 'Autotask', currency: 'USD' }
  expect(namedPriceWords({ ...place, ...prices })).toBe(`Contoso · Visio: ${words}`)
})

// Contoso: 5 × $22.00 × 21/31 = $74.52 for March; Alder: one more seat of Visio, invoiced for March, in two steps.
test('the pages of one customer list their steps and their total only', async () => {
  const { read } = await mapped(['Contoso', 'Alder'])
  await read('dana', 'sync')
  const contoso = flat(await read('dana', 'approval APR-0001 contoso'))
  expect(contoso).toContain('APR-0001 · 1 step for $74.52 (1 line)')
  expect(contoso).not.toContain('Alder')
  const alder = flat(await read('dana', 'approval APR-0001 alder'))
  expect(alder).toContain('APR-0001 · 2 steps for $22.00 (1 line) Alder · ConnectWise')
  expect(alder).not.toContain('Contoso')
})

// Both plans have changed since; the page of Contoso is about Contoso, whatever the other one is called.
test('what changed of one customer is picked by who it is, not by the beginning of its name', async () => {
  const { chat, read } = await mapped(['Contoso', 'Contoso · East'])
  await read('dana', 'sync')
  chat.world.subscriptions = chat.world.subscriptions.map((line) =>
    line.customerId === 'C2' ? { ...line, quantity: decimal('30') } : line,
  )
  chat.world.now = new Date('2026-03-20T13:05:00Z')
  await chat.studio.observe()
  const pagesOf = async (customer: string) => {
    const first = await read('dana', `approval APR-0001 ${customer}`)
    const count = Number(/page 1 of (\d+)/.exec(flat(first))?.[1])
    const others = Array.from({ length: count - 1 }, (_, index) =>
      read('dana', `approval APR-0001 ${customer} page ${index + 2}`),
    )
    return [first, ...(await Promise.all(others))].join('\n')
  }
  expect(flat(await pagesOf('contoso'))).not.toContain('East')
  expect(flat(await pagesOf('"contoso · east"'))).toMatch(/now to be written: Contoso · East · Visio/)
})

/** References a card shows in brackets. */
function refsIn(text: string): string[] {
  return [...text.matchAll(/\[([a-z0-9]{8})\]/g)].map(([, ref = '']) => ref)
}

// 20 × $22.00 = $440.00 are there, 5 × $22.00 × 21/31 = $74.52 wait; afterwards both are there.
test('a customer whose PSA holds everything has lines all the same, each explained as lines to bill are', async () => {
  const { read } = await mapped()
  const before = await read('dana', 'customer contoso')
  expect(flat(before)).toMatch(
    /There in ConnectWise: - \[\w+\] .* 20 × \$22\.00 = \$440\.00 · in ConnectWise, not yet invoiced/,
  )
  await read('dana', 'sync')
  await read('lee', 'approve APR-0001')
  const after = await read('dana', 'customer contoso')
  expect(flat(after)).not.toContain('Not in the PSA yet')
  expect(flat(after)).toContain('5 × $22.00 × 21/31 = $74.52 · in ConnectWise, not yet invoiced')
  // Each is called as it was while it was due.
  expect(refsIn(after)).toEqual(refsIn(before))
  const told = await Promise.all(refsIn(after).map((ref) => read('dana', `explain ${ref}`)))
  expect(told.map(flat)).toEqual([
    expect.stringMatching(
      /is there 20 × \$22\.00 = \$440\.00 ConnectWise in ConnectWise, not yet invoiced; Contoso licences/,
    ),
    expect.stringMatching(/is there .*5 × \$22\.00 × 21\/31 = \$74\.52 .*Source +order CH000900/),
  ])
})

// Two seats more than the 25 that are due from April on: 2 × $22.00 = $44.00.
test('what is there beyond what is due is a line of its own, and explained as that', async () => {
  const desk = await mapped()
  await desk.read('dana', 'sync')
  await desk.read('lee', 'approve APR-0001')
  edit(desk, (line) => [{ ...line, quantity: decimal('22') }])
  await alerts(desk)
  const text = await desk.read('dana', 'customer contoso april')
  expect(flat(text)).toContain('2 × $22.00 = $44.00, as it was read there · in ConnectWise, not yet invoiced')
  const told = await Promise.all(refsIn(text).map((ref) => desk.read('dana', `explain ${ref}`)))
  expect(told.join(' ')).not.toContain('No line')
})

/** Contoso's agreement with its one mapped line changed as a person there does it. */
function edit({ psa }: Mapped, change: (line: PsaLine) => readonly PsaLine[]): void {
  const [agreement] = psa.held.values()
  const [line, ...others] = agreement?.lines ?? []
  if (agreement === undefined || line === undefined) throw new Error('no agreement')
  psa.held.set(agreement.id, { ...agreement, lines: [...change(line), ...others] })
}

/** What an observation says in the titles of its alerts. */
async function alerts({ chat }: Mapped): Promise<string[]> {
  chat.world.now = new Date(chat.world.now.getTime() + 60_000)
  const { also = [] } = await chat.desk.ask('console:dana', 'observe')
  return also.map(({ card }) => flat(renderConsole(card)))
}

// We wrote or mapped 20, somebody made it 22, and 25 are due since 11 March.
test('an alert about what somebody did in the PSA says so, with the three counts, and asks what to do', async () => {
  const desk = await mapped()
  edit(desk, (line) => [{ ...line, quantity: decimal('22') }])
  const [text = ''] = await alerts(desk)
  expect(text).toMatch(
    /^Somebody changed Contoso · Microsoft 365 Business Premium in ConnectWise: write over it\?/,
  )
  expect(text).toContain('we wrote 20, there is 22, it should be 20, from 11 Mar 2026 25')
  expect(text).toContain('Reject leaves it as it is')
  expect(text).toContain('`map Contoso set <product> offset <seats>`')
})

test('a licence change beside what somebody did is counted with it, in a request that asks about both', async () => {
  const desk = await mapped(['Contoso', 'Nobody'], '2026-03-01', 1, () => 'C1')
  edit(desk, (line) => [{ ...line, quantity: decimal('22') }])
  expect((await alerts(desk))[0]).toMatch(
    /^Somebody changed Contoso · .* in ConnectWise and 1 more change: write over it\?/,
  )
})

test('a licence change nobody in the PSA did is told as one', async () => {
  const desk = await mapped(['Contoso', 'Alder'])
  const both = await alerts(desk)
  expect(both).toEqual([
    expect.stringMatching(/^Contoso \+5 Microsoft 365 Business Premium from 11 Mar 2026: approve sync\?/),
    expect.stringMatching(/^Alder \+1 Visio from/),
  ])
  expect(both.join(' ')).not.toContain('Somebody')
})

test('what was there before the route began is nobody’s edit', async () => {
  const desk = await mapped(['Contoso'], '2026-04-01')
  await desk.read('dana', 'sync')
  await desk.read('lee', 'approve APR-0001')
  expect(desk.psa.effects).toMatchObject([{ type: 'add', quantity: decimal('5') }])
  expect(await desk.read('dana', 'status')).not.toContain('Changed by hand')
})

test('counts that differ only later say from when', async () => {
  const desk = await mapped()
  edit(desk, (line) => [
    { ...line, to: day('2026-05-01') },
    { ...line, id: '90999', from: day('2026-05-01'), quantity: decimal('22') },
  ])
  await desk.chat.studio.raiseAlerts()
  // The second line is no part of the slot: from May on nothing of it is there.
  expect(flat(await desk.read('dana', 'status'))).toContain(
    'we wrote 20, there is 20, from 1 May 2026 0, it should be 20, from 11 Mar 2026 25',
  )
})

test('counts that begin later are not said as if they were there now', async () => {
  const desk = await mapped()
  edit(desk, (line) => [{ ...line, from: day('2026-05-01') }])
  await desk.chat.studio.raiseAlerts()
  expect(flat(await desk.read('dana', 'status'))).toContain('we wrote 20, there is none, from 1 May 2026 20,')
})

// Alder: 21 seats of Visio at $22.00 are $462.00 a month, one more than is there.
test('a step on a running line says what it comes to, and one amount is said once', async () => {
  const { read } = await mapped(['Contoso', 'Alder'])
  const card = flat(await read('dana', 'sync'))
  expect(card).toContain('20 → 21 on the running line, billed from 1 Apr 2026: 21 × $22.00 = $462.00 a month')
  expect(card).toContain('once $22.00, 1–31 Mar 2026 - Visio')
})

test('a take-back says the price of what it takes, before and after, and is called so in the list', async () => {
  const { read } = await mapped(['Contoso', 'Alder'])
  await read('dana', 'sync')
  await read('lee', 'approve APR-0001')
  const before = flat(await read('lee', 'void BR-0001 because the order was wrong'))
  const words = [
    'a line of 5 × $22.00 = $110.00 a month that was never invoiced is taken away',
    'a one-time line of $22.00 ',
    '21 → 20 on the running line: 20 × $22.00 = $440.00 a month',
  ]
  for (const part of words) expect(before).toContain(part)
  expect(flat(await read('lee', 'approvals'))).toContain('take back BR-0001: BR-0002, 2 customers')
  await read('sam', 'approve APR-0002')
  expect(flat(await read('sam', 'approval APR-0002'))).toContain(`${words[0] ?? ''} · confirmed`)
})

test('a request that takes the place of another names it, on its card and in the trail', async () => {
  const { read } = await mapped()
  expect(await read('dana', 'sync')).not.toContain('takes the place')
  expect(flat(await read('lee', 'sync'))).toContain('takes the place of APR-0001; expires')
  const trail = flat(await read('sam', 'approval APR-0002'))
  expect(trail).toContain('APR-0002 takes the place of APR-0001')
  expect(flat(await read('sam', 'approval APR-0001'))).toContain('APR-0002 took its place')
})

test('the trail tells a step with its customer, its product and what it did', async () => {
  const { read } = await mapped()
  await read('dana', 'sync')
  await read('lee', 'approve APR-0001')
  const told =
    'Step BR-0001/1 of APR-0001, Contoso · Microsoft 365 Business Premium: 20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00, was read back as done'
  expect(flat(await read('lee', 'audit'))).toContain(told)
  expect(flat(await read('lee', 'approval APR-0001'))).toContain(told)
})

test('a customer that is billed by file is named when a sync is asked for it', async () => {
  const { read } = await mapped(['Contoso', 'Alder'], '2026-03-01', 1)
  const left = 'Left out: - Alder: not billed in a PSA; `propose Alder` bills it by file'
  const asked = flat(await read('dana', 'sync contoso, alder'))
  expect(asked).toContain('Sync BR-0001 · Contoso')
  expect(asked).toContain(left)
  await read('lee', 'approve APR-0001')
  const there = flat(await read('dana', 'sync contoso, alder'))
  expect(there).toContain('Nothing to sync There is nothing to do: 1 agreement or contract was read.')
  expect(there).toContain(left)
  expect(flat(await read('dana', 'sync alder'))).toBe(
    `Nothing could be planned No request was made. ${left} `,
  )
  expect(flat(await read('dana', 'sync'))).not.toContain('Alder')
})

test('a sync of nobody asks for nothing, and says what a sync of all is', async () => {
  const { read } = await mapped()
  const refused = flat(await read('dana', 'sync nobody'))
  expect(refused).toContain('Nothing was asked for.')
  expect(refused).toContain('`sync` alone is for all customers that are billed in a PSA.')
})

test('a proposal for a customer whose PSA holds everything says that the PSA bills it', async () => {
  const { read } = await mapped(['Contoso', 'Alder'], '2026-03-01', 1)
  await read('dana', 'sync')
  await read('lee', 'approve APR-0001')
  expect(flat(await read('dana', 'propose contoso'))).toContain(
    'ConnectWise bills Contoso, and everything due is there.',
  )
  expect(flat(await read('dana', 'propose contoso, alder'))).toContain('Bill run BR-0002 · Alder')
  await read('lee', 'approve APR-0002')
  expect(flat(await read('dana', 'propose contoso, alder'))).toContain('There is nothing to bill there')
})

test.each([
  [
    'sync',
    'Shows what would be written into ConnectWise or Autotask, with its approval card; without a name, for all.',
  ],
  ['approve', 'Says yes: the lines of a bill run are billed, the steps of a sync are written.'],
  ['reject', 'Says no: nothing is billed or written.'],
  [
    'void',
    'Asks to make what a run billed due again, or to take back what a sync wrote; it needs an approval.',
  ],
  ['observe', 'Reads the marketplace now.'],
])('help says what %s does to bills and to PSAs', async (command, words) => {
  const { read } = await mapped()
  expect(flat(await read('vic', `help ${command}`))).toContain(words)
})
