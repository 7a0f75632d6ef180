import { afterAll, describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import type { SlackMessageRecord } from '../../emulators/slack/workspace.js'
import { observed, decimal } from '../../support/observed.js'
import { type Change, mutant } from '../../support/mutant.js'
import { type SlackHouse, type SlackHouseOptions, buttonsOf, slackHouse, wordsOf } from './harness.js'

const open: SlackHouse[] = []
afterAll(async () => {
  for (const each of open) await each.close()
})

async function house(options: SlackHouseOptions = {}): Promise<SlackHouse> {
  const made = await slackHouse({
    ...options,
    emulator: { channels: ['C1', 'C2'].map((id) => ({ id, withBot: true })), ...options.emulator },
  })
  open.push(made)
  return made
}

/** The surface with one guard taken away. */
async function without(change: Omit<Change, 'entry'>): Promise<SlackHouse> {
  const { createSlackSurface } = await mutant<typeof product>({ ...change, entry: 'app.ts' })
  return house({ create: createSlackSurface })
}

/** Dana proposes March in a channel; returns the card. */
async function proposed(given: SlackHouse, channel = 'C1'): Promise<SlackMessageRecord> {
  await given.slack.command('U1', channel, 'propose march')
  await given.settled()
  const card = given.said(channel).at(-1)
  if (card === undefined) throw new Error('no card was posted')
  return card
}

function whispers({ emulator }: SlackHouse, user: string): string[] {
  return emulator.world.ephemerals.filter((one) => one.user === user).map(wordsOf)
}

async function decisions({ billing }: SlackHouse) {
  return (await billing.trail()).filter(({ action }) =>
    /^(approval|bill|void)\.(approved|rejected)$/.test(action),
  )
}

describe('approving', () => {
  test('the card loses its buttons and says who, when and what; nothing new is posted', async () => {
    const given = await house()
    const card = await proposed(given)
    expect(buttonsOf(card)).toEqual(['approve', 'reject'])
    expect(wordsOf(card)).toContain('This bills $514.52 (2 lines) to 1 customer.')
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    expect(buttonsOf(card)).toEqual(['download'])
    expect(wordsOf(card)).toContain('Approved by Lee on 20 Mar 2026 09:00.')
    expect(given.said()).toHaveLength(1)
    expect(given.emulator.world.ephemerals).toEqual([])
    expect((await given.billing.books()).billed).toHaveLength(2)
  })

  test('every card of the request follows, wherever it was decided', async () => {
    const given = await house()
    const first = await proposed(given)
    await given.slack.command('U3', 'C2', 'approval APR-0001')
    await given.slack.direct('U3', 'approval APR-0001')
    await given.settled()
    const second = given.said('C2').at(-1)
    const third = given.said(given.emulator.world.direct('U3').id).at(-1)
    for (const card of [first, second, third]) expect(buttonsOf(card)).toContain('approve')
    await given.slack.direct('U2', 'approve APR-0001')
    await given.settled()
    for (const card of [first, second, third]) {
      expect(buttonsOf(card)).toEqual(['download'])
      expect(wordsOf(card)).toContain('Approved by Lee')
    }
  })

  test('a card whose address could not be remembered follows all the same when it is clicked', async () => {
    const given = await house({
      change: (options) => {
        let fails = true
        const remember: typeof options.board.remember = async (card) => {
          if (fails) {
            fails = false
            throw new Error('the database does not answer')
          }
          await options.board.remember(card)
        }
        return { ...options, board: { ...options.board, remember } }
      },
    })
    const card = await proposed(given)
    expect(given.posted.cards).toEqual([])
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    expect(wordsOf(card)).toContain('Approved by Lee')
  })
})

describe('many clicks, one decision', () => {
  test('a double click: the second is told privately what was decided', async () => {
    const given = await house()
    const card = await proposed(given)
    await Promise.all([given.slack.click('U2', card, 'approve'), given.slack.click('U2', card, 'approve')])
    await given.settled()
    expect(await decisions(given)).toHaveLength(1)
    expect(whispers(given, 'U2')).toEqual([
      expect.stringContaining('You approved this already on 20 Mar 2026 09:00.'),
    ])
    expect((await given.billing.books()).billed).toHaveLength(2)
  })

  test('two people, one yes and one no: one decision, and the other is told', async () => {
    const given = await house()
    const card = await proposed(given)
    await given.slack.click('U3', card, 'reject')
    await given.settled()
    const view = given.emulator.world.views.at(-1)
    if (view === undefined) throw new Error('no window')
    await Promise.all([given.slack.click('U2', card, 'approve'), given.slack.submit(view, 'not yet')])
    await given.settled()
    expect(await decisions(given)).toHaveLength(1)
    const told = [...whispers(given, 'U2'), ...whispers(given, 'U3')]
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/It is decided already: (approved by Lee|rejected by Sam)/)
  })

  test('a hundred clicks of three people: one decision, every other one answered', async () => {
    const given = await house()
    const card = await proposed(given)
    const people = ['U2', 'U3', 'U4']
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => given.slack.click(people[index % 3] ?? '', card, 'approve')),
    )
    await given.settled()
    expect(await decisions(given)).toHaveLength(1)
    expect(given.emulator.world.ephemerals).toHaveLength(99)
    expect((await given.billing.books()).billed).toHaveLength(2)
    expect(wordsOf(card)).toMatch(/Approved by (Lee|Sam)/)
  })
})

