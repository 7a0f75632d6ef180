import { describe, expect, it } from 'vitest'
import { startRecordedConnectWise } from '../../contract/recorded-connectwise.js'
import { conditionsOf } from '../../../adapters/connectwise/conditions.js'
import { Problem } from '../../../core/problem.js'
import { day } from '../../support/observed.js'
import { refusalOf } from '../http/scripted-client.js'
import { sendJson } from '../http/scripted-server.js'
import { IDS, officeWith } from './office.js'
import { agreementSite, scriptedSite } from './scripted-site.js'

const openOffice = officeWith(startRecordedConnectWise)

/** An agreement of so many lines. */
async function longAgreement(count: number, withoutForwardOnly: readonly string[] = []) {
  const office = await openOffice({ quirks: { withoutForwardOnly } })
  for (let index = 1; index < count; index += 1) {
    office.emulator.world.createAddition({
      agreementId: Number(IDS.contoso),
      product: 'E3',
      quantity: index,
    })
  }
  return office
}

const ADDITIONS = `/finance/agreements/${IDS.contoso}/additions`

describe('a long list', () => {
  it('is read page by page, each behind the last id of the one before', async () => {
    const { psa, asked } = await longAgreement(1200)
    const { lines } = await psa.read(IDS.contoso)
    expect(lines).toHaveLength(1200)
    expect(new Set(lines.map(({ id }) => id)).size).toBe(1200)
    const pages = asked().filter((line) => line.startsWith(`GET ${ADDITIONS}?`))
    expect(pages).toEqual([
      `GET ${ADDITIONS}?pageSize=1000`,
      `GET ${ADDITIONS}?pageSize=1000&pageId=${lines[999]?.id}`,
    ])
  })

  it('is read the same where ConnectWise knows no such pages', async () => {
    const { psa, asked } = await longAgreement(1200, [ADDITIONS])
    const { lines } = await psa.read(IDS.contoso)
    expect(lines).toHaveLength(1200)
    const pages = asked().filter((line) => line.startsWith(`GET ${ADDITIONS}?`))
    expect(pages).toEqual([
      `GET ${ADDITIONS}?pageSize=1000`,
      `GET ${ADDITIONS}?pageSize=1000&conditions=id > 0&orderBy=id`,
      `GET ${ADDITIONS}?pageSize=1000&conditions=id > ${lines[999]?.id}&orderBy=id`,
      `GET ${ADDITIONS}?pageSize=1000&conditions=id > ${lines[1199]?.id}&orderBy=id`,
    ])
  })

  it.each([[[]], [[ADDITIONS]]])('of exactly one full page is complete (%j)', async (withoutForwardOnly) => {
    const { psa } = await longAgreement(1000, withoutForwardOnly)
    expect((await psa.read(IDS.contoso)).lines).toHaveLength(1000)
  })

  it('loses nothing when a line of the first page goes away while it is read', async () => {
    const office = await longAgreement(1200)
    office.emulator.setFaults([
      {
        kind: 'happening',
        path: ADDITIONS,
        skip: 1,
        times: 1,
        act: (world) => world.deleteAddition({ additionId: Number(IDS.main) }),
      },
    ])
    const { lines } = await office.psa.read(IDS.contoso)
    // The count no longer fits what came, so that it is read again.
    expect(lines).toHaveLength(1199)
    expect(lines.map(({ id }) => id)).not.toContain(IDS.main)
    expect(office.asked().filter((line) => line === `GET ${ADDITIONS}/count`)).toHaveLength(2)
  })
})

