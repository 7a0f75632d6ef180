import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createAutotask } from '../../../adapters/autotask/client.js'
import { isOfSameHouse } from '../../../adapters/autotask/zone.js'
import { Problem } from '../../../core/problem.js'
import { closeAfterwards } from '../../support/closing.js'
import { scriptedServer, sendJson } from '../http/scripted-server.js'
import { adjustment, contoso, countsOf, deskOf, oneTime, problemOf } from './recorded-desk.js'
import { KEYS, page, scripted } from './scripted-desk.js'

describe('a list', () => {
  it('of more than a page is read to its end, each row once', async () => {
    const { emulator, psa } = await deskOf()
    for (let number = 1; number <= 1201; number += 1) emulator.world.createCompany({ name: `C${number}` })
    const before = emulator.requestCount()
    const companies = await psa.companies()
    expect(companies).toHaveLength(1201)
    expect(new Set(companies.map(({ id }) => id)).size).toBe(1201)
    // The zone, the threshold, three pages.
    expect(emulator.requestCount() - before).toBe(5)
  })

  it('of a page and no more asks no second time', async () => {
    const { emulator, psa } = await deskOf()
    for (let number = 1; number <= 500; number += 1) emulator.world.createCompany({ name: `C${number}` })
    expect(await psa.companies()).toHaveLength(500)
    expect(emulator.requestCount()).toBe(3)
  })

  it('is followed with the same verb and body, in whatever case the path is written', async () => {
    const { server, psa } = await scripted(({ url }, address) =>
      url.pathname.includes('next')
        ? page([{ id: 2, companyName: 'Second' }])
        : page(
            [{ id: 1, companyName: 'First' }],
            `${address}/atservicesrest/v1.0/Companies/query/next?paging=x`,
          ),
    )
    expect((await psa.companies()).map(({ name }) => name)).toEqual(['First', 'Second'])
    const [first, second] = server.received.slice(-2)
    expect([second?.method, second?.body]).toEqual(['POST', first?.body])
  })

  it('is not followed to another host, and no credential goes there', async () => {
    const foreign = closeAfterwards(await scriptedServer((_received, response) => sendJson(response, {})))
    for (const next of [`${foreign.url}/next`, 'https://evil.example/next', 'javascript:alert(1)']) {
      const { psa } = await scripted(() => page([{ id: 1, companyName: 'First' }], next))
      expect((await problemOf(psa.companies())).what).toBe(
        'Autotask named an address to go on at that is not below its own, so it was not followed.',
      )
    }
    expect(foreign.received).toEqual([])
  })

  it('that never ends is given up', async () => {
    const { psa } = await scripted((_received, address) => page([], `${address}/ATServicesRest/V1.0/more`))
    expect((await problemOf(psa.companies())).what).toBe("Autotask's list of Companies goes on after 0 rows.")
  })

  it('with a row that cannot be used names the row, the field and the value', async () => {
    const rows: [unknown, RegExp][] = [
      [{ id: 7 }, /: Companies 7 has companyName = nothing instead of a name\.$/],
      [
        { id: '7', companyName: 'X' },
        /: the row at position 1 of Companies has id = "7" instead of a whole number/,
      ],
      [
        { id: 7, companyName: 'X', isActive: 'yes' },
        /Companies 7 has isActive = "yes" instead of true or false/,
      ],
    ]
    for (const [row, words] of rows) {
      const { psa } = await scripted(() => page([row]))
      expect((await problemOf(psa.companies())).what).toMatch(words)
    }
  })

  it('has what its companies call themselves on the web', async () => {
    const addresses = ['https://www.contoso.com/de', 'fabrikam.example', 'no address', '', null]
    const { psa } = await scripted(() =>
      page(addresses.map((webAddress, index) => ({ id: index, companyName: 'X', webAddress }))),
    )
    expect((await psa.companies()).map(({ domain }) => domain)).toEqual([
      'contoso.com',
      'fabrikam.example',
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('calls at once', () => {
  it('are two per entity and no more', async () => {
    let running = 0
    let most = 0
    const { emulator, psa } = await deskOf({
      faults: [{ kind: 'pause', moment: 'beforeApply', path: '/Contracts/query' }],
      onPause: async () => {
        running += 1
        most = Math.max(most, running)
        await wait(20)
        running -= 1
        return 'continue'
      },
    })
    const { companyId } = contoso(emulator)
    await Promise.all(Array.from({ length: 10 }, () => psa.containers(String(companyId))))
    expect(most).toBe(2)
  })
})

describe('a read that is disturbed', () => {
  it('is asked again while Autotask is busy, fails without a word, or is cut off', async () => {
    for (const fault of [
      { kind: 'threadLimit' },
      { kind: 'html', status: 500 },
      { kind: 'status', status: 503, errors: ['Maintenance.'] },
      { kind: 'rateLimit' },
      { kind: 'dropped' },
      { kind: 'truncated' },
      { kind: 'html' },
    ] as const) {
      const desk = await deskOf()
      const { serviceId, contractId } = contoso(desk.emulator)
      await desk.psa.companies()
      desk.emulator.setFaults([{ ...fault, path: '/ContractServiceUnits/query', times: 2 }])
      expect(countsOf(await desk.psa.read(String(contractId)), serviceId)).toBe('2026-01-01 20')
      expect(desk.waits).toEqual([1000, 2000])
    }
  })

  it('is refused in Autotask’s words when it says what is wrong, at once', async () => {
    const desk = await deskOf()
    const { contractId } = contoso(desk.emulator)
    const errors = ['The query is wrong.']
    desk.emulator.setFaults([{ kind: 'status', status: 500, errors, path: '/Contracts/query' }])
    const problem = await problemOf(desk.psa.read(String(contractId)))
    expect(problem.what).toBe('Autotask answered 500 Internal Server Error: "The query is wrong.".')
    expect(problem.kind).toBe('unavailable')
    expect(desk.waits).toEqual([])
  })

  it('gives up after some tries', async () => {
    const desk = await deskOf()
    const { contractId } = contoso(desk.emulator)
    desk.emulator.setFaults([{ kind: 'threadLimit', path: '/Contracts/query' }])
    expect((await problemOf(desk.psa.read(String(contractId)))).what).toMatch(/Itgenatr005/)
    expect(desk.waits).toHaveLength(5)
  })
})

describe('the zone', () => {
  it('is asked for once, without credentials, and its address is used as it comes', async () => {
    const { server, psa } = await scripted(() => page([]))
    await psa.companies()
    await psa.companies()
    const zones = server.received.filter(({ url }) => url.pathname.endsWith('/zoneInformation'))
    expect(zones).toHaveLength(1)
    expect(zones[0]?.url.searchParams.get('user')).toBe(KEYS.userName)
    expect(Object.keys(zones[0]?.headers ?? {})).not.toContain('secret')
    const last = server.received.at(-1)
    expect(last?.url.pathname).toBe('/ATServicesRest/V1.0/Companies/query')
    expect(last?.headers).toMatchObject({
      apiintegrationcode: KEYS.integrationCode,
      username: KEYS.userName,
      secret: KEYS.secret,
      'content-type': 'application/json',
    })
  })

  it('of another house is refused before any credential is sent', async () => {
    const foreign = closeAfterwards(await scriptedServer((_received, response) => sendJson(response, {})))
    for (const url of [
      `${foreign.url}/`,
      'https://autotask.net.evil.example/',
      'http://webservices5.autotask.net/',
      'x',
    ]) {
      const root = closeAfterwards(await scriptedServer((_received, response) => sendJson(response, { url })))
      const psa = createAutotask({ zoneUrl: `${root.url}/ATServicesRest`, ...KEYS })
      expect(await problemOf(psa.companies())).toBeInstanceOf(Problem)
      expect(root.received).toHaveLength(1)
    }
    expect(foreign.received).toEqual([])
  })

  it.each([
    ['https://webservices.autotask.net/a', 'https://webservices5.autotask.net/b', true],
    ['https://webservices.autotask.net', 'https://eu.zones.autotask.net', true],
    ['https://webservices.autotask.net', 'https://autotask.net', false],
    ['https://webservices.autotask.net', 'https://evilautotask.net', false],
    ['https://webservices.autotask.net', 'https://webservices5.autotask.net:8443', false],
    ['https://webservices.autotask.net', 'https://webservices.other.net', false],
    // One label above is a whole country, or nothing at all.
    ['https://example.com', 'https://other.com', false],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000', true],
    ['http://127.0.0.1:4000', 'http://1.0.0.1:4000', false],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4001', false],
    ['http://localhost:4000', 'http://localhost:4001', false],
  ])('asked at %s may be at %s: %s', (root, zone, isAllowed) => {
    expect(isOfSameHouse(new URL(root), new URL(zone))).toBe(isAllowed)
  })

  it('is asked for again after a failure, and after a user was refused', async () => {
    const desk = await deskOf({
      faults: [{ kind: 'status', status: 500, path: 'zoneInformation', times: 1 }],
    })
    const problem = await problemOf(desk.psa.companies())
    expect(problem.what).toBe(
      'Autotask does not say where the data of this API user is (500: "An error occurred.").',
    )
    expect(await desk.psa.companies()).toEqual([])
    desk.emulator.setFaults([{ kind: 'status', status: 401, path: '/Companies/query', times: 1 }])
    expect((await problemOf(desk.psa.companies())).next).toMatch(/^Check the API user, its secret/)
    const before = desk.emulator.requestCount()
    await desk.psa.companies()
    // The zone, and the list.
    expect(desk.emulator.requestCount() - before).toBe(2)
  })

  it('needs credentials that can be sent', () => {
    for (const wrong of [{ secret: 'two words' }, { userName: '' }, { integrationCode: 'line\nbreak' }]) {
      expect(() =>
        createAutotask({ zoneUrl: 'https://webservices.autotask.net/x', ...KEYS, ...wrong }),
      ).toThrow(/configured for Autotask is empty or contains spaces/)
    }
    expect(() => createAutotask({ zoneUrl: 'http://webservices.autotask.net/x', ...KEYS })).toThrow(
      /does not start with https/,
    )
  })
})

describe('secrets', () => {
  it('are in no sentence and no log line, wherever Autotask echoes them', async () => {
    const desk = await deskOf()
    const { userName, secret, integrationCode } = desk.emulator.credentials
    const place = contoso(desk.emulator)
    const errors = [`${secret} of ${userName} with ${integrationCode} is wrong`]
    const words: string[] = []
    const say = async (work: Promise<unknown>) => {
      const result = await work.catch((error: unknown) => error)
      words.push(result instanceof Problem ? result.message : JSON.stringify(result))
    }
    desk.emulator.setFaults([{ kind: 'status', status: 500, errors }])
    await say(desk.psa.companies())
    desk.emulator.setFaults([{ kind: 'status', status: 401, errors, path: '/V1.0/C' }])
    await say(desk.psa.companies())
    await say(desk.psa.read(String(place.contractId)))
    await say(desk.psa.write(adjustment(place, { on: '2026-03-11', delta: '1' })))
    desk.emulator.setFaults([{ kind: 'dropped', path: 'zoneInformation' }])
    await say(desk.psa.companies())
    desk.emulator.setFaults([{ kind: 'dropped', only: 'writes' }])
    await say(desk.psa.write(oneTime(place, { unitPrice: '1' })))
    const all = `${words.join('\n')}\n${JSON.stringify(desk.logged)}`
    expect(words.every((text) => text.length > 20)).toBe(true)
    expect(all).toContain('[hidden]')
    for (const hidden of [secret, integrationCode, userName, encodeURIComponent(userName)]) {
      expect(all).not.toContain(hidden)
    }
  })
})
