import type { Form } from '../../bot/cards/form.js'
import { reminderCard } from '../../bot/cards/late.js'
import { type Card, FORM_NAMES } from '../../bot/cards/model.js'
import { helloCard } from '../../bot/cards/welcome.js'
import type { Reply } from '../../bot/commands/reply.js'
import { lineRef } from '../../core/app/who.js'
import type { NewDelivery } from '../../core/chat-ports.js'
import type { ObservedCustomer, ObservedOrder, ObservedSubscription } from '../../core/marketplace/types.js'
import { type ChatDesk, PEOPLE, chatDesk } from './chat-desk.js'
import { fakePsa } from './fake-psa.js'
import { editByHand, mapCustomers, offers } from './mapped-desk.js'
import { memoryBilling } from './memory-billing.js'
import { memoryBooks } from './memory-books.js'
import { connectionsOf } from '../../bot/connections.js'
import { memoryLog } from './memory-log.js'
import { memorySync } from './memory-sync.js'
import { decimal, observed, order } from './observed.js'

/** Names somebody could have typed into the marketplace to act on whoever reads them. */
export const HOSTILE_NAMES = [
  '<!channel> Contoso',
  '<@U1> & <#C1|general>',
  '<http://evil.example|Approve here>',
  '[Approve](http://evil.example) ![x](http://evil.example/x.png)',
  '*bold* _italic_ ~gone~ `code` ```block```',
  '&lt;!here&gt; &amp; <at>Lee</at>',
  'left\u202eright \u2066isolate\u2069',
  'two\nlines\r\nand\ttab \u0000 \u001b[31mred',
  '"quotes" \\ back\\nslash \'single\' {"id":"APR-0001"}',
  '=HYPERLINK("http://evil.example")',
  ':tada: 😀 株式会社 e\u0301 👩‍👩‍👧',
  `${'Very long name '.repeat(33)}end`,
] as const

interface Sample {
  readonly customers: readonly ObservedCustomer[]
  readonly subscriptions: readonly ObservedSubscription[]
  readonly orders: readonly ObservedOrder[]
}

function sampleOf(names: readonly string[], subscriptionsEach: number, products = names): Sample {
  const customers = names.map((name, index) => ({ id: `C${index + 1}`, name }))
  const subscriptions = customers.flatMap(({ id }, index) =>
    Array.from({ length: subscriptionsEach }, (_, number) =>
      observed({
        subscriptionId: `${index + 1}${String(number).padStart(3, '0')}`,
        customerId: id,
        productName: products[number % products.length] ?? 'Product',
        quantity: decimal('25'),
        // Every third line of a larger sample has no price: something to look at.
        ...(number === 2 ? { unitPrice: undefined } : {}),
      }),
    ),
  )
  const orders = subscriptions.map(({ subscriptionId, customerId }) =>
    order({ id: subscriptionId, number: `CH${subscriptionId}`, subscriptionId, customerId }),
  )
  return { customers, subscriptions, orders }
}

const PRODUCTS = ['Microsoft 365 Business Premium', 'Exchange Online (Plan 1)', 'Azure reservation']

/** Worlds to show every card in. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  empty: { customers: [{ id: 'C1', name: 'Contoso' }], subscriptions: [], orders: [] },
  one: sampleOf(['Contoso'], 1, PRODUCTS),
  typical: sampleOf(['Contoso', 'Fabrikam', 'Northwind Traders'], 3, PRODUCTS),
  many: sampleOf(
    Array.from({ length: 130 }, (_, index) => `Customer number ${String(index + 1).padStart(3, '0')}`),
    4,
    PRODUCTS,
  ),
  hostile: sampleOf(HOSTILE_NAMES, 3),
}

export const SAMPLE_NAMES = Object.keys(SAMPLES)

const BILLER = 'slack:T1:U1'
const APPROVER = 'slack:T1:U2'
const OTHER = 'slack:T1:U3'

/** Every card the desk can show, by what was asked, in one of the worlds. */
export async function sampleCards(name: string): Promise<ReadonlyMap<string, Card>> {
  return (await sampleWorld(name)).cards
}