describe('a click that decides nothing is answered privately, and changes nothing', () => {
  const untouched = async (
    given: SlackHouse,
    card: SlackMessageRecord,
    buttons: readonly string[] = ['approve', 'reject'],
  ): Promise<void> => {
    expect(await decisions(given)).toEqual([])
    expect(buttonsOf(card)).toEqual(buttons)
    expect(given.said()).toHaveLength(1)
    expect((await given.billing.books()).billed).toEqual([])
  }

  test.each([
    ['without the right', 'U1', undefined, 'Your role (biller) may not do that.'],
    ['by a stranger', 'U9', undefined, 'add slack:T1:U9 with the role admin to PEOPLE'],
    [
      'with another revision',
      'U2',
      { id: 'APR-0001', revision: '0000000000000000' },
      'The button shows other content',
    ],
    ['without a revision', 'U2', { id: 'APR-0001', revision: '' }, 'The button shows other content'],
    ['for a request there is not', 'U2', { id: 'APR-9999', revision: '0000000000000000' }, 'APR-9999'],
    [
      'with an amount put into it',
      'U2',
      { id: 'APR-0001', revision: 'x', amount: 1 },
      'There is no approval',
    ],
    ['with a list for an id', 'U2', { id: ['APR-0001'], revision: 'x' }, 'There is no approval'],
    ['with no JSON', 'U2', 'APR-0001', 'The button shows other content'],
    ['with nothing', 'U2', '', 'There is no approval'],
  ])('%s', async (_, user, value, words) => {
    const given = await house()
    const card = await proposed(given)
    const carried = value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
    const sent = await given.slack.click(user, card, 'approve', carried)
    expect(sent).toEqual({ status: 200, body: '' })
    await given.settled()
    expect(whispers(given, user)).toEqual([expect.stringContaining(words)])
    await untouched(given, card)
  })

  test('on a button that does not exist', async () => {
    const given = await house()
    const card = await proposed(given)
    for (const action of ['explode', '__proto__', 'constructor', 'toString']) {
      await given.slack.click('U2', card, action, '{"id":"APR-0001","revision":""}')
    }
    await given.settled()
    expect(whispers(given, 'U2')).toHaveLength(4)
    await untouched(given, card)
  })

  test('on one’s own request, when somebody else could decide', async () => {
    const given = await house()
    await given.slack.command('U2', 'C1', 'propose march')
    await given.settled()
    const [card] = given.said()
    if (card === undefined) throw new Error('no card')
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    expect(whispers(given, 'U2')).toEqual([expect.stringContaining('somebody else has to approve it')])
    await untouched(given, card)
  })

  test('on lines that have changed since: what changed, and how to go on', async () => {
    const given = await house()
    const card = await proposed(given)
    given.world.subscriptions = [observed({ quantity: decimal('30') })]
    given.world.now = new Date('2026-03-21T13:00:00Z')
    await given.studio.observe()
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    expect(whispers(given, 'U2')).toEqual([expect.stringContaining('is out of date')])
    expect(whispers(given, 'U2')[0]).toContain('Nothing was billed.')
    await untouched(given, card, ['again', 'reject'])
  })

  test('what is asked again for instead of it is about what is due now, and takes its place', async () => {
    const given = await house()
    const card = await proposed(given)
    given.world.subscriptions = [observed({ quantity: decimal('30') })]
    given.world.now = new Date('2026-03-21T13:00:00Z')
    await given.studio.observe()
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    await given.slack.click('U1', card, 'again')
    await given.settled()
    const [record] = await given.billing.open()
    expect(record).toMatchObject({ approval: { id: 'APR-0002', requestedByName: 'Dana' } })
    expect((await given.billing.approval('APR-0001'))?.approval.supersededBy).toBe('APR-0002')
  })

  test('without its audience, a refusal would be public', async () => {
    const given = await without({
      file: 'bot/slack/answer.ts',
      from: "if (reply.audience === 'asker')",
      to: 'if (reply.audience !== reply.audience)',
    })
    const card = await proposed(given)
    await given.slack.click('U1', card, 'approve')
    await given.settled()
    expect(given.said()).toHaveLength(2)
  })
})

