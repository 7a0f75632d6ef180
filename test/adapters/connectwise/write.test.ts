import { describe, expect, it } from 'vitest'
import { startRecordedConnectWise } from '../../contract/recorded-connectwise.js'
import { AssertionFailed } from '../../../core/assert.js'
import { standingOf } from '../../../core/sync/judge.js'
import type { Step, StepAction } from '../../../core/sync/types.js'
import { day, decimal } from '../../support/observed.js'
import { IDS, type Office, officeWith, stepOf } from './office.js'

const openOffice = officeWith(startRecordedConnectWise)

const MARKER = 'CBS:L-1:r0123456789ab'

const ADD: Extract<StepAction, { type: 'add' }> = {
  type: 'add',
  marker: MARKER,
  oneTime: false,
  quantity: decimal('5'),
  unitPrice: decimal('22'),
  from: day('2026-03-11'),
  to: null,
  lineWords: 'Business Premium, 20 → 25 seats',
}

const SLOT = { id: 'L-1', itemId: IDS.product, lineId: IDS.main }

/** What came of a step: its outcome, how the agreement then stands to it, and what was asked to get there. */
async function carryOut({ psa, asked }: Office, step: Step) {
  const before = standingOf(step, await psa.read(step.containerId), SLOT)
  asked()
  const outcome = await psa.write(step)
  const requests = asked()
  const container = await psa.read(step.containerId)
  return { before: before.type, outcome, after: standingOf(step, container, SLOT).type, requests, container }
}

function bodyOf({ emulator }: Office): Record<string, unknown> {
  const after = emulator.ledger().at(-1)?.after
  return after as Record<string, unknown>
}

describe('each step is written once, and read back as done', () => {
  it('a line that goes on', async () => {
    const office = await openOffice()
    const { before, outcome, after, requests } = await carryOut(office, stepOf(ADD))
    expect({ before, outcome, after }).toEqual({
      before: 'before',
      outcome: { type: 'accepted' },
      after: 'done',
    })
    expect(requests).toEqual([`POST /finance/agreements/${IDS.contoso}/additions`])
    const written = bodyOf(office)
    expect(written).toMatchObject({
      product: { id: 101 },
      quantity: 5,
      unitPrice: 22,
      billCustomer: 'Billable',
      effectiveDate: '2026-03-11T00:00:00Z',
      serialNumber: MARKER,
      invoiceDescription: 'Business Premium, 20 → 25 seats',
    })
    expect(written['cancelledDate']).toBeUndefined()
  })

  it('a line that is billed once, up to and not on its end, at a price the catalog does not know', async () => {
    const office = await openOffice()
    const once = {
      ...ADD,
      oneTime: true,
      quantity: decimal('1'),
      unitPrice: decimal('-66.125'),
      to: day('2026-04-01'),
    }
    const { outcome, after } = await carryOut(office, stepOf(once))
    expect([outcome.type, after]).toEqual(['accepted', 'done'])
    expect(bodyOf(office)).toMatchObject({ unitPrice: -66.125, cancelledDate: '2026-03-31T00:00:00Z' })
  })

  it('a count', async () => {
    const office = await openOffice()
    const step = stepOf({
      type: 'setQuantity',
      lineId: IDS.main,
      before: decimal('20'),
      after: decimal('25.5'),
    })
    const { before, outcome, after, requests } = await carryOut(office, step)
    expect([before, outcome.type, after]).toEqual(['before', 'accepted', 'done'])
    const address = `/finance/agreements/${IDS.contoso}/additions/${IDS.main}`
    expect(requests).toEqual([`GET ${address}`, `PATCH ${address}`])
    expect(bodyOf(office)).toMatchObject({ quantity: 25.5, unitPrice: 22, serialNumber: 'CBS:L1:start' })
  })

  it('a count of a line that includes some: what is included stays', async () => {
    const office = await openOffice()
    office.emulator.world.editAddition({ additionId: Number(IDS.main), quantity: 23, lessIncluded: 3 })
    const step = stepOf({
      type: 'setQuantity',
      lineId: IDS.main,
      before: decimal('20'),
      after: decimal('25'),
    })
    const { before, outcome, after } = await carryOut(office, step)
    expect([before, outcome.type, after]).toEqual(['before', 'accepted', 'done'])
    expect(bodyOf(office)).toMatchObject({ quantity: 28, lessIncluded: 3, billedQuantity: 25 })
  })

  it('a price', async () => {
    const office = await openOffice()
    const step = stepOf({ type: 'setPrice', lineId: IDS.main, before: decimal('22'), after: decimal('23.1') })
    const { before, outcome, after } = await carryOut(office, step)
    expect([before, outcome.type, after]).toEqual(['before', 'accepted', 'done'])
    expect(bodyOf(office)).toMatchObject({ quantity: 20, unitPrice: 23.1 })
  })

  it('an end: the last billed day is the one before', async () => {
    const office = await openOffice()
    const step = stepOf({ type: 'end', lineId: IDS.main, before: null, after: day('2026-04-01') })
    const { before, outcome, after } = await carryOut(office, step)
    expect([before, outcome.type, after]).toEqual(['before', 'accepted', 'done'])
    expect(bodyOf(office)).toMatchObject({ cancelledDate: '2026-03-31T00:00:00Z' })
  })

  it('an end taken back', async () => {
    const office = await openOffice()
    const additionId = Number(IDS.main)
    office.emulator.world.cancelAddition({ additionId, cancelledDate: '2026-03-31' })
    const step = stepOf({ type: 'end', lineId: IDS.main, before: day('2026-04-01'), after: null })
    const { before, outcome, after } = await carryOut(office, step)
    expect([before, outcome.type, after]).toEqual(['before', 'accepted', 'done'])
    expect(office.emulator.world.addition(additionId).cancelledDate).toBeNull()
  })

  it('a line taken away', async () => {
    const office = await openOffice()
    const step = stepOf({ type: 'remove', lineId: IDS.main, quantity: decimal('20') })
    const { before, outcome, after, container } = await carryOut(office, step)
    expect([before, outcome.type, after]).toEqual(['before', 'accepted', 'done'])
    expect(container.lines).toEqual([])
  })
})

