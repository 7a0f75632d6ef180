import { describe, expect, it } from 'vitest'
import { AssertionFailed } from '../../../core/assert.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { WriteOutcome } from '../../../core/psa-ports.js'
import { standingOf } from '../../../core/sync/judge.js'
import type { Step } from '../../../core/sync/types.js'
import { lineNamer } from '../../../core/sync/marker.js'
import { speakTo } from '../../emulators/shared/autotask.js'
import {
  adjustment,
  contoso,
  countsOf,
  type Desk,
  day,
  decimal,
  deskOf,
  MARKER,
  oneTime,
} from './recorded-desk.js'

/** How a step stands to what is read now. */
async function standing({ psa }: Desk, step: Step) {
  const container = await psa.read(step.containerId)
  return standingOf(step, container, { id: step.slotId, itemId: step.itemId, lineId: undefined })
}

const RISE = { on: '2026-03-11', delta: '5', before: '2026-03-01 20', after: '2026-03-01 20, 2026-03-11 25' }

function writesOf({ emulator }: Desk) {
  return emulator.ledger().filter(({ by }) => by === 'api')
}

describe('a change of a count', () => {
  it('is before, is written once without an id in the answer, and is done when read back', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const step = adjustment(place, RISE)
    expect(await standing(desk, step)).toEqual({ type: 'before' })
    expect(await desk.psa.write(step)).toEqual({ type: 'accepted' })
    expect(await standing(desk, step)).toEqual({ type: 'done' })
    expect(writesOf(desk)).toMatchObject([
      {
        entity: 'ContractServiceAdjustments',
        contract: place.contractId,
        service: place.serviceId,
        content: { effectiveDate: '2026-03-11', unitChange: 5, adjustedUnitPrice: null },
        unitsAfter: 25,
      },
    ])
  })

  it('puts a service on the contract at its price, and takes it away again', async () => {
    const desk = await deskOf()
    const { contractId } = contoso(desk.emulator)
    const serviceId = desk.emulator.world.createService({ name: 'Teams Phone', unitPrice: '8.00' })
    const place = { contractId, serviceId }
    const add = { on: '2026-03-11', delta: '3', unitPrice: '7.25', after: '2026-03-11 3' }
    expect(await desk.psa.write(adjustment(place, add))).toEqual({ type: 'accepted' })
    expect(await standing(desk, adjustment(place, add))).toEqual({ type: 'done' })
    const read = await desk.psa.read(String(contractId))
    const price = read.units.find(({ itemId }) => itemId === String(serviceId))?.unitPrice
    expect(price && formatDecimal(price, 2)).toBe('7.25')
    const end = { on: '2026-04-01', delta: '-3', before: '2026-03-11 3', after: '2026-03-11 3, 2026-04-01 0' }
    expect(await desk.psa.write(adjustment(place, end))).toEqual({ type: 'accepted' })
    expect(await standing(desk, adjustment(place, end))).toEqual({ type: 'done' })
  })

  it('that is no whole number, or too large, is refused before anything is sent', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const before = desk.emulator.requestCount()
    for (const delta of ['2.5', '0', '2147483648', '-2147483648', '0.00000001']) {
      const outcome = await desk.psa.write(adjustment(place, { on: '2026-03-11', delta }))
      expect(outcome).toEqual({
        type: 'refused',
        why: `Nothing was sent to Autotask: it counts whole units, and ${delta} is no such change`,
      })
    }
    const fine = adjustment(place, { on: '2026-03-11', delta: '1', unitPrice: '12345678.12345678' })
    expect(await desk.psa.write(fine)).toMatchObject({ type: 'refused' })
    expect(await desk.psa.write({ ...fine, itemId: 'x' })).toMatchObject({ type: 'refused' })
    expect(desk.emulator.requestCount()).toBe(before)
  })

  it('that the rules of the contract forbid is refused in Autotask’s own words, and nothing is changed', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const { world } = desk.emulator
    world.approveAndPost({ contractId: place.contractId, through: '2026-02-28' })
    world.adjust({
      ...place,
      contractServiceId: place.contractServiceId,
      unitChange: 1,
      effectiveDate: '2026-03-20',
    })
    const cases: [on: string, delta: string, words: RegExp][] = [
      ['2027-01-01', '5', /between the start date and end date of the Contract/],
      ['2026-02-11', '5', /already approved and posted contract period/],
      ['2026-03-20', '2', /duplicate data into contract_service_period/],
      ['2026-03-11', '-30', /below 0/],
    ]
    for (const [on, delta, words] of cases) {
      const outcome = await desk.psa.write(adjustment(place, { on, delta }))
      expect(outcome.type).toBe('refused')
      expect(outcome.type === 'refused' && outcome.why).toMatch(/^Autotask did not accept it: "/)
      expect(outcome.type === 'refused' && outcome.why).toMatch(words)
    }
    expect(writesOf(desk)).toEqual([])
    expect(countsOf(await desk.psa.read(String(place.contractId)), place.serviceId)).toBe(
      '2026-01-01 20, 2026-03-20 21',
    )
  })
})