describe('rejecting asks why', () => {
  test('in a window; the reason stands on the card and in the trail', async () => {
    const given = await house()
    const card = await proposed(given)
    await given.slack.click('U2', card, 'reject')
    await given.settled()
    const [view] = given.emulator.world.views
    if (view === undefined) throw new Error('no window')
    expect(view).toMatchObject({ user: 'U2', view: { title: { text: 'Reject APR-0001' } } })
    expect(await decisions(given)).toEqual([])
    const sent = await given.slack.submit(view, '  the seats of <!channel> are *wrong*\n')
    expect(sent).toEqual({ status: 200, body: '' })
    await given.settled()
    expect(wordsOf(card)).toContain(
      'Rejected by Lee on 20 Mar 2026 09:00: the seats of <!channel> are *wrong*.',
    )
    expect(card.mentions).toEqual([])
    expect(buttonsOf(card)).toEqual([])
    expect(await decisions(given)).toMatchObject([
      { details: { reason: 'the seats of <!channel> are *wrong*' } },
    ])
  })

  test('a reason of spaces keeps the window open and decides nothing', async () => {
    const given = await house()
    const card = await proposed(given)
    await given.slack.click('U2', card, 'reject')
    await given.settled()
    const [view] = given.emulator.world.views
    if (view === undefined) throw new Error('no window')
    const sent = await given.slack.submit(view, ' \n\t ')
    expect(JSON.parse(sent.body)).toEqual({
      response_action: 'errors',
      errors: { reason: 'A rejection needs a reason.' },
    })
    await given.settled()
    expect(view.open).toBe(true)
    expect(await decisions(given)).toEqual([])
    expect(buttonsOf(card)).toEqual(['approve', 'reject'])
  })

  test('by somebody without the right: told privately, nothing decided', async () => {
    const given = await house()
    const card = await proposed(given)
    await given.slack.click('U1', card, 'reject')
    await given.settled()
    expect(given.emulator.world.views).toEqual([])
    expect(whispers(given, 'U1')).toEqual([expect.stringContaining('Your role (biller) may not do that.')])
    expect(await decisions(given)).toEqual([])
  })

  test('when the window does not open in time: what to type instead', async () => {
    const given = await house()
    const card = await proposed(given)
    const request = given.slack.request.click('U2', card, 'reject')
    given.world.now = new Date(given.world.now.getTime() + 4000)
    await given.slack.send(request)
    await given.settled()
    expect(given.emulator.world.views).toEqual([])
    expect(whispers(given, 'U2')).toEqual([expect.stringMatching(/reject APR-0001 because <reason>/)])
    await given.slack.command('U2', 'C1', 'reject APR-0001 because the window was late')
    await given.settled()
    expect(wordsOf(card)).toContain('Rejected by Lee')
  })

  test('with a window somebody wrote into: nothing is decided', async () => {
    const given = await house()
    const card = await proposed(given)
    await given.slack.click('U2', card, 'reject')
    await given.settled()
    const [view] = given.emulator.world.views
    if (view === undefined) throw new Error('no window')
    for (const note of ['', 'null', '{"target":{"id":"APR-0001"}}', '{"target":{"id":5,"revision":"x"}}']) {
      const forged = { ...view, view: { ...view.view, private_metadata: note } }
      expect((await given.slack.submit(forged, 'because')).status).toBe(200)
    }
    await given.settled()
    expect(await decisions(given)).toEqual([])
    expect(buttonsOf(card)).toEqual(['approve', 'reject'])
  })
})

describe('a card that missed its update', () => {
  /** Lee approves while Slack does not answer: the decision stands, the card still has its buttons. */
  async function missed(given: SlackHouse): Promise<SlackMessageRecord> {
    const card = await proposed(given)
    given.emulator.setOutage('invalid_auth')
    await given.slack.command('U2', 'C1', 'approve APR-0001')
    await given.settled()
    given.emulator.setOutage()
    expect(await decisions(given)).toHaveLength(1)
    expect(buttonsOf(card)).toEqual(['approve', 'reject'])
    return card
  }

  test('is mended by the next click, and the clicker is told', async () => {
    const given = await house()
    const card = await missed(given)
    await given.slack.click('U3', card, 'approve')
    await given.settled()
    expect(whispers(given, 'U3')).toEqual([expect.stringContaining('It is decided already: approved by Lee')])
    expect(buttonsOf(card)).toEqual(['download'])
    expect(wordsOf(card)).toContain('Approved by Lee')
  })

  test('without that, it would keep its buttons for ever', async () => {
    const given = await without({
      file: 'bot/slack/answer.ts',
      from: 'if (approval !== undefined) await mend(parts, approval, origin)',
      to: '',
    })
    const card = await missed(given)
    await given.slack.click('U3', card, 'approve')
    await given.settled()
    expect(buttonsOf(card)).toEqual(['approve', 'reject'])
  })

  test('an expired card loses its buttons when it is clicked', async () => {
    const given = await house()
    const card = await proposed(given)
    given.world.now = new Date('2026-03-24T13:00:00Z')
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    expect(whispers(given, 'U2')).toEqual([expect.stringContaining('It expired on')])
    expect(buttonsOf(card)).toEqual(['again'])
  })
})
