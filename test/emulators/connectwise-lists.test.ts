import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from './connectwise/server.js'
import { type ApiAnswer, field } from './shared/api-client.js'
import { type ConnectWiseClient, connectWiseClient } from './shared/connectwise-client.js'

let emulator: ConnectWiseEmulator
let client: ConnectWiseClient
let agreementId: number
let ids: number[]

/** An agreement with 60 lines of 1, 2, 3 … seats, every tenth ended, each with a marker. */
async function start(options: Partial<Parameters<typeof startConnectWiseEmulator>[0]> = {}): Promise<void> {
  emulator = await startConnectWiseEmulator({ now: () => new Date('2026-03-20T13:00:00Z'), ...options })
  client = connectWiseClient(emulator)
  const { world } = emulator
  const product = world.createCatalogItem({ identifier: 'E3', price: '36.00' })
  const companyId = world.createCompany({ identifier: 'ACME' })
  agreementId = world.createAgreement({
    companyId,
    name: 'Acme "Cloud"',
    prorateFlag: true,
    nextInvoiceDate: '2026-03-01',
  })
  ids = Array.from({ length: 60 }, (_, index) =>
    world.createAddition({
      agreementId,
      product,
      quantity: index + 1,
      serialNumber: `CBS:L${index + 1}:a`,
      ...(index % 10 === 9 ? { cancelledDate: '2026-03-31' } : {}),
    }),
  )
}

beforeEach(async () => await start())

afterEach(async () => await emulator.close())

