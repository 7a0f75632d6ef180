import { beforeEach, describe, expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { renderSlack } from '../../../bot/slack/render.js'
import { renderTeams } from '../../../bot/teams/render.js'
import type { Card } from '../../../bot/cards/model.js'
import { pagesOf } from '../../../bot/cards/sections.js'
import { HOSTILE_NAMES } from '../../support/card-samples.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { decimal, observed } from '../../support/observed.js'

/** A run of 40 customers and 500 lines: 40 × 12, and 20 more of the first; line n costs 1000 + n, so each is another. */
const CUSTOMERS = 40
const LINES = 500

let chat: ChatDesk

beforeEach(async () => {
  chat = await chatDesk({ log: memoryLog() })
})

async function propose(name: (index: number) => string, product: (index: number) => string): Promise<void> {
  const { world, studio, desk } = chat
  world.customers = Array.from({ length: CUSTOMERS }, (_, index) => ({
    id: `C${index + 1}`,
    name: name(index),
  }))
  world.orders = []
  world.subscriptions = Array.from({ length: LINES }, (_, index) =>
    observed({
      subscriptionId: String(index + 1),
      customerId: `C${index < 480 ? (index % CUSTOMERS) + 1 : 1}`,
      productName: product(index),
      quantity: decimal('1'),
      unitPrice: { currency: 'USD', amount: decimal(`${index + 1001}`) },
    }),
  )
  world.now = new Date('2026-03-20T14:00:00Z')
  await studio.observe()
  await desk.ask('console:dana', 'propose march')
}

/** "= $1,001.00" ends the first line. */
function amountOf(line: number): string {
  return `= $1,${String(line).padStart(3, '0')}.00`
}

/** Every page, by clicking from each to the next. */
async function pages(): Promise<Card[]> {
  const found: Card[] = []
  let { card } = await chat.desk.ask('console:vic', 'approval APR-0001')
  for (;;) {
    const next = card.actions.find(({ name }) => name === 'page')
    if (next === undefined) return found
    ;({ card } = await chat.desk.click('console:vic', {
      name: 'page',
      target: next.target,
    }))
    found.push(card)
  }
}

const SURFACES: readonly (readonly [string, (card: Card) => string])[] = [
  ['console', renderConsole],
  ['slack', (card) => JSON.stringify(renderSlack(card).blocks)],
  ['teams', (card) => JSON.stringify(renderTeams(card).card)],
]

describe.each(SURFACES)('a run of 500 lines on %s', (_, render) => {
  test('has every line on exactly one page, and nothing that did not fit', async () => {
    await propose(
      (index) => `Customer number ${index + 1}`,
      (index) => `Product ${index}`,
    )
    const texts = (await pages()).map(render)
    expect(texts.length).toBeGreaterThanOrEqual(LINES / 25)
    const all = texts.join('\n')
    for (let line = 1; line <= LINES; line += 1) {
      const amount = amountOf(line)
      expect(all.split(amount).length - 1, amount).toBe(1)
    }
    expect(all).not.toMatch(/… and \d+ more/)
  })

  test('also where names are as long and hostile as they can be', async () => {
    const name = (index: number) =>
      `${HOSTILE_NAMES[index % HOSTILE_NAMES.length]} ${'x"'.repeat(60)} ${index}`
    await propose(name, name)
    const all = (await pages()).map(render).join('\n')
    expect(all).not.toMatch(/… and \d+ more/)
    for (let line = 1; line <= LINES; line += 1) expect(all).toContain(amountOf(line))
  })
})

describe('the pages of a request', () => {
  beforeEach(async () => {
    await propose(
      (index) => `Customer number ${String(index + 1).padStart(2, '0')}`,
      (index) => `Product ${index}`,
    )
  })

  test('are numbered, and the last one says that it is all', async () => {
    const all = await pages()
    expect(all.map(({ title }) => title)).toEqual(
      all.map((_, index) => `Bill run BR-0001 · 1–31 Mar 2026 · page ${index + 1} of ${all.length}`),
    )
    expect(all.at(-1)?.blocks.at(-1)).toMatchObject({
      text: 'Data from less than a minute ago (observation 2). That is all of it. Next: `approval APR-0001` shows its card.',
    })
  })

  test('of one customer hold that customer’s lines alone: 12 of the second', async () => {
    const { card } = await chat.desk.ask('console:vic', 'approval APR-0001 customer number 02')
    const lists = card.blocks.filter((block) => block.type === 'list')
    expect(lists).toHaveLength(1)
    expect(lists[0]?.items).toHaveLength(12)
    expect(card.title).toBe('Bill run BR-0001 · Customer number 02 · page 1 of 1')
  })

  test('a page or customer that is not there is refused, with what is', async () => {
    const told = async (text: string) => (await chat.desk.ask('console:vic', text)).problem?.what
    const count = (await pages()).length
    expect(await told(`approval APR-0001 page ${count + 1}`)).toBe(
      `APR-0001 has no page ${count + 1}: they go from 1 to ${count}.`,
    )
    expect(await told('approval APR-0001 customer number 99')).toBe(
      'No customer of BR-0001 is called “customer number 99”.',
    )
    expect(await told('approval APR-0001 page two')).toBe('“two” is not the number of a page.')
  })

  test('are no card of the request: a decision does not replace them', async () => {
    const { approval, card } = await chat.desk.ask('console:vic', 'approval APR-0001 page 2')
    expect(approval).toBeUndefined()
    expect(card.actions.map(({ name }) => name)).toEqual(['page'])
  })
})

test('a trail that finds no room on the card goes on, on pages that tell all of it', async () => {
  await chat.desk.ask('console:dana', 'propose march')
  for (let number = 1; number <= 30; number += 1) {
    const fact = { at: chat.now(), actor: 'console:lee', action: 'approval.refused', subject: 'APR-0001' }
    await chat.billing.note({ ...fact, details: { refusal: 'notAllowed' } })
  }
  const { card } = await chat.desk.ask('console:vic', 'approval APR-0001')
  const trail = card.blocks.at(-1)
  expect(trail).toMatchObject({ heading: 'Trail', more: { hidden: 11, command: 'approval APR-0001 page 2' } })
  const told = await Promise.all(
    [2, 3].map(async (page) => (await chat.desk.ask('console:vic', `approval APR-0001 page ${page}`)).card),
  )
  const items = told.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.type === 'list' && block.heading?.startsWith('Trail') ? block.items : [],
    ),
  )
  const numbers = items.map((item) => Number(item.split(' ')[0]))
  const [first = 0] = numbers
  expect(numbers).toEqual(Array.from({ length: 31 }, (_, index) => first + index))
})

test('pages keep the order, count an item once, and repeat the heading of what goes on', () => {
  const items = Array.from({ length: 30 }, (_, index) => `item ${index}`)
  const pages = pagesOf([
    { heading: 'first', items: items.slice(0, 2) },
    { heading: 'none', items: [] },
    { heading: 'second', items },
  ])
  expect(pages.map((page) => page.map(({ heading, items: some }) => [heading, some.length]))).toEqual([
    [
      ['first', 2],
      ['second', 23],
    ],
    [['second, continued', 7]],
  ])
  expect(pages.flat().flatMap(({ items: some }) => some)).toEqual([...items.slice(0, 2), ...items])
})