/** Everything the desk can show in one of the worlds, and every form its cards open, by the card and the button. */
export interface SampleWorld {
  readonly cards: ReadonlyMap<string, Card>
  readonly forms: ReadonlyMap<string, Form>
}

const worlds = new Map<string, Promise<SampleWorld>>()

/** Everybody who asks for a world gets the same one: the largest takes a quarter of a minute. */
export function sampleWorld(name: string): Promise<SampleWorld> {
  const known = worlds.get(name) ?? makeWorld(name)
  worlds.set(name, known)
  return known
}

async function makeWorld(name: string): Promise<SampleWorld> {
  const sample = SAMPLES[name]
  if (sample === undefined) throw new Error(`no sample ${name}`)
  const chat = await chatDesk({ log: memoryLog() })
  Object.assign(chat.world, sample, { now: new Date('2026-03-20T13:05:00Z') })
  const cards = new Map<string, Card>()
  const forms = new Map<string, Form>()
  const ask = async (identity: string, text: string, label = text): Promise<Reply> => {
    const reply = await chat.desk.ask(identity, text)
    cards.set(label, reply.card)
    await openForms(chat, identity, label, reply.card, forms)
    return reply
  }
  await ask(BILLER, 'observe')
  await ask(BILLER, 'help')
  await ask(BILLER, 'help who')
  await ask(BILLER, 'who')
  await ask(BILLER, 'who march nobody', 'who, nothing fits')
  await ask(BILLER, `customer ${sample.customers[0]?.name.slice(0, 60) ?? ''}`, 'customer')
  await ask(BILLER, `explain ${await anyLine(chat)}`, 'explain')
  await ask(BILLER, 'changes 2026-03-01', 'changes')
  await ask(BILLER, 'status')
  await ask(BILLER, 'upcoming')
  await ask(BILLER, 'upcoming 366')
  await ask(BILLER, 'upcoming 366 page 2')
  await ask(BILLER, 'calendar')
  await ask(BILLER, 'calendar june')
  await ask(BILLER, 'home', 'home, nothing waits')
  await untold(chat, name)
  await ask(BILLER, 'status', 'status, answers that did not arrive')
  await ask(BILLER, 'approvals', 'approvals, none')
  await ask(BILLER, 'price', 'prices, none')
  await ask(BILLER, 'describe', 'descriptions, none')
  const look: Ask = async (identity, id, label = id) => {
    const reply = await chat.desk.look(identity, id)
    cards.set(label, reply.card)
    return reply
  }
  await decisions(chat, ask, look)
  cards.set('welcome', await chat.desk.welcome(BILLER))
  cards.set('welcome of a stranger', await chat.desk.welcome('slack:T1:U9'))
  cards.set('hello', helloCard())
  await ask('slack:T1:U9', 'who', 'a stranger')
  await ask('slack:T1:U9', 'home', 'home of a stranger')
  await ask(BILLER, 'audit', 'audit by a biller')
  await ask(APPROVER, 'audit')
  await ask(APPROVER, 'sudo <!channel> `rm`', 'an unknown word')
  const first = await chat.billing.approval('APR-0001')
  if (first !== undefined) cards.set('reminder', reminderCard(first, 'America/New_York'))
  for (const [label, card] of await psaCards(sample, forms)) cards.set(label, card)
  for (const [label, card] of await peopleCards(sample, forms)) cards.set(label, card)
  for (const [label, card] of await priceCards(sample)) cards.set(label, card)
  for (const [label, card] of await settingCards(sample, forms)) cards.set(label, card)
  return { cards, forms }
}

/** The forms behind the buttons of a card. */
async function openForms(
  { desk }: ChatDesk,
  identity: string,
  label: string,
  { actions }: Card,
  forms: Map<string, Form>,
): Promise<void> {
  for (const { name, label: button, target } of actions) {
    if (!FORM_NAMES.some((known) => known === name)) continue
    const made = await desk.form(identity, name, target)
    if (made.type === 'form') forms.set(`${label}, ${button}`, made.form)
  }
}

