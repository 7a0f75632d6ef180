import { afterEach, describe, expect, it } from 'vitest'
import { closeAutotask, startContoso } from './shared/autotask.js'

afterEach(closeAutotask)

describe('who may call', () => {
  it('asks the zone for the address of the API, without credentials', async () => {
    const { emulator } = await startContoso()
    const ask = async (path: string): Promise<unknown> => {
      const response = await fetch(`${emulator.url}${path}`)
      return response.status === 200 ? await response.json() : response.status
    }
    const user = encodeURIComponent(emulator.credentials.userName)
    expect(await ask(`/ATServicesRest/V1.0/zoneInformation?user=${user}`)).toEqual({
      zoneName: 'Emulated',
      url: `${emulator.url}/ATServicesRest/`,
      webUrl: `${emulator.url}/`,
      ci: 4711,
    })
    expect(await ask(`/ATServicesRest/V1.0/ZoneInformation?user=${user}`)).toMatchObject({ ci: 4711 })
    expect(await ask('/ATServicesRest/V1.0/zoneInformation?user=nobody')).toBe(500)
    expect(await ask(`/atservicesrest/V1.0/zoneInformation?user=${user}`)).toBe(404)
    const { emulator: lenient } = await startContoso({ quirks: { pathCaseMatters: false } })
    expect((await fetch(`${lenient.url}/atservicesrest/V1.0/zoneInformation?user=${user}`)).status).toBe(200)
  })

  it('refuses wrong and missing credentials with 401', async () => {
    const { client } = await startContoso()
    for (const headers of [{ ApiIntegrationCode: undefined }, { UserName: 'other' }, { Secret: 'wrong' }]) {
      const answer = await client.call('GET', '/ThresholdInformation', undefined, headers)
      expect([answer.status, client.errors(answer)]).toEqual([401, [expect.stringContaining('invalid')]])
    }
  })

  it('refuses headers nobody knows, and bodies that are no JSON', async () => {
    const { client } = await startContoso()
    const path = '/Companies/query'
    const body = { filter: [{ op: 'exist', field: 'id' }] }
    expect((await client.call('POST', path, body)).status).toBe(200)
    expect((await client.call('POST', path, body, { ImpersonationResourceId: '5' })).status).toBe(200)
    const refused = await client.call('POST', path, body, { authorization: 'Basic eA==' })
    expect([refused.status, client.errors(refused)]).toEqual([500, ['Unknown header "authorization".']])
    expect((await client.call('POST', path, body, { 'content-type': 'text/plain' })).status).toBe(415)
    for (const text of ['{', '[]', '"x"', 'null']) {
      expect((await client.call('POST', path, text)).status, text).toBe(500)
    }
  })

  it('knows no other addresses and no other verbs', async () => {
    const { client, contoso } = await startContoso()
    const { contract, line } = contoso
    const question = { filter: [{ op: 'exist', field: 'id' }] }
    const statuses: unknown[] = []
    for (const [method, path, body] of [
      ['POST', '/ContractServiceAdjustments/query', question],
      ['GET', '/ContractServiceAdjustments/1', undefined],
      ['GET', `/Contracts/${contract}/ServiceAdjustments`, undefined],
      ['POST', '/Nonsense/query', question],
      ['GET', '/Contracts/x', undefined],
      ['GET', '/Contracts/query', undefined],
      ['DELETE', `/Contracts/${contract}/Services/${line}`, undefined],
      ['PATCH', '/ContractServiceUnits', { id: 1 }],
      ['PUT', '/Contracts', { id: contract }],
    ] as const) {
      const answer = await client.call(method, path, body)
      expect(client.errors(answer), path).toEqual([expect.any(String)])
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 405, 405, 405, 500])
  })

  it('counts calls of the last hour, others’ too, and refuses everything above the threshold', async () => {
    let now = '2026-03-20T13:00:00Z'
    const { emulator, client } = await startContoso({
      now: () => new Date(now),
      quirks: { requestThreshold: 100 },
    })
    const threshold = async (): Promise<unknown> => (await client.call('GET', '/ThresholdInformation')).json
    expect(await threshold()).toEqual({
      externalRequestThreshold: 100,
      requestThresholdTimeframe: 60,
      currentTimeframeRequestCount: 1,
    })
    emulator.world.otherRequests({ count: 98 })
    expect(await threshold()).toMatchObject({ currentTimeframeRequestCount: 100 })
    const refused = await client.call('GET', '/ThresholdInformation')
    expect([refused.status, client.errors(refused)]).toEqual([429, [expect.stringContaining('threshold')]])
    now = '2026-03-20T14:00:01Z'
    expect(await threshold()).toMatchObject({ currentTimeframeRequestCount: 1 })
  })
})
