import { describe, expect, test } from 'vitest'
import type { Person, Role } from '../../../core/access/rights.js'
import { beginPeople, createEverybody } from '../../../core/app/people.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryLog } from '../../support/memory-log.js'
import { memoryPeople } from '../../support/memory-people.js'
import { DANA, LEE, Office } from '../../support/office.js'

function person(name: string, role: Role, ...identities: readonly string[]): Person {
  return { id: `console:${name}`, name, role, identities: [`console:${name}`, ...identities] }
}

/** People in memory, who begin again and again with other settings. */
function house() {
  const books = memoryBooks()
  const people = memoryPeople([], books)
  const log = memoryLog()
  const ports = { people, log, clock: { now: async () => new Date('2026-03-20T13:00:00Z') } }
  const everybody = createEverybody(ports)
  return {
    people,
    log,
    begin: (...configured: readonly Person[]) => beginPeople(ports, configured),
    roles: async () => (await everybody()).people.map(({ name, role }) => `${name} ${role}`),
    trail: async () =>
      (await memoryBilling(books).trail()).map(
        ({ actor, action, subject }) => `${actor} ${action} ${subject}`,
      ),
    /** By somebody’s command, in another process. */
    change: async (id: string, words: { role?: Role; removed?: boolean }) => {
      const { version, people: known } = await people.all()
      const found = known.filter((each) => each.id === id).map((each) => ({ ...each, ...words }))
      expect(await people.change({ people: found, audit: [] }, version)).toBe(true)
    },
  }
}

describe('what the configuration says at the start', () => {
  test('adds whom nobody knows yet, once, and says so in the trail', async () => {
    const { begin, roles, trail } = house()
    await begin(person('Ann', 'admin'), person('Bob', 'biller'))
    await begin(person('Ann', 'admin'), person('Bob', 'biller'), person('Cy', 'viewer'))
    expect(await roles()).toEqual(['Ann admin', 'Bob biller', 'Cy viewer'])
    expect(await trail()).toEqual([
      'system people.added console:Ann',
      'system people.added console:Bob',
      'system people.added console:Cy',
    ])
  })

  test('undoes nothing that was changed or removed by command', async () => {
    const { begin, roles, change, trail } = house()
    const configured = [
      person('Ann', 'admin'),
      person('Bob', 'approver'),
      person('Cy', 'viewer', 'slack:T1:U3'),
    ]
    await begin(...configured)
    await change('console:Bob', { role: 'viewer' })
    await change('console:Cy', { removed: true })
    await begin(person('Ann', 'admin'), person('Bob', 'approver'), {
      ...person('Cy', 'viewer'),
      identities: ['slack:T1:U3'],
    })
    expect(await roles()).toEqual(['Ann admin', 'Bob viewer'])
    expect(await trail()).toHaveLength(3)
  })

  test.each([{ role: 'viewer' }, { removed: true }] as const)(
    'makes its admins admins again when none is left: %j',
    async (words) => {
      const { begin, roles, change, trail, log } = house()
      await begin(person('Ann', 'admin'), person('Bob', 'approver'))
      await change('console:Ann', words)
      await begin(person('Ann', 'admin'), person('Bob', 'approver'))
      expect(await roles()).toEqual(['Ann admin', 'Bob approver'])
      expect((await trail()).slice(2)).toEqual(['system people.role console:Ann'])
      expect(log.lines.map(({ message }) => message)).toEqual(['no admin was left: made admin again'])
    },
  )

  test('leaves its admins as they were made by command while another admin is there', async () => {
    const { begin, roles, change } = house()
    await begin(person('Ann', 'admin'), person('Bob', 'approver'))
    await change('console:Bob', { role: 'admin' })
    await change('console:Ann', { role: 'biller' })
    await begin(person('Ann', 'admin'), person('Bob', 'approver'))
    expect(await roles()).toEqual(['Ann biller', 'Bob admin'])
  })

  test('of many programs that start at once one records it', async () => {
    const { begin, roles, trail } = house()
    await Promise.all(Array.from({ length: 8 }, () => begin(person('Ann', 'admin'))))
    expect([await roles(), await trail()]).toEqual([['Ann admin'], ['system people.added console:Ann']])
  })
})

describe('who decides is known anew every time', () => {
  const gone = { ...LEE, removed: true, joinedTo: undefined }

  test('somebody who was removed meanwhile decides nothing, whatever they were when they began', async () => {
    const people = memoryPeople([DANA, LEE])
    const office = new Office([], memoryBilling(), undefined, undefined, people)
    await office.observe()
    const record = await office.propose(DANA)
    await people.change({ people: [gone], audit: [] }, 0)
    await expect(office.decide(LEE, record)).rejects.toThrow('You have no role here any more.')
    expect((await office.billing.approval(record.approval.id))?.approval.decision).toBeUndefined()
  })

  test('somebody lowered meanwhile may not decide; where one approver is left, they decide what they asked for', async () => {
    const people = memoryPeople([DANA, LEE])
    const office = new Office([], memoryBilling(), undefined, undefined, people)
    await office.observe()
    const record = await office.propose(DANA)
    expect(await office.decide(DANA, record)).toMatchObject({ refusal: { type: 'ownRequest' } })
    await people.change({ people: [{ ...gone, role: 'biller', removed: false }], audit: [] }, 0)
    expect(await office.decide(LEE, record)).toMatchObject({ refusal: { type: 'notAllowed' } })
    expect((await office.decide(DANA, record)).type).toBe('decided')
  })

  test.each(['before the books are read', 'behind it'])(
    'removed while their decision is checked, %s',
    async (when) => {
      const books = memoryBooks()
      const people = memoryPeople([DANA, LEE], books)
      const billing = memoryBilling(books)
      let removes = false
      const removeOnce = async () => {
        if (!removes) return
        removes = false
        await people.change({ people: [gone], audit: [] }, books.peopleVersion)
      }
      const decides: typeof billing.decide = async (record) => {
        if (when === 'behind it') await removeOnce()
        return billing.decide(record)
      }
      const version: typeof billing.version = async () => {
        if (when !== 'behind it') await removeOnce()
        return billing.version()
      }
      const office = new Office([], { ...billing, decide: decides, version }, undefined, undefined, people)
      await office.observe()
      const record = await office.propose(DANA)
      removes = true
      await expect(office.decide(LEE, record)).rejects.toThrow('You have no role here any more.')
      expect((await billing.approval(record.approval.id))?.approval.decision).toBeUndefined()
    },
  )

  test('what somebody asked for before they became one with another is their own request', async () => {
    const people = memoryPeople([DANA, LEE, { ...DANA, id: 'console:other', identities: [] }])
    const office = new Office([], memoryBilling(), undefined, undefined, people)
    await office.observe()
    const record = await office.propose(DANA)
    const both = { ...LEE, removed: false, joinedTo: undefined }
    const joined = { ...DANA, identities: [], removed: true, joinedTo: LEE.id }
    await people.change({ people: [both, joined], audit: [] }, 0)
    expect(await office.decide(LEE, record)).toMatchObject({ refusal: { type: 'ownRequest' } })
  })
})