/** Every card about prices and descriptions of one's own: for each customer one, some of them billed already. */
async function priceCards({ customers, ...sample }: Sample): Promise<ReadonlyMap<string, Card>> {
  const chat = await chatDesk({ log: memoryLog() })
  Object.assign(chat.world, { ...sample, customers, now: new Date('2026-03-20T13:05:00Z') })
  const cards = new Map<string, Card>()
  const ask = async (identity: string, text: string, label: string): Promise<void> => {
    const { card } = await chat.desk.ask(identity, text)
    const yes = card.actions.find(({ name }) => name === 'setPrice')
    if (yes === undefined) return void cards.set(label, card)
    cards.set(`${label}, shown first`, card)
    cards.set(label, (await chat.desk.click(identity, yes)).card)
  }
  await chat.desk.ask(BILLER, 'observe')
  await ask(BILLER, 'price all 20.50 USD from 1 march', 'price, set for everyone')
  await ask(BILLER, 'price all discount 10% from april until june', 'price, ahead')
  const { approval } = await chat.desk.ask(APPROVER, 'propose march')
  if (approval !== undefined) await chat.desk.ask(OTHER, `approve ${approval.approval.id}`)
  await ask(BILLER, 'price all margin 20% from 1 march', 'price, behind what is billed')
  for (const [index] of customers.entries()) {
    await chat.desk.ask(BILLER, `price C${index + 1} ${20 + index}.00 USD`)
  }
  await ask(BILLER, 'describe all "<!channel> *Office* [x](http://evil.example)"', 'description, set')
  await ask(BILLER, 'price', 'prices')
  await ask(BILLER, 'describe', 'descriptions')
  await ask(BILLER, 'price remove 3', 'price, ended')
  await ask(BILLER, 'price C1 20,50', 'price, refused')
  await ask('slack:T1:U4', 'price C1 20.50', 'price, by a viewer')
  await ask(APPROVER, 'audit', 'audit of prices')
  return cards
}

/** Every card about settings, with something billed and something that waits, changed by an admin of an awkward name. */
async function settingCards(sample: Sample, forms: Map<string, Form>): Promise<ReadonlyMap<string, Card>> {
  const admin = 'console:ann'
  const chat = await chatDesk({
    log: memoryLog(),
    people: `${PEOPLE},${admin}=admin:<!channel> *Ann*`,
    connections: connectionsOf({ slack: undefined, teams: undefined }, new Map()),
    lines: { roundMode: 'down' },
  })
  Object.assign(chat.world, sample, { now: new Date('2026-03-20T13:05:00Z') })
  const cards = new Map<string, Card>()
  const ask = async (identity: string, text: string, label: string): Promise<void> => {
    const { card } = await chat.desk.ask(identity, text)
    cards.set(label, card)
    await openForms(chat, identity, label, card, forms)
  }
  await chat.desk.ask(admin, 'observe')
  await ask(BILLER, 'settings', 'settings, by default')
  await ask(admin, 'settings increases full', 'settings, from the beginning')
  const { approval } = await chat.desk.ask(APPROVER, 'propose march')
  if (approval !== undefined) await chat.desk.ask(OTHER, `approve ${approval.approval.id}`)
  await chat.desk.ask(BILLER, 'propose april')
  await ask(admin, 'settings timing arrears', 'settings, what waits is out of date')
  await ask(admin, 'settings decreases credit from 1 may', 'settings, ahead')
  await ask(admin, 'settings bound 35', 'settings, at once')
  await ask(admin, 'settings', 'settings')
  await ask(admin, 'settings decreases', 'settings, one')
  await ask(admin, 'settings invoice day', 'settings, one that is typed')
  await ask(admin, 'settings round mode', 'settings, one that is fixed')
  await ask(BILLER, 'settings decreases', 'settings, one for a biller')
  await ask(admin, 'settings round mode half away', 'settings, fixed')
  await ask(admin, 'settings anchor day 15', 'settings, counts for nothing')
  await ask(admin, 'settings increases <!channel>', 'settings, no value')
  await ask(BILLER, 'settings increases full', 'settings, by a biller')
  await ask(admin, 'audit', 'audit of settings')
  return cards
}