describe('a line that is billed once', () => {
  it('becomes a charge, and reads back exactly as the step has it', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const step = oneTime(place, { unitPrice: '74.52' })
    expect(await standing(desk, step)).toEqual({ type: 'before' })
    expect(await desk.psa.write(step)).toEqual({ type: 'accepted' })
    expect(await standing(desk, step)).toEqual({ type: 'done' })
    expect(writesOf(desk)).toMatchObject([
      {
        entity: 'ContractCharges',
        content: {
          name: 'Business Premium',
          datePurchased: '2026-03-11',
          unitQuantity: 1,
          unitPrice: 74.52,
          amount: '74.52',
          isBillableToCompany: true,
          description: 'Business Premium, correction (11–31 Mar 2026)',
          notes: `${MARKER} 2026-03-11/2026-04-01`,
        },
      },
    ])
    const [line] = (await desk.psa.read(step.containerId)).lines
    expect(line).toMatchObject({ marker: MARKER, words: 'Business Premium, correction (11–31 Mar 2026)' })
  })

  it('says its own days where it is billed in the month it is for, else the days it settles', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const march = { from: day('2026-03-01'), to: day('2026-04-01') }
    const line = { period: march, from: day('2026-03-11'), to: march.to, billOn: march.from, amount: 7452n }
    const seats = {
      kind: 'prorated',
      quantity: decimal('5'),
      unitPrice: decimal('22'),
      lineageId: 'L-1',
    } as const
    for (const days of [
      { from: '2026-03-11', to: '2026-03-12' },
      { from: '2026-04-01', to: '2026-05-01' },
    ]) {
      const step = { ...oneTime(place, { unitPrice: '1.41', ...days }), settles: [{ ...line, ...seats }] }
      expect(await desk.psa.write(step)).toEqual({ type: 'accepted' })
    }
    expect(writesOf(desk).map(({ content }) => content['description'])).toEqual([
      'Business Premium, correction (11 Mar 2026)',
      'Business Premium, correction (11–31 Mar 2026)',
    ])
  })

  it('reads back with parts, credits and long texts, and with the longest marker there is', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const slotId = `L-${'a'.repeat(30)}`
    const marker = lineNamer(slotId, [])(true, 'facts')
    expect(marker.length).toBe(50)
    const steps = [
      { ...oneTime(place, { unitPrice: '-66', from: '2026-04-01', to: '2026-05-01' }), marker },
      { ...oneTime(place, { unitPrice: '0.1', quantity: '0.3' }), marker: marker.replace('aaa', 'bbb') },
      {
        ...oneTime(place, { unitPrice: '9.99', product: 'p'.repeat(200), lineWords: 'w'.repeat(3000) }),
        marker: marker.replace('aaa', 'ccc'),
      },
    ]
    for (const step of steps) {
      expect(await desk.psa.write(step)).toEqual({ type: 'accepted' })
      expect(await standing(desk, step)).toEqual({ type: 'done' })
    }
    expect(writesOf(desk)).toHaveLength(3)
  })

  it('says that a person edited it: another day, another price', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    const step = oneTime(place, { unitPrice: '74.52' })
    await desk.psa.write(step)
    const [line] = (await desk.psa.read(step.containerId)).lines
    desk.emulator.world.editCharge({ chargeId: Number(line?.id), unitPrice: '70' })
    expect(await standing(desk, step)).toEqual({
      type: 'other',
      why: 'the line is there, with other content',
    })
    desk.emulator.world.deleteCharge({ chargeId: Number(line?.id) })
    expect(await standing(desk, step)).toEqual({ type: 'before' })
  })

  it('is a delivered charge that the customer pays, in the tenant’s own values', async () => {
    for (const seed of [7, 11]) {
      const desk = await deskOf({ quirks: { seed } })
      const place = contoso(desk.emulator)
      await desk.psa.write(oneTime(place, { unitPrice: '1' }))
      const { picklists } = desk.emulator
      const rows = await speakTo(desk.emulator).rows('ContractCharges', { op: 'exist', field: 'id' })
      expect(rows).toMatchObject([
        {
          chargeType: picklists.value('chargeType', 'Operational'),
          status: picklists.value('chargeStatus', 'Delivered'),
          isBillableToCompany: true,
        },
      ])
    }
  })
})

