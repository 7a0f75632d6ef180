import { afterEach, describe, expect, it } from 'vitest'
import { type ScriptedServer, sendJson } from '../http/scripted-server.js'
import {
  customer,
  type FakeMarketplace,
  fakeMarketplace,
  type Holdings,
  type Interference,
  many,
  offsets,
  pageOf,
  readRequest,
  reader,
  refusalOf,
} from './fake-marketplace.js'

const open: ScriptedServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function start(
  holdings?: Holdings,
  interfere?: Interference,
  pageRows?: number,
): Promise<FakeMarketplace> {
  const server = await fakeMarketplace(holdings, interfere, pageRows)
  open.push(server)
  return server
}

describe('a list of several pages', () => {
  it('is read 500 rows at a time, its first page again at the end', async () => {
    const server = await start({ customers: many(1203, customer) })
    const { customers } = await reader(server).marketplace.read(readRequest())
    expect(new Set(customers.map(({ id }) => id)).size).toBe(1203)
    expect(customers).toHaveLength(1203)
    expect(offsets(server, '/customers')).toEqual(['0', '500', '1000', '0'])
    expect(server.to('/customers')[0]?.url.searchParams.get('limit')).toBe('500')
  })

  it('goes on by what came when the marketplace gives fewer rows than asked', async () => {
    const server = await start({ customers: many(250, customer) }, undefined, 100)
    expect((await reader(server).marketplace.read(readRequest())).customers).toHaveLength(250)
    expect(offsets(server, '/customers')).toEqual(['0', '100', '200', '0'])
  })

  it.each([
    [1, 'before the second page'],
    [3, 'before the first page is read again'],
  ])('that grows %i pages into the walk brings the newcomer and nothing twice', async (pages) => {
    let asked = 0
    const server = await start(
      { customers: many(250, customer) },
      (received) => {
        if (received.url.pathname !== '/customers') return false
        asked += 1
        if (asked === pages + 1) server.holdings.customers.unshift(customer({ id: '3000000' }))
        return false
      },
      100,
    )
    const { customers } = await reader(server).marketplace.read(readRequest())
    expect(customers).toHaveLength(251)
    expect(new Set(customers.map(({ id }) => id)).size).toBe(251)
    expect(offsets(server, '/customers')).toEqual(['0', '100', '200', '0'])
  })

  it('that loses a row while it is read is read again', async () => {
    let asked = 0
    const server = await start(
      { customers: many(250, customer) },
      (received) => {
        if (received.url.pathname !== '/customers') return false
        asked += 1
        if (asked === 2) server.holdings.customers.shift()
        return false
      },
      100,
    )
    const { customers } = await reader(server).marketplace.read(readRequest())
    expect(customers).toHaveLength(249)
    expect(offsets(server, '/customers')).toEqual(['0', '100', '0', '100', '200', '0'])
  })

  it.each<[string, Interference]>([
    [
      'misses a row',
      (received, response) => {
        if (received.url.pathname !== '/customers') return false
        const page = pageOf(many(250, customer), received.url, 100)
        const data = (page['data'] as unknown[]).filter(
          (_, index) => received.url.searchParams.get('offset') !== '100' || index !== 7,
        )
        sendJson(response, { ...page, data })
        return true
      },
    ],
    [
      'misses a page',
      (received, response) => {
        if (received.url.pathname !== '/customers') return false
        const page = pageOf(many(250, customer), received.url, 100)
        sendJson(response, received.url.searchParams.get('offset') === '100' ? { ...page, data: [] } : page)
        return true
      },
    ],
    [
      'repeats its first page for ever',
      (received, response) => {
        if (received.url.pathname !== '/customers') return false
        received.url.searchParams.set('offset', '0')
        sendJson(response, pageOf(many(250, customer), received.url, 100))
        return true
      },
    ],
    [
      'repeats its first page for ever, and grows while it does',
      (received, response) => {
        if (received.url.pathname !== '/customers') return false
        const offset = Number(received.url.searchParams.get('offset'))
        received.url.searchParams.set('offset', '0')
        const page = pageOf(many(100, customer), received.url, 100)
        sendJson(response, { ...page, pagination: { total: offset + 200 } })
        return true
      },
    ],
    [
      'says it has more rows than it gives',
      (received, response) => {
        if (received.url.pathname !== '/customers') return false
        sendJson(response, { ...pageOf(many(3, customer), received.url), pagination: { total: 4 } })
        return true
      },
    ],
  ])('that %s is read three times, then refused', async (_name, interfere) => {
    const server = await start({}, interfere)
    const refusal = await refusalOf(reader(server).marketplace.read(readRequest()))
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.message).toContain("The marketplace's list of customers does not add up: ")
    expect(refusal.message).toContain(
      'reading it 3 times did not help. The marketplace was not read completely',
    )
    expect(server.to('/subscriptions')).toHaveLength(0)
    // Three walks of three pages and the first again at most: no walk goes round in circles.
    expect(server.to('/customers').length).toBeLessThanOrEqual(12)
  })

  it('that misses a row once is read again and complete', async () => {
    let missed = false
    const server = await start(
      { customers: many(250, customer) },
      (received, response) => {
        if (
          missed ||
          received.url.pathname !== '/customers' ||
          received.url.searchParams.get('offset') !== '100'
        )
          return false
        missed = true
        const page = pageOf(server.holdings.customers, received.url, 100)
        sendJson(response, { ...page, data: (page['data'] as unknown[]).slice(1) })
        return true
      },
      100,
    )
    expect((await reader(server).marketplace.read(readRequest())).customers).toHaveLength(250)
  })

  it.each([
    ['no list', { pagination: { total: 0 } }, 'the list of customers has data = nothing instead of a list'],
    ['no total', { data: [] }, 'the list of customers has pagination = nothing instead of an object'],
    ['a total in words', { data: [], pagination: { total: 'many' } }, 'pagination.total = "many"'],
    ['something else', [1, 2], 'the list of customers has [1,2] instead of an object'],
    [
      'a row without id',
      { data: [customer({ id: null })], pagination: { total: 1 } },
      'the customer at position 1 of the list has id = null',
    ],
    [
      'a row that is none',
      { data: [7], pagination: { total: 1 } },
      'the customer at position 1 of the list has 7 instead of an object',
    ],
  ])('with %s is refused', async (_name, body, words) => {
    const server = await start({}, (received, response) => {
      if (received.url.pathname !== '/customers') return false
      sendJson(response, body)
      return true
    })
    expect((await refusalOf(reader(server).marketplace.read(readRequest()))).message).toContain(words)
  })
})
