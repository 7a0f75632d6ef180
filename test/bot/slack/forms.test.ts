import { expect, test } from 'vitest'
import { type SlackHouse, type SlackHouseOptions, buttonsOf, slackHouse, wordsOf } from './harness.js'
import { afterEach } from 'vitest'

let open: SlackHouse[] = []

afterEach(async () => {
  const all = open
  open = []
  for (const house of all) await house.close()
})

async function asked(options: SlackHouseOptions = {}) {
  const house = await slackHouse(options)
  open.push(house)
  await house.slack.command('U1', 'C1', 'propose march')
  await house.settled()
  const [card] = house.said()
  if (card === undefined) throw new Error('no card')
  return { house, card }
}

async function opened(options: SlackHouseOptions = {}) {
  const { house, card } = await asked(options)
  await house.slack.click('U2', card, 'reject')
  await house.settled()
  const [view] = house.emulator.world.views
  if (view === undefined) throw new Error('no window')
  return { house, card, view }
}

/** A desk whose forms are made only once `until` resolves. */
function slow(until: Promise<void>): SlackHouseOptions {
  const change: SlackHouseOptions['change'] = (given) => ({
    ...given,
    desk: {
      ...given.desk,
      form: async (...wanted) => {
        await until
        return await given.desk.form(...wanted)
      },
    },
  })
  return { change }
}

