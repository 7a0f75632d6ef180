import { describe, expect, test } from 'vitest'
import { buttonsOf, elementsOf } from '../../emulators/teams/cards.js'
import { resultOf } from '../../emulators/teams/player.js'
import type { Card, Conversation } from '../../emulators/teams/world.js'
import { LEE_ALONE, type Office, read, startOffice } from './office.js'

const PLACES: readonly (readonly [string, (office: Office) => Conversation])[] = [
  ['a personal chat', (office) => office.personal(office.lee)],
  ['a group chat', ({ emulator, dana, lee }) => emulator.world.addConversation('groupChat', [dana, lee])],
  ['a channel', ({ channel }) => channel],
]

/** A request waits; Lee has the form to reject it open. */
async function opened(place: (office: Office) => Conversation = ({ channel }) => channel) {
  const office = await startOffice()
  await office.desk.ask(`teams:${office.emulator.tenantId}:${office.dana.aadObjectId}`, 'propose march')
  const card = await office.say(office.lee, place(office), 'approval APR-0001')
  const form = await office.click(office.lee, card.id, 'Reject')
  const decision = async () => (await office.billing.approval('APR-0001'))?.approval.decision
  return { office, card, form, decision }
}

test.each(PLACES)('in %s: the form takes the place of the card, for the clicker alone', async (_, place) => {
  const { office, card, form, decision } = await opened(place)
  expect(read(form.card)).toMatch(
    /^Reject APR-0001\nBill run BR-0001 .*\nTotal .*\nWhy is it rejected\? ____$/,
  )
  expect(buttonsOf(office.emulator.world.view(office.sam, card.id) ?? {}).map(({ title }) => title)).toEqual([
    'Approve',
    'Reject',
  ])
  const done = await office.click(office.lee, card.id, 'Reject', { reason: 'no\nand no' })
  expect(read(done.card)).toContain('Rejected by Lee')
  expect(await decision()).toMatchObject({ reason: 'no\nand no' })
})

test('going back shows the card as it is, and decides nothing', async () => {
  const { office, card, decision } = await opened()
  const back = await office.click(office.lee, card.id, 'Back', { reason: 'no' })
  expect(buttonsOf(back.card ?? {}).map(({ title }) => title)).toEqual(['Approve', 'Reject'])
  expect(await decision()).toBeUndefined()
})

test('a mistake is said in the form, which keeps what was typed', async () => {
  const { office, card, decision } = await opened()
  const reason = `${'x'.repeat(300)}\n{{DATE(2026-01-01)}} ${'x'.repeat(300)}`
  const again = await office.click(office.lee, card.id, 'Reject', { reason })
  expect(read(again.card)).toContain('At most 500 characters')
  const shown = JSON.stringify(again.card)
  expect(shown).not.toContain('{{')
  expect(shown).toContain(`${'x'.repeat(300)}\\n`)
  expect(await decision()).toBeUndefined()
  // What comes back has no joiners of ours.
  await office.click(office.lee, card.id, 'Reject', { reason: '{\u2060{no}}' })
  expect(await decision()).toMatchObject({ reason: '{{no}}' })
})

test('sent off twice, sent again, and sent off by somebody else meanwhile: decided once', async () => {
  const { office, card, form } = await opened()
  const other = await office.click(office.sam, card.id, 'Reject')
  const [send] = buttonsOf(form.card ?? {})
  const [sendOther] = buttonsOf(other.card ?? {})
  if (send === undefined || sendOther === undefined) throw new Error('no button')
  const activity = office.player.invoke(office.lee, card.id, send, { reason: 'no' })
  const again = office.player.invoke(office.lee, card.id, send, { reason: 'no' })
  const his = office.player.invoke(office.sam, card.id, sendOther, { reason: 'no' })
  const answers = await Promise.all(
    [activity, activity, again, his].map(async (each) => resultOf(await office.player.deliver(each))),
  )
  await office.work.finish()
  expect(answers.filter(({ card: shown }) => shown !== undefined)).toHaveLength(1)
  const trail = (await office.billing.trail()).filter(({ action }) => action === 'bill.rejected')
  expect(trail).toHaveLength(1)
})