describe('a list that cannot be believed is refused', () => {
  it('with a next page on another host, which never hears of it', async () => {
    const elsewhere = await agreementSite({})
    const { psa } = await agreementSite({ next: `${elsewhere.url}/v4_6_release/apis/3.0/x?pageId=2` })
    const refusal = await refusalOf(psa.read('77'))
    expect(refusal.message).toContain('named an address to go on at that is not below its own')
    expect(elsewhere.received).toEqual([])
  })

  it('with a next page outside the API', async () => {
    const { psa, received } = await agreementSite({ next: '/login/companyinfo/msp?pageId=2' })
    expect((await refusalOf(psa.read('77'))).kind).toBe('unavailable')
    expect(received.filter(({ url }) => url.search.includes('pageId'))).toEqual([])
  })

  it('whose pages repeat', async () => {
    const { psa } = await agreementSite({ next: 'same' })
    expect((await refusalOf(psa.read('77'))).message).toContain(
      "ConnectWise's list of additions of agreement 77 does not add up: 1 came twice.",
    )
  })

  it('that is shorter than its count, whatever is tried', async () => {
    const { psa, received } = await agreementSite({ count: 2 })
    expect((await refusalOf(psa.read('77'))).message).toContain(
      'does not add up: 1 came and 2 were counted, and reading them 3 times did not help.',
    )
    expect(received.filter(({ url }) => url.pathname.endsWith('/additions'))).toHaveLength(3)
  })

  it('that comes in another order than asked for', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ id: 1000 - index }))
    const { psa } = await agreementSite({ rows })
    expect((await refusalOf(psa.read('77'))).message).toContain('does not add up: 999 comes behind 1000.')
  })

  it('that has no end', async () => {
    const rows = (page: number) =>
      Array.from({ length: 50_000 }, (_, index) => ({ id: page * 50_000 + index + 1 }))
    const { psa, received } = await scriptedSite(({ url, headers }, response) => {
      const page = Number(url.searchParams.get('pageId') ?? 0)
      const next = `http://${headers.host ?? ''}${url.pathname}?pageId=${page + 1}`
      sendJson(response, url.pathname.includes('/login/') ? {} : rows(page), 200, {
        link: `<${next}>; rel="next"`,
      })
    })
    expect((await refusalOf(psa.companies())).message).toContain('it goes on after 550000 rows')
    expect(received).toHaveLength(1 + 11)
  })

  it('that is no list', async () => {
    const { psa } = await agreementSite({ rows: { items: [] } })
    expect((await refusalOf(psa.read('77'))).message).toContain('instead of a list')
  })

  it('whose records have no ids', async () => {
    const { psa } = await agreementSite({ rows: [{ quantity: 1 }] })
    expect((await refusalOf(psa.read('77'))).message).toContain('has 0.id = nothing instead of an id')
  })
})

describe('conditions', () => {
  it('are written in the grammar of ConnectWise', () => {
    expect(
      conditionsOf([
        { field: 'agreement/id', operator: '=', value: 77 },
        { field: 'date', operator: '>=', value: { day: day('2026-03-01') } },
        { field: 'deletedFlag', operator: '=', value: false },
        { field: 'name', operator: '=', value: 'Contoso (EU) & Sons' },
      ]),
    ).toBe(
      'agreement/id = 77 and date >= [2026-03-01T00:00:00Z] and deletedFlag = false and name = "Contoso (EU) & Sons"',
    )
    expect(conditionsOf([])).toBe('')
  })

  it.each(['a "b', "Fabrikam's", 'a\\', 'a\nb', 'a\0b'])('refuse %j: there is no escape', (value) => {
    const make = () => conditionsOf([{ field: 'name', operator: '=', value }])
    expect(make).toThrow(Problem)
    expect(make).toThrow(/it takes no quotes, backslashes or line breaks/)
  })

  it.each(['id = 1 or id', '', 'a b', 'a/', '"a"'])('refuse the field %j', (field) => {
    expect(() => conditionsOf([{ field, operator: '=', value: 1 }])).toThrow(/field of a condition/)
  })

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse the number %d', (value) => {
    expect(() => conditionsOf([{ field: 'id', operator: '=', value }])).toThrow(/whole/)
  })
})
