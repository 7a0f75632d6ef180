import { expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { Person, Role } from '../../../core/access/rights.js'
import { LEE, VI } from '../../support/office.js'
import { mappingOffice } from '../../core/app/mapping-office.js'
import { deskOver } from '../../support/desk-over.js'

const BO: Person = { id: 'console:Bo', name: 'Bo', role: 'biller', identities: ['console:Bo'] }

async function deskOf(people: readonly Person[] = [BO, LEE, VI]) {
  const msp = await mappingOffice(DEFAULT_POLICY, ['connectwise'], people)
  const { studio } = msp
  const desk = deskOver(studio, () => msp.now)
  return { msp, desk }
}

test('asked, accepted by a click, and set: in words', async () => {
  const { msp, desk } = await deskOf()
  const { card } = await desk.ask('console:Bo', 'map contoso')
  const [accept] = card.actions
  if (accept === undefined) throw new Error('no button')
  const reply = await desk.click('console:Bo', { ...accept })
  expect([reply.problem, reply.audience]).toEqual([undefined, 'everyone'])
  expect(reply.card.title).toBe('Contoso is billed in ConnectWise')
  expect(msp.sync.trail).toMatchObject([{ action: 'map.accepted', actor: 'console:Bo' }])
  const changed = await desk.ask('console:Bo', 'map contoso set premium offset 3')
  expect(renderConsole(changed.card)).toContain('3 seats bought elsewhere')
  expect((await desk.ask('console:Bo', 'map')).card.title).toBe('Who is whom')
  expect((await desk.ask('console:Bo', 'map contoso remove')).card.title).toBe(
    'Contoso is not mapped any more',
  )
})

test('a second click on the same card, and one on an older one, map nothing and say so', async () => {
  const { msp, desk } = await deskOf()
  const { card } = await desk.ask('console:Bo', 'map contoso')
  const [accept] = card.actions
  if (accept === undefined) throw new Error('no button')
  const click = { ...accept }
  await desk.click('console:Bo', click)
  const { version } = msp.sync.state
  const again = await desk.click('console:Bo', click)
  expect([again.problem?.kind, again.audience, msp.sync.state.version]).toEqual([
    'conflict',
    'asker',
    version,
  ])
})

test('a named place goes with the button', async () => {
  const { msp, desk } = await deskOf()
  const { card } = await desk.ask('console:Bo', 'map contoso to fabrikam')
  expect(card.actions.map(({ name }) => name)).toEqual(['mapByHand'])
  msp.containers = [
    ...msp.containers,
    ...msp.containers.map((each) => ({ ...each, id: '78', companyId: '13' })),
  ]
  const [accept] = (await desk.ask('console:Bo', 'map contoso to fabrikam')).card.actions
  if (accept === undefined) throw new Error('no button')
  expect(accept.target.id).toBe('C1 connectwise 13 78')
  await desk.click('console:Bo', { ...accept })
  expect(msp.sync.state.customers).toMatchObject([{ companyId: '13', companyName: 'Fabrikam' }])
})

test.each<Role>(['viewer'])('a %s may not map, by words or by click', async (role) => {
  const { msp, desk } = await deskOf([BO, { ...VI, role }])
  for (const text of ['map', 'map contoso', 'map contoso accept']) {
    expect((await desk.ask('console:Vi', text)).problem?.kind).toBe('forbidden')
  }
  const [accept] = (await desk.ask('console:Bo', 'map contoso')).card.actions
  if (accept === undefined) throw new Error('no button')
  expect((await desk.click('console:Vi', { ...accept })).problem?.kind).toBe('forbidden')
  expect(msp.sync.state.version).toBe(0)
})
