import { expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { Person } from '../../../core/access/rights.js'
import { observed, decimal } from '../../support/observed.js'
import { mappingOffice } from '../../core/app/mapping-office.js'
import { buttonsOf } from '../../emulators/teams/cards.js'
import type { Card } from '../../emulators/teams/world.js'
import { TENANT, read, startOffice } from './office.js'
import { deskOver } from '../../support/desk-over.js'

/** Dana may map; Contoso has 25 seats at $22.00 and an agreement with a line of 20. */
async function asked() {
  const identity = `teams:${TENANT}:00000000-0000-4000-8000-000000000001`
  const people: Person[] = [{ id: identity, name: 'Dana', role: 'biller', identities: [identity] }]
  const msp = await mappingOffice(DEFAULT_POLICY, ['connectwise'], people)
  const { studio } = msp
  const desk = deskOver(studio, () => msp.now)
  const office = await startOffice(() => ({ desk }))
  const card = await office.say(office.dana, office.channel, 'map contoso')
  return { msp, office, card, click: (label: string) => office.click(office.dana, card.id, label) }
}

function titles(card: Card | undefined): string[] {
  return buttonsOf(card ?? {}).map(({ title }) => title)
}

test('accepting takes two clicks: the first repeats count, amount and target, the second maps', async () => {
  const { msp, office, click } = await asked()
  const question = await click('Accept')
  expect(read(question.card)).toContain(
    'Map Contoso?\n1 subscription of 25 seats, $550.00 a month, to Contoso, Ltd., Contoso licences, from 1 Mar 2026.',
  )
  expect(titles(question.card)).toEqual(['Accept', 'Back'])
  expect(msp.sync.trail).toEqual([])
  const done = await click('Accept')
  expect(msp.sync.trail).toMatchObject([{ action: 'map.accepted' }])
  expect([titles(done.card), read(done.card)]).toEqual([
    ['Map by hand'],
    expect.stringContaining('Mapped already'),
  ])
  const last = office.emulator.world.posted.at(-1)
  expect(read(last?.card)).toContain('Contoso is billed in ConnectWise')
})

test('going back maps nothing, and offers it again', async () => {
  const { msp, click } = await asked()
  await click('Accept')
  const back = await click('Back')
  expect([titles(back.card), msp.sync.trail]).toEqual([['Accept', 'Map by hand'], []])
})

test('what changed before the question, or while it was open, is mapped by neither click', async () => {
  for (const before of [[], ['Accept']]) {
    const { msp, click } = await asked()
    for (const label of before) await click(label)
    msp.subscriptions = [observed({ quantity: decimal('30') })]
    await msp.observe()
    const { words } = await click('Accept')
    expect(words).toContain('Nothing was mapped.')
    expect(msp.sync.trail).toEqual([])
  }
})

test('mapped by hand: what is chosen is mapped, the card shows what fits now, the answer stands below it', async () => {
  const { msp, office, card, click } = await asked()
  const form = await click('Map by hand')
  expect(read(form.card)).toMatch(
    /^Map by hand\nWhere Contoso is\n[^]*Company ____\nAgreement or contract ____/,
  )
  const values = { company: 'connectwise 12', container: '77', month: '2026-04' }
  const done = await office.click(office.dana, card.id, 'Map', values)
  expect(read(done.card)).toContain('Mapped already')
  expect(msp.sync.trail).toMatchObject([{ action: 'map.accepted' }])
  const last = office.emulator.world.posted.at(-1)
  expect(read(last?.card)).toContain('Contoso is billed in ConnectWise')
  expect(read(last?.card)).toContain('from 1 Apr 2026')
})

test('a form sent off twice maps once; one left out is asked for again; back shows the card', async () => {
  const { msp, office, card, click } = await asked()
  const form = await click('Map by hand')
  const again = await office.click(office.dana, card.id, 'Map', { company: '', month: '2026-04' })
  expect(read(again.card)).toContain('This is needed.')
  expect(JSON.stringify(again.card)).toContain('"value":"2026-04"')
  const [send] = buttonsOf(form.card ?? {})
  if (send === undefined) throw new Error('no button')
  const values = { company: 'connectwise 12' }
  for (const month of ['2026-04', '2026-05']) {
    await office.player.deliver(office.player.invoke(office.dana, card.id, send, { ...values, month }))
    await office.work.finish()
  }
  expect(msp.sync.trail).toHaveLength(1)
  expect(titles((await click('Back')).card)).toEqual(['Map by hand'])
})

test('what is no choice, and whoever may not: told so, nothing mapped', async () => {
  const { msp, office, card, click } = await asked()
  await click('Map by hand')
  const { words } = await office.click(office.dana, card.id, 'Map', { company: 'connectwise 99' })
  expect(words).toContain('What was chosen for “Company” is not offered (any more).')
  const other = await office.click(office.vic, card.id, 'Map by hand')
  expect(other.words).toContain('You have no role here yet.')
  expect(msp.sync.trail).toEqual([])
})
