import { expect, test } from 'vitest'
import type { Form } from '../../../bot/cards/form.js'
import { renderConsole } from '../../../bot/console/render.js'
import type { Person } from '../../../core/access/rights.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { PsaName } from '../../../core/sync/types.js'
import { LEE, VI } from '../../support/office.js'
import { deskOver } from '../../support/desk-over.js'
import { company, mappingOffice } from '../../core/app/mapping-office.js'

const BO: Person = { id: 'console:Bo', name: 'Bo', role: 'biller', identities: ['console:Bo'] }

async function opened(names: readonly PsaName[] = ['connectwise']) {
  const msp = await mappingOffice(DEFAULT_POLICY, names, [BO, LEE, VI])
  const { studio } = msp
  const desk = deskOver(studio, () => msp.now)
  const target = { id: 'C1', revision: '' }
  const form = async (): Promise<Form> => {
    const made = await desk.form('console:Bo', 'mapByHand', target)
    if (made.type === 'refused') throw new Error(renderConsole(made.reply.card))
    return made.form
  }
  const send = (values: Readonly<Record<string, string>>) =>
    desk.submit('console:Bo', {
      name: 'mapByHand',
      target,
      values: new Map(Object.entries(values)),
      isFirst: async () => true,
    })
  return { msp, desk, form, send }
}

function optionsOf({ fields }: Form, id: string): readonly string[] | undefined {
  const field = fields.find((each) => each.id === id)
  return field?.type === 'choice' ? field.options.map(({ label, value }) => `${value} = ${label}`) : undefined
}

test('offers companies, what bills the likely one, and months; what is chosen is mapped', async () => {
  const { msp, form, send } = await opened()
  const asked = await form()
  expect(optionsOf(asked, 'company')).toEqual([
    'connectwise 12 = Contoso, Ltd. (12)',
    'connectwise 13 = Fabrikam (13)',
  ])
  expect(asked.fields[0]?.value).toBe('connectwise 12')
  expect(optionsOf(asked, 'container')).toEqual(['77 = Contoso licences (77)'])
  const months = optionsOf(asked, 'month') ?? []
  expect([months[0], months.at(-1)]).toEqual(['2026-03 = March 2026', '2027-03 = March 2027'])
  const sent = await send({ company: 'connectwise 12', container: '77', month: '2026-05' })
  expect(sent).toMatchObject({ type: 'done', reply: { card: { title: 'Contoso is billed in ConnectWise' } } })
  expect(msp.sync.state.customers).toMatchObject([{ companyId: '12' }])
  expect(msp.sync.trail).toMatchObject([{ action: 'map.accepted', actor: 'console:Bo' }])
  expect(sent.type === 'done' && renderConsole(sent.reply.card)).toContain('from 1 May 2026')
})

test('another company has its own agreement, which is left out; one of neither is refused', async () => {
  const { msp, send } = await opened()
  msp.containers = [
    ...msp.containers,
    ...msp.containers.map((each) => ({ ...each, id: '78', companyId: '13' })),
  ]
  const wrong = await send({ company: 'connectwise 13', container: '77' })
  expect(wrong.type).toBe('refused')
  expect(msp.sync.state.version).toBe(0)
  await send({ company: 'connectwise 13' })
  expect(msp.sync.state.customers).toMatchObject([{ companyId: '13' }])
})

test('where there is nothing to choose from, or too much, it is typed', async () => {
  const { msp, form, send } = await opened()
  msp.companies = Array.from({ length: 101 }, (_, index) => company(String(index), `Contoso ${index}`))
  msp.containers = msp.containers.map((each) => ({ ...each, companyId: '7' }))
  const asked = await form()
  expect([optionsOf(asked, 'company'), optionsOf(asked, 'container')]).toEqual([undefined, undefined])
  await send({ company: 'Contoso 7', container: 'Contoso licences' })
  expect(msp.sync.state.customers).toMatchObject([{ companyId: '7' }])
})

test.each([
  { company: 'connectwise 99' },
  { company: 'autotask 12' },
  { company: 'connectwise 12', container: '99' },
  { company: 'connectwise 12', month: '2031-01' },
  { company: 'connectwise 12', month: '2026-03-01' },
  { company: 'connectwise 12', amount: '1' },
  {},
])('%j maps nothing', async (values) => {
  const { msp, send } = await opened()
  expect(['refused', 'mistakes']).toContain((await send(values)).type)
  expect(msp.sync.state.version).toBe(0)
})

test('whoever may not map gets no form; a customer there is not, and no PSA, are said', async () => {
  const { desk } = await opened()
  const target = { id: 'C1', revision: '' }
  expect(await desk.form('console:Vi', 'mapByHand', target)).toMatchObject({
    type: 'refused',
    reply: { problem: { kind: 'forbidden' } },
  })
  expect(await desk.form('console:Bo', 'mapByHand', { id: 'C9', revision: '' })).toMatchObject({
    type: 'refused',
    reply: { problem: { kind: 'notFound' } },
  })
  const without = await opened([])
  expect(await without.desk.form('console:Bo', 'mapByHand', target)).toMatchObject({
    type: 'refused',
    reply: { problem: { what: 'No PSA is connected, so everybody is billed by file.' } },
  })
})