/** Waits for a window, and returns it as it is now. */
async function windowOf({ emulator }: SlackHouse) {
  while (emulator.world.views.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const [view] = emulator.world.views
  if (view === undefined) throw new Error('no window')
  return view
}

test('a form that takes long: a window that says so opens at once, and becomes the form', async () => {
  let finish = () => {}
  const { house, card } = await asked(slow(new Promise<void>((resolve) => (finish = resolve))))
  await house.slack.click('U2', card, 'reject')
  const view = await windowOf(house)
  expect(view.view).toMatchObject({ title: { text: 'One moment' } })
  expect(view.view).not.toHaveProperty('submit')
  finish()
  await house.settled()
  expect(view).toMatchObject({ updates: 1, view: { title: { text: 'Reject APR-0001' } } })
  await house.slack.submit(view, 'because')
  await house.settled()
  expect(wordsOf(card)).toContain('Rejected by Lee')
})

test('a form that takes long and is refused: the window says why, with nothing to send off', async () => {
  let finish = () => {}
  const { house, card } = await asked(slow(new Promise<void>((resolve) => (finish = resolve))))
  await house.slack.click('U1', card, 'reject')
  const view = await windowOf(house)
  finish()
  await house.settled()
  expect(wordsOf(view.view as never)).toContain('Your role (biller) may not do that.')
  expect(view.view).not.toHaveProperty('submit')
})

test('a window closed while its form was made: nothing is done, and the asker hears what to type', async () => {
  let finish = () => {}
  const { house, card } = await asked(slow(new Promise<void>((resolve) => (finish = resolve))))
  await house.slack.click('U2', card, 'reject')
  const view = await windowOf(house)
  view.open = false
  finish()
  await house.settled()
  const [told] = house.emulator.world.ephemerals
  expect(wordsOf(told)).toContain('reject APR-0001 because <reason>')
  expect(buttonsOf(card)).toEqual(['approve', 'reject'])
})

test('a window sent off twice, and a submission sent again: carried out once', async () => {
  const { house, view } = await opened()
  const first = house.slack.request.submit(view, 'because')
  const second = house.slack.request.submit(view, 'because')
  await Promise.all([first, first, second].map((request) => house.slack.send(request)))
  await house.settled()
  const decided = (await house.billing.trail()).filter(({ action }) => action === 'bill.rejected')
  expect(decided).toHaveLength(1)
  expect(house.log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('mistakes the values show are answered at once, in the window, which is sent off again', async () => {
  const { house, card, view } = await opened()
  const sent = await house.slack.submit(view, 'x'.repeat(501))
  expect(JSON.parse(sent.body)).toEqual({
    response_action: 'errors',
    errors: { reason: 'At most 500 characters; these are 501.' },
  })
  expect((await house.slack.submit(view, 'x'.repeat(500))).body).toBe('')
  await house.settled()
  expect(wordsOf(card)).toContain('Rejected by Lee')
})

test('a window of a form there is not, or with another field, is refused and changes nothing', async () => {
  const { house, card, view } = await opened()
  const blocks = view.view['blocks'] as readonly Record<string, unknown>[]
  const renamed = blocks.map((block) =>
    block['type'] === 'input' ? { ...block, block_id: 'amount' } : block,
  )
  for (const changed of [{ callback_id: 'approve' }, { callback_id: 'wipe' }, { blocks: renamed }]) {
    const forged = { ...view, view: { ...view.view, ...changed } }
    expect((await house.slack.submit(forged, 'because')).status).toBe(200)
    await house.settled()
  }
  const whispers = house.emulator.world.ephemerals.map((each) => wordsOf(each))
  expect(whispers).toEqual([
    expect.stringContaining('may not do that'),
    expect.stringContaining('may not do that'),
    expect.stringContaining('not what the form asks for'),
  ])
  expect(buttonsOf(card)).toEqual(['approve', 'reject'])
})

/** An admin's list of people, with the form to add somebody open. */
async function adding() {
  const house = await slackHouse({ people: 'slack:T1:U1=admin:Ann' })
  open.push(house)
  await house.slack.command('U1', 'C1', 'people')
  await house.settled()
  const [list] = house.said()
  if (list === undefined) throw new Error('no list')
  expect(buttonsOf(list)).toEqual(['addPerson', 'changeRole', 'removePerson'])
  await house.slack.click('U1', list, 'addPerson')
  await house.settled()
  const [view] = house.emulator.world.views
  if (view === undefined) throw new Error('no window')
  return { house, list, view }
}

const EVE = { name: 'Eve', role: 'approver', identity: 'U5' }

test('somebody is picked, and is who they are in the asker’s workspace; the answer stands below the list', async () => {
  const { house, list, view } = await adding()
  const sent = await house.slack.submit(view, { name: 'Eve', role: 'approver' })
  expect(JSON.parse(sent.body)).toEqual({
    response_action: 'errors',
    errors: { identity: 'This is needed.' },
  })
  expect((await house.slack.submit(view, EVE)).body).toBe('')
  await house.settled()
  const [, answer] = house.said()
  expect(wordsOf(answer)).toContain('Eve is approver here now')
  expect(answer?.threadTs).toBe(list.ts)
  expect((await house.studio.everybody()).people).toContainEqual({
    id: 'slack:T1:U5',
    name: 'Eve',
    role: 'approver',
    identities: ['slack:T1:U5'],
  })
})

test('a window sent off twice is carried out once: the second is no mistake of anybody', async () => {
  const { house, view } = await adding()
  await house.slack.submit(view, EVE)
  await house.settled()
  await house.slack.submit(view, { ...EVE, name: 'Eva' })
  await house.settled()
  const trail = (await house.billing.trail()).map(({ action }) => action)
  expect(trail.filter((action) => action.startsWith('people.'))).toEqual(['people.added'])
  expect(house.emulator.world.ephemerals).toEqual([])
})

test('what only the desk can find wrong is said after the window is closed, with what to type', async () => {
  const { house, view } = await adding()
  await house.slack.submit(view, { ...EVE, identity: 'U1' })
  await house.settled()
  const [told] = house.emulator.world.ephemerals
  expect(wordsOf(told)).toContain('slack:T1:U1 is Ann (admin) already.')
})

test('a user who is none, a choice that is no text: the request is not understood', async () => {
  const { house, view } = await adding()
  const good = house.slack.request.submit(view, EVE)
  const payload = new URLSearchParams(good.body).get('payload') ?? ''
  for (const [from, to] of [
    ['"selected_user":"U5"', '"selected_user":"U5:console:dana"'],
    ['"selected_user":"U5"', '"selected_user":["U5"]'],
    ['"value":"Eve"', '"value":5'],
    ['"selected_option":{', '"selected_option":5,"x":{'],
  ] as const) {
    expect(payload).toContain(from)
    const body = new URLSearchParams({ payload: payload.replace(from, to) }).toString()
    expect((await house.slack.send(house.slack.sign(body, 'form'))).status).toBe(400)
  }
  await house.settled()
  expect((await house.studio.everybody()).people).toHaveLength(1)
})

test('a setting in two windows: which one, then what it is to be', async () => {
  const house = await slackHouse({ people: 'slack:T1:U1=admin:Ann' })
  open.push(house)
  await house.slack.command('U1', 'C1', 'settings')
  await house.settled()
  const [list] = house.said()
  if (list === undefined) throw new Error('no list')
  await house.slack.click('U1', list, 'chooseSetting')
  await house.settled()
  const [which] = house.emulator.world.views
  if (which === undefined) throw new Error('no window')
  expect((await house.slack.submit(which, { setting: 'increases' })).body).toBe('')
  await house.settled()
  const one = house.said()[1]
  expect(wordsOf(one)).toContain('Setting: increases')
  if (one === undefined) throw new Error('the setting was not shown')
  await house.slack.click('U1', one, 'setting')
  await house.settled()
  const change = house.emulator.world.views[1]
  if (change === undefined) throw new Error('no second window')
  await house.slack.submit(change, { value: 'full', from: '2026-04-01' })
  await house.settled()
  expect(wordsOf(house.said()[2])).toContain('added seats prorated → added seats in full, from 1 Apr 2026')
  expect((await house.billing.books()).settings).toMatchObject([
    { says: { increases: 'full' }, by: { id: 'slack:T1:U1', name: 'Ann' } },
  ])
})