describe('what is never written', () => {
  it('a count below zero', async () => {
    const { psa, emulator, asked } = await openOffice()
    const below = decimal('-3')
    const count = { type: 'setQuantity', lineId: IDS.main, before: decimal('20'), after: below } as const
    for (const action of [{ ...ADD, quantity: below }, count]) {
      expect(await psa.write(stepOf(action))).toEqual({
        type: 'refused',
        why: 'a line of -3 would be below zero, which is never written',
      })
    }
    expect(asked()).toEqual([])
    expect(emulator.ledger().filter(({ by }) => by === 'api')).toEqual([])
  })

  it('a number that a double would change', async () => {
    const { psa, asked } = await openOffice()
    const long = decimal('12345678.12345678')
    const count = { type: 'setQuantity', lineId: IDS.main, before: decimal('20'), after: long } as const
    const price = { type: 'setPrice', lineId: IDS.main, before: decimal('22'), after: long } as const
    for (const action of [{ ...ADD, quantity: long }, { ...ADD, unitPrice: long }, price, count]) {
      expect(await psa.write(stepOf(action))).toEqual({
        type: 'refused',
        why: 'ConnectWise cannot hold 12345678.12345678 exactly: it has too many digits',
      })
    }
    expect(asked().filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  it('over what a person changed since the last look', async () => {
    const { psa, emulator, asked } = await openOffice()
    emulator.world.editAddition({ additionId: Number(IDS.main), quantity: 22 })
    const count = { type: 'setQuantity', lineId: IDS.main, before: decimal('20') } as const
    expect(await psa.write(stepOf({ ...count, after: decimal('25') }))).toEqual({
      type: 'refused',
      why: 'somebody changed the line since it was shown',
    })
    // By hand already what it should be: there is nothing to write.
    expect(await psa.write(stepOf({ ...count, after: decimal('22') }))).toEqual({ type: 'accepted' })
    expect(asked().filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  it('with ids that are none', async () => {
    const { psa, asked } = await openOffice()
    const steps = [
      stepOf(ADD, '../9'),
      { ...stepOf(ADD), itemId: 'M365BP' },
      stepOf({ type: 'remove', lineId: '', quantity: decimal('1') }),
    ]
    for (const step of steps) {
      expect(await psa.write(step)).toMatchObject({
        type: 'refused',
        why: expect.stringMatching(/^ConnectWise has no record with the id "/) as string,
      })
    }
    expect(asked()).toEqual([])
  })

  it('what belongs to a PSA that counts', async () => {
    const { psa } = await openOffice()
    const adjust = {
      type: 'adjust',
      on: day('2026-03-11'),
      delta: decimal('5'),
      unitPrice: undefined,
    } as const
    await expect(psa.write(stepOf(adjust))).rejects.toThrow(AssertionFailed)
    await expect(psa.write({ ...stepOf(ADD), psa: 'autotask' })).rejects.toThrow(AssertionFailed)
  })

  it('with a marker that would be cut', async () => {
    const { psa } = await openOffice()
    await expect(psa.write(stepOf({ ...ADD, marker: 'x'.repeat(51) }))).rejects.toThrow(AssertionFailed)
  })
})

describe('words longer than an invoice line takes', () => {
  it('are cut visibly and never inside a character', async () => {
    const office = await openOffice()
    await office.psa.write(stepOf({ ...ADD, lineWords: `${'x'.repeat(5998)}😀😀` }))
    const { invoiceDescription } = bodyOf(office)
    expect(invoiceDescription).toBe(`${'x'.repeat(5998)}…`)
  })
})

describe('what ConnectWise refuses is said in words', () => {
  it('with its own reason and the field', async () => {
    const { psa } = await openOffice()
    const outcomes = [
      await psa.write({ ...stepOf(ADD), itemId: IDS.bundle }),
      await psa.write({ ...stepOf(ADD), itemId: IDS.old }),
      await psa.write(stepOf({ ...ADD, to: day('2026-03-01') })),
      await psa.write(stepOf(ADD, '999')),
      await psa.write(stepOf({ type: 'remove', lineId: '999', quantity: decimal('1') })),
      await psa.write(
        stepOf({ type: 'setQuantity', lineId: '999', before: decimal('1'), after: decimal('2') }),
      ),
    ]
    expect(outcomes.map((outcome) => (outcome.type === 'refused' ? outcome.why : outcome.type))).toEqual([
      'ConnectWise did not accept it: "addition object is invalid: A bundle cannot be an addition (product)"',
      'ConnectWise did not accept it: "addition object is invalid: The product is inactive (product)"',
      'ConnectWise did not accept it: "addition object is invalid: cancelledDate is before effectiveDate (cancelledDate)"',
      'ConnectWise did not accept it: it is not there any more, "Agreement 999 not found"',
      'ConnectWise did not accept it: it is not there any more, "Addition 999 not found"',
      'ConnectWise did not give addition 999 of agreement 106 (404): it is not there any more, "Addition 999 not found".',
    ])
  })

  it('also who may not write', async () => {
    const { psa, emulator } = await openOffice()
    emulator.world.setPermissions({ additions: 'read' })
    expect(await psa.write(stepOf(ADD))).toEqual({
      type: 'refused',
      why: 'ConnectWise did not accept it: the API member is not allowed to, "You do not have permission to POST additions"',
    })
  })

  it('and what is on an invoice cannot be taken away', async () => {
    const { psa, emulator } = await openOffice()
    emulator.world.invoice(Number(IDS.contoso))
    const outcome = await psa.write(stepOf({ type: 'remove', lineId: IDS.main, quantity: decimal('20') }))
    expect(outcome).toMatchObject({ type: 'refused' })
    expect(outcome.type === 'refused' && outcome.why).toContain('is on an invoice and cannot be deleted')
  })
})
