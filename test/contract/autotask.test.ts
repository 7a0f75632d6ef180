import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AutotaskEmulator } from '../emulators/autotask/server.js'
import { field } from '../emulators/shared/api-client.js'
import { type AutotaskClient, speakTo } from '../emulators/shared/autotask.js'
import { startRecordedAutotask } from './recorded-autotask.js'
import { readTraffic } from './traffic.js'

const NOW = () => new Date('2026-03-20T13:00:00Z')

let running: AutotaskEmulator | undefined
let made: string | undefined

afterEach(async () => {
  await running?.close()
  if (made !== undefined) rmSync(made, { recursive: true })
  running = undefined
  made = undefined
})

/** Every operation the product needs, with bodies as a client should send them. */
async function speak(emulator: AutotaskEmulator, client: AutotaskClient): Promise<void> {
  const { world } = emulator
  const companyId = world.createCompany({ name: 'Contoso' })
  const dates = { startDate: '2026-01-01', endDate: '2026-12-31' }
  const contract = world.createContract({ companyId, name: 'Cloud', ...dates })
  const serviceID = world.createService({ name: 'M365', unitPrice: '22.00', sku: 'BP' })
  const effectiveDate = '2026-03-11T00:00:00.000Z'
  const itemOf = async (method: string, address: string, body?: unknown): Promise<number> => {
    const answer = await client.call(method, address, body)
    expect(answer.status, answer.text).toBe(200)
    return Number(field(answer.json, 'itemId'))
  }
  const services = `/Contracts/${contract}/Services`
  const line = await itemOf('POST', services, { contractID: contract, serviceID, internalDescription: 'S-1' })
  await itemOf('PATCH', services, { id: line, adjustedPrice: 22, invoiceDescription: 'Business Premium' })
  await itemOf('PATCH', '/Contracts', { id: contract, endDate: '2027-12-31T00:00:00.000Z' })
  await itemOf('POST', `/Contracts/${contract}/ServiceAdjustments`, {
    contractID: contract,
    serviceID,
    unitChange: 20,
    effectiveDate: '2026-01-01T00:00:00.000Z',
    adjustedUnitPrice: 22,
  })
  await itemOf('POST', '/ContractServiceAdjustments', {
    contractServiceID: line,
    unitChange: 5,
    effectiveDate,
  })
  const charges = `/Contracts/${contract}/Charges`
  const chargeType = emulator.picklists.value('chargeType', 'Operational')
  const wanted = { name: 'Usage', chargeType, datePurchased: effectiveDate, unitQuantity: 1, unitPrice: 9.5 }
  const [kept, deleted] = [await itemOf('POST', charges, wanted), await itemOf('POST', charges, wanted)]
  await itemOf('PATCH', charges, { id: kept, description: 'Azure' })
  expect((await client.call('GET', `${charges}/${kept}`)).json).toMatchObject({
    item: { description: 'Azure' },
  })
  await itemOf('DELETE', `${charges}/${deleted}`)
  world.approveAndPost({ contractId: contract, through: '2026-03-31' })
  world.invoice({ companyId })
}

async function look(client: AutotaskClient): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const entity of [
    'Companies',
    'Contracts',
    'Services',
    'ContractServices',
    'ContractServiceUnits',
    'ContractServiceBundles',
    'ContractCharges',
    'BillingItems',
    'Invoices',
  ]) {
    const rows = await client.rows(entity, { op: 'exist', field: 'id' }, 10)
    counts[entity] = rows.length
    if (rows[0] !== undefined) await client.call('GET', `/${entity}/${String(rows[0]['id'])}`)
    expect((await client.call('GET', `/${entity}/entityInformation/fields`)).status).toBe(200)
    const filter = [{ op: 'exist', field: 'id' }]
    expect((await client.call('POST', `/${entity}/query/count`, { filter })).json).toEqual({
      queryCount: rows.length,
    })
  }
  expect((await client.call('GET', '/ThresholdInformation')).status).toBe(200)
  return counts
}

describe('a conversation with the emulated Autotask', () => {
  it('has every operation the product needs, and bills what was said', async () => {
    running = await startRecordedAutotask({ now: NOW })
    const client = speakTo(running)
    await speak(running, client)
    // 24 months, March split in two; January, February, March, its rise, and the charge.
    expect(await look(client)).toEqual({
      Companies: 1,
      Contracts: 1,
      Services: 1,
      ContractServices: 1,
      ContractServiceUnits: 25,
      ContractServiceBundles: 0,
      ContractCharges: 1,
      BillingItems: 5,
      Invoices: 1,
    })
  })

  it('refused, is refused in the shape the document gives refusals', async () => {
    running = await startRecordedAutotask({ now: NOW, faults: [{ kind: 'rateLimit', times: 1 }] })
    const client = speakTo(running)
    const filter = [{ op: 'exist', field: 'id' }]
    const statuses: number[] = []
    for (const headers of [{}, { Secret: 'wrong' }]) {
      statuses.push((await client.call('POST', '/Companies/query', { filter }, headers)).status)
    }
    const missing = { contractServiceID: 1, unitChange: 1, effectiveDate: '2026-03-11T00:00:00.000Z' }
    statuses.push((await client.call('POST', '/ContractServiceAdjustments', missing)).status)
    expect(statuses).toEqual([429, 401, 500])
  })

  it('leads through the recorder from the zone on, and notes what was disturbed', async () => {
    made = mkdtempSync(path.join(tmpdir(), 'contract-'))
    running = await startRecordedAutotask({ now: NOW }, made)
    const { url, credentials } = running
    const zone = await fetch(
      `${url}/ATServicesRest/V1.0/zoneInformation?user=${encodeURIComponent(credentials.userName)}`,
    )
    expect(await zone.json()).toMatchObject({ url: `${url}/ATServicesRest/` })
    expect(readTraffic(made).map(({ notes }) => [notes.service, notes.disturbed])).toEqual([
      ['autotask', false],
    ])
    running.setFaults([{ kind: 'lostResponse' }])
    expect(readTraffic(made)[0]?.notes.disturbed).toBe(true)
  })
})