describe('what is refused when it is sent off', () => {
  const wrong = { customer: 'nobody', product: '', rule: 'fixed', amount: '20.50', currency: 'usd' }
  const right = { ...wrong, customer: 'contoso' }
  const start = async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.personal(office.dana), 'price')
    const first = await office.click(office.dana, card.id, 'Set a price')
    const prices = async () => (await office.billing.books()).overrides.length
    return { office, card, first, prices }
  }
  const sendOf = (shown: Card | undefined) => {
    const send = buttonsOf(shown ?? {}).find(({ verb }) => verb === 'submit')
    if (send === undefined) throw new Error('no button')
    return send
  }
  const valuesIn = (shown: Card | undefined) =>
    Object.fromEntries(
      elementsOf(shown ?? {})
        .filter(({ type }) => String(type).startsWith('Input.'))
        .map(({ id, value = '' }) => [String(id), value]),
    )

  test('stands in the form, which keeps what was filled in; corrected, it is recorded once', async () => {
    const { office, card, first, prices } = await start()
    const again = await office.click(office.dana, card.id, 'Set', wrong)
    expect(read(again.card)).toMatch(/No customer is called “nobody”[^]*Customer ____/)
    expect(valuesIn(again.card)).toMatchObject(wrong)
    expect(sendOf(again.card).data['key']).not.toBe(sendOf(first.card).data['key'])
    expect(await prices()).toBe(0)
    const send = sendOf(again.card)
    const twice = [1, 2].map(() => office.player.invoke(office.dana, card.id, send, right))
    const answers = await Promise.all(twice.map(async (each) => resultOf(await office.player.deliver(each))))
    await office.work.finish()
    expect(await prices()).toBe(1)
    const words = answers.map((each) => each.words ?? read(each.card))
    expect(words.filter((each) => each.includes('This was sent off before, and is done once.'))).toHaveLength(
      1,
    )
  })

  test('the form it stood in is used up, and says so', async () => {
    const { office, card, first, prices } = await start()
    await office.click(office.dana, card.id, 'Set', wrong)
    const late = office.player.invoke(office.dana, card.id, sendOf(first.card), right)
    const { words } = resultOf(await office.player.deliver(late))
    await office.work.finish()
    expect(words).toContain('go back and open the form again')
    expect(await prices()).toBe(0)
  })

  test('no price at all is told in the form too', async () => {
    const { office, card, prices } = await start()
    const again = await office.click(office.dana, card.id, 'Set', { ...right, currency: '30' })
    expect(read(again.card)).toContain('“30” is not a currency')
    await office.click(office.dana, card.id, 'Set', right)
    expect(await prices()).toBe(1)
  })
})

test('whatever a button carries that is none of ours: told plainly, nothing decided', async () => {
  const { office, card, form, decision } = await opened()
  const [send] = buttonsOf(form.card ?? {})
  if (send === undefined) throw new Error('no button')
  const wrong = [
    { ...send.data, form: 'wipe' },
    { ...send.data, form: 'approve' },
    { ...send.data, form: { a: 1 } },
    { ...send.data, reason: 'no', amount: '1' },
    { ...send.data, reason: 5 },
    { ...send.data, reason: ['no'] },
    { ...send.data, reason: 'x'.repeat(3001) },
    { ...send.data, revision: 'other', reason: 'no' },
    { id: 'APR-0001', reason: 'no', form: 'reject' },
    {},
  ]
  for (const data of wrong) {
    for (const verb of ['submit', 'back']) {
      const activity = office.player.invoke(office.lee, card.id, { verb, data })
      const { status, words, card: shown } = resultOf(await office.player.deliver(activity))
      expect([status, (words ?? '') !== '' || shown !== undefined]).toEqual([200, true])
    }
  }
  await office.work.finish()
  expect(await decision()).toBeUndefined()
  expect(office.log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('without the right: told so, and no form', async () => {
  const { office, card } = await opened()
  const { words, card: shown } = await office.click(office.vic, card.id, 'Reject')
  expect([words, shown]).toEqual([expect.stringContaining('Your role (viewer) may not do that.'), undefined])
})

test('a setting in two steps: which one, then what it is to be; what is wrong is told in the form', async () => {
  const office = await startOffice(undefined, undefined, LEE_ALONE)
  const place = office.personal(office.lee)
  const list = await office.say(office.lee, place, 'settings')
  const which = await office.click(office.lee, list.id, 'Change a setting')
  expect(read(which.card)).toMatch(/^Change a setting\nWhich ____$/m)
  const before = office.emulator.world.posted.length
  await office.click(office.lee, list.id, 'Next', { setting: 'invoiceDay' })
  const one = office.emulator.world.posted[before]
  if (one === undefined) throw new Error('the setting was not shown')
  expect(read(one.card)).toContain('Setting: invoice day')
  const form = await office.click(office.lee, one.id, 'Change')
  expect(read(form.card)).toMatch(/^Change invoice day\nNow: the invoice’s day is estimated/)
  const wrong = await office.click(office.lee, one.id, 'Change', { value: '32' })
  expect(read(wrong.card)).toContain('it must be a day from 1 to 31, or none.')
  expect((await office.billing.books()).settings).toEqual([])
  await office.click(office.lee, one.id, 'Change', { value: '12' })
  const { settings } = await office.billing.books()
  expect(settings).toMatchObject([{ says: { invoiceDay: 12 }, by: { name: 'Lee' } }])
  expect(read(office.emulator.world.posted.at(-1)?.card ?? {})).toContain('Set: invoice day is 12')
})