/** Answers on their way, given up, and perhaps arrived. */
async function untold({ deliveries, now }: ChatDesk, name: string): Promise<void> {
  const answer: NewDelivery = {
    surface: 'slack',
    address: '{"channel":"C1"}',
    content: { kind: 'card', card: '{}' },
    createdAt: now(),
    notBefore: now(),
    reason: 'away',
  }
  await deliveries.keep(answer)
  const claimed = await deliveries.claim(['slack'], now(), now())
  const reason = name === 'hostile' ? HOSTILE_NAMES.slice(0, 5).join(' ') : 'is_archived'
  if (claimed !== undefined) await deliveries.settle(claimed, { state: 'givenUp', reason }, now())
  await deliveries.keep(answer)
  if (name !== 'one') await deliveries.lose({ ...answer, surface: 'teams' }, 'Teams did not answer.')
}

/** Every card about people, who are called what the customers are. */
async function peopleCards(
  { customers }: Sample,
  forms: Map<string, Form>,
): Promise<ReadonlyMap<string, Card>> {
  const chat = await chatDesk({ log: memoryLog(), people: `${PEOPLE},console:ann=admin:Ann` })
  const cards = new Map<string, Card>()
  const ask = async (identity: string, text: string, label: string): Promise<void> => {
    const { card } = await chat.desk.ask(identity, text)
    cards.set(label, card)
    await openForms(chat, identity, label, card, forms)
  }
  for (const [index, { name }] of customers.entries()) {
    await ask('console:ann', `people add ${name.slice(0, 60)} approver slack:T1:N${index}`, 'people, added')
  }
  await ask('console:ann', 'people', 'people')
  await ask('console:ann', 'people role slack:T1:N0 biller', 'people, lowered')
  await ask(BILLER, 'people link', 'people, a code')
  await ask('teams:T:someone', 'people link ACDE3467', 'people, linked')
  await ask('console:ann', 'people remove slack:T1:N0', 'people, removed')
  await ask('console:ann', 'people remove ann', 'people, the last admin')
  await ask('console:eve', 'who', 'a stranger, where there is an admin')
  await ask('console:ann', 'audit', 'audit of people')
  return cards
}

/** Every card about PSAs, with everybody billed in one. */
async function psaCards(sample: Sample, forms: Map<string, Form>): Promise<ReadonlyMap<string, Card>> {
  const books = memoryBooks()
  const [billing, sync, psa] = [memoryBilling(books), memorySync(books), fakePsa()]
  const chat = await chatDesk({ log: memoryLog(), billing, sync, psas: new Map([['connectwise', psa]]) })
  Object.assign(chat.world, sample, { now: new Date('2026-03-20T13:05:00Z') })
  const cards = new Map<string, Card>()
  const ask = async (identity: string, text: string, label: string): Promise<Reply> => {
    const reply = await chat.desk.ask(identity, text)
    cards.set(label, reply.card)
    await openForms(chat, identity, label, reply.card, forms)
    return reply
  }
  const name = sample.customers[0]?.name.slice(0, 60) ?? ''
  await chat.desk.ask(BILLER, 'observe')
  Object.assign(psa.offered, offers(sample.customers.map((customer) => customer.name)))
  await ask(BILLER, 'map', 'map, nobody')
  await ask(BILLER, `map ${name}`, 'map, suggestions')
  await ask(BILLER, 'sync', 'sync, nobody')
  await mapCustomers({ chat, psa, sync })
  await ask(BILLER, 'map', 'map, everybody')
  await ask(BILLER, 'who', 'who, in a PSA')
  await ask(BILLER, `customer ${name}`, 'customer, in a PSA')
  const { also = [] } = await ask(BILLER, 'observe', 'observed, in a PSA')
  if (also[0] !== undefined) cards.set('alert', also[0].card)
  const asked = await ask(BILLER, 'sync', 'sync, pending')
  const id = asked.approval?.approval.id ?? 'APR-0001'
  await ask(OTHER, `approval ${id} page 1`, 'page of a sync')
  await ask(OTHER, `approve ${id}`, 'sync, approved')
  psa.fates.push('refused', 'lost')
  await chat.studio.dispatch()
  await ask(OTHER, `approval ${id}`, 'sync, in part')
  editByHand(psa)
  chat.world.now = new Date('2026-03-20T13:10:00Z')
  await chat.studio.dispatch()
  await ask(BILLER, 'sync', 'sync, changed by hand')
  await ask(BILLER, 'status', 'status, in a PSA')
  await ask(BILLER, 'home', 'home, in a PSA')
  await ask(OTHER, 'audit', 'audit of a sync')
  return cards
}