describe('a step that is none of this PSA', () => {
  it('is a mistake of ours', async () => {
    const { emulator, psa } = await deskOf()
    const place = contoso(emulator)
    const one = oneTime(place, { unitPrice: '1' })
    const { key, containerId, slotId, itemId, product, settles, count } = one
    const base = { psa: 'autotask', key, containerId, slotId, itemId, product, settles, count } as const
    const { quantity } = one
    const steps: Step[] = [
      { ...base, type: 'setQuantity', lineId: '1', before: quantity, after: quantity },
      { ...base, type: 'setPrice', lineId: '1', before: quantity, after: quantity },
      { ...base, type: 'end', lineId: '1', before: null, after: one.from },
      { ...base, type: 'remove', lineId: '1', quantity },
      { ...one, oneTime: false },
      { ...one, to: null },
      oneTime(place, { unitPrice: '1', quantity: '-1' }),
    ]
    for (const step of steps) await expect(psa.write(step)).rejects.toThrow(AssertionFailed)
  })
})

describe('a write that ends otherwise', () => {
  const outcomeOf = async (desk: Desk): Promise<WriteOutcome> => {
    const place = contoso(desk.emulator)
    await desk.psa.read(String(place.contractId))
    return await desk.psa.write(adjustment(place, RISE))
  }

  it('is asked for later when Autotask was busy', async () => {
    const deadlock = ['Transaction (Process ID 61) was deadlocked on lock resources with another process.']
    for (const fault of [
      { kind: 'threadLimit' },
      { kind: 'status', status: 500, errors: deadlock },
    ] as const) {
      const desk = await deskOf({ faults: [{ ...fault, only: 'writes', times: 1 }] })
      const outcome = await outcomeOf(desk)
      expect(outcome).toMatchObject({ type: 'later', waitMilliseconds: 5000 })
      expect(outcome.type === 'later' && outcome.why).toMatch(
        /^Autotask was busy: "(Itgenatr005|Transaction)/,
      )
      expect(writesOf(desk)).toEqual([])
    }
  })

  it('is asked for later, after as long as it says, when the limit is used up', async () => {
    const desk = await deskOf({
      faults: [{ kind: 'rateLimit', retryAfter: { seconds: 240 }, only: 'writes' }],
    })
    expect(await outcomeOf(desk)).toEqual({
      type: 'later',
      why: 'Autotask answered 429 Too Many Requests',
      waitMilliseconds: 240_000,
    })
    expect(writesOf(desk)).toEqual([])
  })

  it('is refused by 4xx, with or without words', async () => {
    for (const status of [400, 401, 403, 404, 409, 422]) {
      const desk = await deskOf({
        faults: [{ kind: 'status', status, errors: ['Not for you.'], only: 'writes' }],
      })
      expect(await outcomeOf(desk)).toEqual({
        type: 'refused',
        why: 'Autotask did not accept it: "Not for you."',
      })
    }
    const page = await deskOf({ faults: [{ kind: 'html', status: 403, only: 'writes' }] })
    expect(await outcomeOf(page)).toEqual({
      type: 'refused',
      why: 'Autotask did not accept it: it answered 403 Forbidden',
    })
  })

  it('is unknown, and was sent once, when nobody can tell', async () => {
    const cases = [
      [{ kind: 'lostResponse' }, 1],
      [{ kind: 'dropped' }, 0],
      [{ kind: 'html', status: 502, applied: true }, 1],
      [{ kind: 'html', status: 500 }, 0],
      [{ kind: 'status', status: 503, errors: ['Service unavailable.'] }, 0],
      [{ kind: 'truncated' }, 1],
      [{ kind: 'wrongContentType' }, 1],
      [{ kind: 'gzipBomb', megabytes: 33 }, 1],
    ] as const
    for (const [fault, written] of cases) {
      const desk = await deskOf({ faults: [{ ...fault, only: 'writes' }] })
      expect([fault.kind, (await outcomeOf(desk)).type]).toEqual([fault.kind, 'unknown'])
      expect([fault.kind, writesOf(desk).length]).toEqual([fault.kind, written])
    }
  })

  it('is unknown when no answer comes in time', async () => {
    const desk = await deskOf(
      { faults: [{ kind: 'noAnswer', applied: true, only: 'writes' }] },
      { timeoutMilliseconds: 300 },
    )
    expect(await outcomeOf(desk)).toEqual({
      type: 'unknown',
      why: 'Autotask did not answer within 0.3 seconds',
    })
    expect(writesOf(desk)).toHaveLength(1)
  })

  it('is tried again later when it could not even be sent', async () => {
    const desk = await deskOf({ faults: [{ kind: 'status', status: 404, path: 'zoneInformation' }] })
    const place = contoso(desk.emulator)
    const outcome = await desk.psa.write(adjustment(place, RISE))
    expect(outcome).toMatchObject({ type: 'later', waitMilliseconds: 60_000 })
    desk.emulator.setFaults([{ kind: 'status', status: 404, path: 'entityInformation' }])
    expect(await desk.psa.write(oneTime(place, { unitPrice: '1' }))).toMatchObject({ type: 'later' })
    desk.emulator.setFaults([])
    expect(await desk.psa.write(oneTime(place, { unitPrice: '1' }))).toEqual({ type: 'accepted' })
  })
})
