import { describe, expect, test } from 'vitest'
import { mappingCard, suggestionCard } from '../../../bot/cards/mapping.js'
import type { Card } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'
import { renderSlack } from '../../../bot/slack/render.js'
import { renderTeams } from '../../../bot/teams/render.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { MappingOverview } from '../../../core/app/map.js'
import type { Person } from '../../../core/access/rights.js'
import { HOSTILE_NAMES } from '../../support/card-samples.js'
import { LEE, VI } from '../../support/office.js'
import { observed } from '../../support/observed.js'
import { company, mappingOffice, visio } from '../../core/app/mapping-office.js'
import { deskOver } from '../../support/desk-over.js'

const CUSTOMERS = 40

function overview(name: (index: number) => string): MappingOverview {
  const byFile = Array.from({ length: CUSTOMERS }, (_, index) => ({ id: `C${index}`, name: name(index) }))
  return { psas: ['connectwise'], mapped: [], byFile, gaps: [] }
}

const SURFACES: readonly (readonly [string, (card: Card) => string])[] = [
  ['console', renderConsole],
  ['slack', (card) => JSON.stringify(renderSlack(card).blocks)],
  ['teams', (card) => JSON.stringify(renderTeams(card).card)],
]

describe.each(SURFACES)('40 customers on %s', (_, render) => {
  test('are all shown, page by page, and none is cut', () => {
    const asked = overview((index) => `Customer ${String(index + 1).padStart(2, '0')}`)
    const all = [1, 2].map((number) => render(mappingCard(asked, number))).join('\n')
    for (const { name } of asked.byFile) expect(all.split(name).length - 1, name).toBe(1)
    expect(all).not.toMatch(/… and \d+ more/)
  })

  test('also with names as long and hostile as they can be', () => {
    const name = (index: number) =>
      `${HOSTILE_NAMES[index % HOSTILE_NAMES.length]} ${'x"'.repeat(60)} ${index}`
    const asked = overview(name)
    const of = Number(/of (\d+)$/.exec(mappingCard(asked).title)?.[1])
    expect(of).toBeGreaterThan(1)
    for (let number = 1; number <= of; number += 1) {
      expect(render(mappingCard(asked, number))).not.toMatch(/… and \d+ more/)
    }
  })
})

const BO: Person = { id: 'console:Bo', name: 'Bo', role: 'biller', identities: ['console:Bo'] }

/** Contoso has 40 subscriptions of Visio beside its own: of none of them an item is sure. */
async function deskOf() {
  const msp = await mappingOffice(DEFAULT_POLICY, ['connectwise'], [BO, LEE, VI])
  const many = Array.from({ length: CUSTOMERS }, (_, index) =>
    visio({
      subscriptionId: String(700 + index),
      key: String(700 + index),
      productName: `Tool ${index + 1}`,
    }),
  )
  msp.subscriptions = [...msp.subscriptions, ...many, observed({ subscriptionId: '900', customerId: 'C2' })]
  await msp.observe()
  const { studio } = msp
  return {
    msp,
    desk: deskOver(studio, () => msp.now),
  }
}

function labels({ actions }: Card): string[] {
  return actions.map(({ label }) => label)
}

test('buttons lead to the next page and back, words do the same, and accepting is about all pages', async () => {
  const { desk } = await deskOf()
  const { card } = await desk.ask('console:Bo', 'map contoso')
  expect([card.title, labels(card)]).toEqual([
    'Where Contoso is · page 1 of 2',
    ['Accept', 'Map by hand', 'Next page'],
  ])
  const next = card.actions.find(({ name }) => name === 'mapPage')
  if (next === undefined) throw new Error('no button')
  const second = await desk.click('console:Bo', { ...next })
  expect([second.card.title, labels(second.card)]).toEqual([
    'Where Contoso is · page 2 of 2',
    ['Accept', 'Previous page'],
  ])
  expect(next.command).toBe('map Contoso page 2')
  expect((await desk.ask('console:Bo', next.command)).card).toEqual(second.card)
  expect(second.card.actions[0]?.target).toEqual(card.actions[0]?.target)
})

test('a page of a named place stays with that place', async () => {
  const { msp, desk } = await deskOf()
  msp.companies = [company('12', 'Contoso, Ltd.'), company('14', 'Contoso Holding')]
  const { card } = await desk.ask('console:Bo', 'map contoso to 12 in 77')
  const next = card.actions.find(({ name }) => name === 'mapPage')
  expect(next).toMatchObject({
    target: { id: '2 C1 connectwise 12 77', revision: '' },
    command: 'map Contoso to connectwise 12 in 77 page 2',
  })
})

test('a page that is not there is refused with those that are, and viewers turn none', async () => {
  const { desk } = await deskOf()
  const told = async (who: string, text: string) => (await desk.ask(who, text)).problem?.what
  expect(await told('console:Bo', 'map page 2')).toBe('`map` has no page 2: `page 1` is all of it.')
  expect(await told('console:Bo', 'map contoso page 3')).toBe(
    '`map Contoso` has no page 3: they go from 1 to 2.',
  )
  expect(await told('console:Bo', 'map page two')).toBe('“two” is not the number of a page.')
  const click = { name: 'mapPage', target: { id: '1', revision: '' } } as const
  expect((await desk.click('console:Vi', click)).problem?.kind).toBe('forbidden')
})

test('one page needs neither number nor buttons', async () => {
  const msp = await mappingOffice(DEFAULT_POLICY, ['connectwise'], [BO, LEE, VI])
  const card = suggestionCard(await msp.studio.mapping.suggest('contoso'), {})
  expect([card.title, labels(card)]).toEqual(['Where Contoso is', ['Accept', 'Map by hand']])
})