type Ask = (identity: string, text: string, label?: string) => Promise<Reply>

async function decisions(chat: ChatDesk, ask: Ask, look: Ask): Promise<void> {
  const { world } = chat
  const first = await ask(APPROVER, 'propose march', 'pending')
  const id = first.approval?.approval.id ?? 'APR-0001'
  await look(BILLER, id, 'pending, to a biller')
  await look(APPROVER, id, 'pending, to who asked')
  await ask(APPROVER, 'approvals')
  await ask(APPROVER, 'home', 'home of the one who asked')
  await ask(OTHER, 'home', 'home of one who may decide')
  await ask(OTHER, `approval ${id} page 1`, 'page of a request')
  await ask(APPROVER, `approve ${id}`, 'refused: own request')
  await ask(OTHER, `reject ${id} because the seats of <!here> are *wrong*`, 'rejected')
  await ask(OTHER, `approve ${id}`, 'refused: decided')
  const second = await ask(APPROVER, 'propose march', 'pending again')
  await ask(APPROVER, 'propose march', 'superseding')
  const old = second.approval?.approval.id ?? 'APR-0002'
  await ask(OTHER, `approve ${old}`, 'refused: superseded')
  await ask(OTHER, `approval ${old}`, 'superseded')
  const third = `APR-${String(Number(old.slice(4)) + 1).padStart(4, '0')}`
  const before = world.subscriptions
  world.subscriptions = before.map((line) => ({ ...line, quantity: decimal('30') }))
  world.now = new Date('2026-03-21T13:00:00Z')
  await ask(BILLER, 'observe', 'observed again')
  await ask(OTHER, `approve ${third}`, 'stale')
  await ask(APPROVER, 'propose march', 'fresh')
  const fresh = `APR-${String(Number(third.slice(4)) + 1).padStart(4, '0')}`
  await ask(OTHER, `approve ${fresh}`, 'approved')
  await ask(OTHER, `approval ${fresh}`, 'trail')
  const run = (await chat.billing.approval(fresh))?.run.id ?? 'BR-0004'
  await ask(OTHER, `export csv ${run}`, 'file')
  await ask(OTHER, `void ${run} because sent twice to <@U1>`, 'void')
  world.now = new Date('2026-03-28T13:00:00Z')
  await ask(OTHER, 'approvals', 'approvals, expired')
  const voided = `APR-${String(Number(fresh.slice(4)) + 1).padStart(4, '0')}`
  await ask(APPROVER, `approval ${voided}`, 'expired')
}

/** The reference of a line of the first customer; a made-up one where there is none. */
async function anyLine({ studio, world }: ChatDesk): Promise<string> {
  const [customer] = world.customers
  if (customer === undefined || world.subscriptions.length === 0) return 'nothing'
  const { bills } = await studio.who(undefined, '')
  const line = bills.flatMap(({ lines }) => lines).at(0)
  return line === undefined ? 'nothing' : lineRef(line)
}