const list = async (query = '', headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  await client.get(`/finance/agreements/${agreementId}/additions${query}`, headers)

function quantities({ json }: ApiAnswer): unknown[] {
  if (!Array.isArray(json)) throw new Error(`no list: ${JSON.stringify(json)}`)
  return json.map((row: unknown) => field(row, 'quantity'))
}

const filter = async (conditions: string): Promise<ApiAnswer> =>
  await list(`?pageSize=100&conditions=${encodeURIComponent(conditions)}`)

/** The address of the next page, as a path for the client; undefined: none. */
function nextOf({ headers }: ApiAnswer): string | undefined {
  const link = headers.get('link') ?? ''
  const [, address] = /<([^>]*)>; rel="next"/.exec(link) ?? []
  if (address === undefined) return undefined
  const root = `${emulator.url}/v4_6_release/apis/3.0`
  expect(address.startsWith(`${root}/`)).toBe(true)
  return address.slice(root.length)
}

describe('pages by number', () => {
  it('have 25 rows unless told otherwise, and say where the next is until the last', async () => {
    const first = await list()
    expect(quantities(first)).toHaveLength(25)
    expect(first.headers.get('link')).toContain('rel="last"')
    const second = await client.get(nextOf(first) ?? '')
    const third = await client.get(nextOf(second) ?? '')
    expect([first, second, third].flatMap(quantities)).toEqual(ids.map((_id, index) => index + 1))
    expect(third.headers.has('link')).toBe(false)
  })

  it('lower a size that is too big to 1000, and refuse what is no size', async () => {
    for (let count = 0; count < 1000; count += 1) {
      emulator.world.createAddition({ agreementId, product: 'E3', quantity: 7 })
    }
    expect(quantities(await list('?pageSize=5000'))).toHaveLength(1000)
    for (const query of ['?pageSize=0', '?pageSize=x', '?page=0', '?page=-1', '?pageSize=', '?pageId=5']) {
      expect((await list(query)).status).toBe(400)
    }
  })

  it('shift when a row is added in front of them', async () => {
    const first = await list('?pageSize=30&orderBy=quantity desc')
    emulator.world.createAddition({ agreementId, product: 'E3', quantity: 100 })
    const second = await client.get(nextOf(first) ?? '')
    expect(quantities(first).at(-1)).toBe(31)
    expect(quantities(second)[0]).toBe(31)
  })

  it('beyond the last are empty', async () => {
    const { status, json, headers } = await list('?page=9')
    expect([status, json, headers.has('link')]).toEqual([200, [], false])
  })

  it('may name the first page on the last one', async () => {
    await emulator.close()
    await start({ quirks: { linkOnLastPage: true } })
    const last = await list('?page=3')
    expect(last.headers.get('link')).toContain('rel="first"')
    expect(nextOf(last)).toBeUndefined()
  })
})

describe('forward-only pages', () => {
  const forward = { 'pagination-type': 'forward-only' }

  it('follow the id and lose nothing when rows are added or taken away', async () => {
    const seen: unknown[] = []
    let page = await list('?pageSize=20', forward)
    seen.push(...quantities(page))
    emulator.world.deleteAddition({ additionId: ids[0] ?? 0 })
    emulator.world.createAddition({ agreementId, product: 'E3', quantity: 100 })
    for (let next = nextOf(page); next !== undefined; next = nextOf(page)) {
      expect(next).toContain('pageId=')
      page = await client.get(next, forward)
      seen.push(...quantities(page))
    }
    expect(seen).toEqual([...ids.map((_id, index) => index + 1), 100])
    expect(page.headers.has('link')).toBe(false)
  })

  it('keep conditions and fields from page to page', async () => {
    const query = `?pageSize=2&fields=id,quantity&conditions=${encodeURIComponent('quantity <= 3')}`
    const first = await list(query, forward)
    const second = await client.get(nextOf(first) ?? '', forward)
    expect(second.json).toEqual([{ id: ids[2], quantity: 3 }])
  })

  it('have no numbers and no order of their own', async () => {
    expect((await list('?page=2', forward)).status).toBe(400)
    expect((await list('?orderBy=quantity', forward)).status).toBe(400)
  })

  it('are not known everywhere: then there is no Link at all', async () => {
    await emulator.close()
    await start({ quirks: { withoutForwardOnly: ['/procurement/catalog'] } })
    emulator.world.createCatalogItem({ identifier: 'E5' })
    const unknown = await client.get('/procurement/catalog?pageSize=1', forward)
    expect([unknown.json, unknown.headers.has('link')]).toEqual([
      [expect.objectContaining({ identifier: 'E3' })],
      false,
    ])
    const second = await client.get('/procurement/catalog?pageSize=1&page=2', forward)
    expect(second.json).toMatchObject([{ identifier: 'E5' }])
    expect((await list('?pageSize=1', forward)).headers.has('link')).toBe(true)
  })
})

describe('order', () => {
  it('is by id unless told otherwise, by several fields, up or down', async () => {
    expect(quantities(await list('?pageSize=2&orderBy=quantity desc'))).toEqual([60, 59])
    expect(quantities(await list('?pageSize=2&orderBy=cancelledDate desc,quantity asc'))).toEqual([10, 20])
    expect((await list('?orderBy=colour')).status).toBe(400)
    expect((await list('?orderBy=id sideways')).status).toBe(400)
  })
})

describe('conditions', () => {
  it.each<[string, number[]]>([
    ['quantity = 7', [7]],
    ['quantity != 7 and quantity < 9', [1, 2, 3, 4, 5, 6, 8]],
    ['quantity <= 2 or quantity >= 59', [1, 2, 59, 60]],
    ['quantity > 58.5', [59, 60]],
    ['(quantity < 3 or quantity > 58) and not quantity = 1', [2, 59, 60]],
    // "and" binds before "or".
    ['quantity = 1 or quantity = 2 and quantity = 3', [1]],
    ['serialNumber = "CBS:L12:a"', [12]],
    ["serialNumber='CBS:L12:a'", [12]],
    ['serialNumber = "cbs:l12:A"', [12]],
    ['serialNumber contains ":L12:"', [12]],
    ['serialNumber like "CBS:L_2:a"', []],
    ['serialNumber like "CBS:L6%"', [6, 60]],
    ['serialNumber like "%:L7:%"', [7]],
    ['serialNumber not like "CBS%"', []],
    ['quantity in (3, 1, 99)', [1, 3]],
    ['quantity NOT IN (1,2) AND quantity < 5', [3, 4]],
    ['serialNumber in ("CBS:L1:a", \'CBS:L2:a\')', [1, 2]],
    ['cancelledDate != null', [10, 20, 30, 40, 50, 60]],
    ['cancelledDate = null and quantity < 3', [1, 2]],
    ['cancelledDate <= [2026-03-31T00:00:00Z] and quantity < 15', [10]],
    ['cancelledDate > [2026-03-31T00:00:00Z]', []],
    ['cancelledDate >= [2026-03-31] and quantity < 15', [10]],
    ['product/identifier = "E3" and quantity = 5', [5]],
    ['taxableFlag = true and quantity = 4', [4]],
    ['taxableFlag = false', []],
    // Nothing compares with what is empty, as in a database.
    ['cancelledDate != [2026-03-31T00:00:00Z]', []],
  ])('%s', async (conditions, expected) => {
    expect(quantities(await filter(conditions))).toEqual(expected)
  })

  it('may hold one kind of quote inside the other, and no other way', async () => {
    const named = async (text: string): Promise<unknown> =>
      (await client.get(`/finance/agreements/count?conditions=${encodeURIComponent(text)}`)).json
    expect(await named(`name = 'Acme "Cloud"'`)).toEqual({ count: 1 })
    expect(await named(`name = "Acme 'Cloud'"`)).toEqual({ count: 0 })
    for (const broken of [`name = "Acme "Cloud""`, `name = "Acme \\"Cloud\\""`, `name = 'it's'`]) {
      expect(await named(broken)).toMatchObject({ code: 'InvalidRequest' })
    }
  })

  it.each([
    'quantity',
    'quantity =',
    '= 5',
    'quantity == 5',
    'quantity ~ 5',
    'quantity = 5 and',
    'quantity = 5 quantity = 6',
    '(quantity = 5',
    'quantity = 5)',
    'quantity in 5',
    'quantity in (5',
    'quantity in ()',
    'serialNumber like 5',
    'serialNumber = CBS',
    'colour = "red"',
    'product/colour = "red"',
    'quantity = "5"',
    'serialNumber = 5',
    'effectiveDate = "2026-03-01T00:00:00Z"',
    'effectiveDate = [yesterday]',
    'effectiveDate = [2026-13-01]',
    'quantity < null',
    'quantity = 5 ; drop',
    '"a" = "a"',
    'not',
  ])('refuse %s', async (conditions) => {
    const { status, json } = await filter(conditions)
    expect([status, field(json, 'message')]).toEqual([400, expect.stringContaining('conditions: ')])
  })

  it('count by the same rules', async () => {
    const count = `/finance/agreements/${agreementId}/additions/count`
    expect((await client.get(`${count}?conditions=quantity<4`)).json).toEqual({ count: 3 })
    expect((await client.get(`${count}?conditions=colour<4`)).status).toBe(400)
  })

  it('are known for lists without rows', async () => {
    const query = encodeURIComponent('agreement/id = 5 and date > [2026-01-01]')
    expect((await client.get(`/finance/invoices?conditions=${query}`)).json).toEqual([])
  })
})

describe('a parameter', () => {
  it('that is not there, not emulated, empty or given twice is refused', async () => {
    for (const query of [
      '?filter=x',
      '?childConditions=a=1',
      '?customFieldConditions=caption="x"',
      '?fields=',
      '?fields=colour',
      '?fields=id&fields=quantity',
    ]) {
      expect((await list(query)).status).toBe(400)
    }
    expect((await list(`/${ids[0]}?page=1`)).status).toBe(400)
  })
})

describe('a date that is written otherwise', () => {
  it('is the next invoice date, in some installations', async () => {
    await emulator.close()
    await start({ quirks: { nextInvoiceDate: 'date' } })
    const { json } = await client.get(`/finance/agreements/${agreementId}`)
    expect(field(json, 'nextInvoiceDate')).toBe('2026-03-01')
  })
})
