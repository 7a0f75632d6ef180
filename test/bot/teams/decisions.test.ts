import { describe, expect, test } from 'vitest'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { buttonsOf } from '../../emulators/teams/cards.js'
import { resultOf } from '../../emulators/teams/player.js'
import type { Posted, User } from '../../emulators/teams/world.js'
import { mutant } from '../../support/mutant.js'
import { decimal, observed } from '../../support/observed.js'
import { type Office, read, startOffice } from './office.js'

interface Asked {
  readonly office: Office
  /** The card of APR-0001, asked for by Dana in the channel. */
  readonly card: Posted
}

async function asked(create: typeof createTeamsSurface = createTeamsSurface): Promise<Asked> {
  const office = await startOffice(() => ({}), create)
  return { office, card: await office.say(office.dana, office.channel, 'propose march') }
}

function titles({ emulator }: Office, id: string): string[] {
  return buttonsOf(emulator.world.find(id)?.card ?? {}).map(({ title }) => title)
}

async function decisions({ billing }: Office): Promise<string[]> {
  const trail = await billing.trail('APR-0001')
  return trail.map(({ action }) => action).filter((action) => /^bill\.(approved|rejected)$/.test(action))
}

async function revision({ billing }: Office): Promise<string> {
  const record = await billing.approval('APR-0001')
  return record?.approval.fingerprint.slice(0, 16) ?? ''
}

/** A click of one's own making, with any verb and data. */
async function press(
  { office, card }: Asked,
  user: User,
  verb: string,
  data: Readonly<Record<string, unknown>>,
) {
  const result = resultOf(await office.player.deliver(office.player.invoke(user, card.id, { verb, data })))
  await office.work.finish()
  return result
}

describe('approving', () => {
  test('takes two clicks: the first repeats amount, count and target, the second decides', async () => {
    const { office, card } = await asked()
    expect(titles(office, card.id)).toEqual(['Approve', 'Reject'])
    const question = await office.click(office.lee, card.id, 'Approve')
    expect(read(question.card)).toContain('Approve BR-0001?\nThis bills $514.52 (2 lines) to 1 customer.')
    expect(buttonsOf(question.card ?? {}).map(({ title }) => title)).toEqual(['Approve', 'Back'])
    expect(await decisions(office)).toEqual([])
    expect(titles(office, card.id)).toEqual(['Approve', 'Reject'])
    const decided = await office.click(office.lee, card.id, 'Approve')
    expect(read(decided.card)).toContain('Approved by Lee on 20 Mar 2026')
    expect(await decisions(office)).toEqual(['bill.approved'])
  })

  test('the card loses its buttons for all and says who and when; everywhere it stands', async () => {
    const { office, card } = await asked()
    const trail = await office.say(office.sam, office.personal(office.sam), 'approval APR-0001')
    await office.click(office.lee, card.id, 'Approve')
    await office.click(office.lee, card.id, 'Approve')
    for (const { id } of [card, trail]) {
      expect(titles(office, id)).toEqual(['Download CSV'])
      expect(read(office.emulator.world.find(id)?.card)).toContain('Approved by Lee')
    }
    expect(office.emulator.world.posted).toHaveLength(2)
  })

  test('typed, it decides too, and the cards follow', async () => {
    const { office, card } = await asked()
    await office.say(office.lee, office.personal(office.lee), 'approve APR-0001')
    expect(titles(office, card.id)).toEqual(['Download CSV'])
  })

  test('the way back shows the card again', async () => {
    const { office, card } = await asked()
    await office.click(office.lee, card.id, 'Approve')
    const back = await office.click(office.lee, card.id, 'Back')
    expect(buttonsOf(back.card ?? {}).map(({ title }) => title)).toEqual(['Approve', 'Reject'])
    expect(await decisions(office)).toEqual([])
  })

  test('a first click never decides, whatever it carries', async () => {
    const open = await asked()
    const good = await revision(open.office)
    for (const data of [
      { id: 'APR-0001', revision: good },
      { id: 'APR-0001', revision: '' },
      { id: 'apr-0001', revision: good },
    ]) {
      await press(open, open.office.lee, 'approve', data)
    }
    expect(await decisions(open.office)).toEqual([])
  })

  test('twin: with one step instead of two, the first click decides', async () => {
    const { createTeamsSurface: hasty } = await mutant<typeof product>({
      file: 'bot/teams/click.ts',
      from: 'if (isAsked(verb)) return await ask(parts, verb, press, origin)',
      to: '',
      entry: 'app.ts',
    })
    const { office, card } = await asked(hasty)
    await office.click(office.lee, card.id, 'Approve')
    expect(await decisions(office)).toEqual(['bill.approved'])
  })
})

describe('rejecting', () => {
  test('asks why, and says so on the card', async () => {
    const { office, card } = await asked()
    const question = await office.click(office.lee, card.id, 'Reject')
    expect(read(question.card)).toContain('Why is it rejected? ____')
    const decided = await office.click(office.lee, card.id, 'Reject', {
      reason: '  the seats of <at>Sam</at> are wrong ',
    })
    expect(read(decided.card)).toContain('Rejected by Lee')
    expect(read(decided.card)).toContain(': the seats of <at>Sam</at> are wrong.')
    expect(titles(office, card.id)).toEqual([])
    expect(await decisions(office)).toEqual(['bill.rejected'])
  })

  test.each([undefined, '', '   ', '\n'])('with the reason %j it is asked again', async (reason) => {
    const { office, card } = await asked()
    await office.click(office.lee, card.id, 'Reject')
    const again = await office.click(office.lee, card.id, 'Reject', reason === undefined ? {} : { reason })
    expect(read(again.card)).toContain('A rejection needs a reason.')
    expect(await decisions(office)).toEqual([])
  })

  test('a reason nobody would read to its end is not cut but asked for again, and stands there', async () => {
    const { office, card } = await asked()
    await office.click(office.lee, card.id, 'Reject')
    const again = await office.click(office.lee, card.id, 'Reject', { reason: 'x'.repeat(600) })
    expect(read(again.card)).toContain('At most 500 characters; these are 600.')
    expect(await decisions(office)).toEqual([])
    const decided = await office.click(office.lee, card.id, 'Reject', { reason: 'x'.repeat(500) })
    expect(read(decided.card)).toContain('Rejected by Lee')
  })
})

describe('one decision', () => {
  test('two people at once: one card, one private answer', async () => {
    const { office, card } = await asked()
    await office.click(office.lee, card.id, 'Approve')
    await office.click(office.sam, card.id, 'Approve')
    const answers = await Promise.all([
      office.click(office.lee, card.id, 'Approve'),
      office.click(office.sam, card.id, 'Approve'),
    ])
    const [winner, ...others] = answers.filter(({ card: shown }) => shown !== undefined)
    const [loser] = answers.filter(({ words }) => words !== undefined)
    expect(others).toEqual([])
    expect(read(winner?.card)).toMatch(/Approved by (Lee|Sam)/)
    expect(loser?.words).toMatch(/It is decided already: approved by (Lee|Sam)/)
    expect(await decisions(office)).toEqual(['bill.approved'])
    expect(office.emulator.world.posted).toHaveLength(1)
    expect(titles(office, card.id)).toEqual(['Download CSV'])
  })

  test('a hundred clicks of two people: one decision, an answer to each, the card right at the end', async () => {
    const open = await asked()
    const { office, card } = open
    const data = { id: 'APR-0001', revision: await revision(office) }
    const people = [office.lee, office.sam]
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const verb = index % 3 === 2 ? 'submit' : 'approveSure'
        const filled = { form: 'reject', key: String(index), reason: 'no' }
        const sent = { ...data, ...(verb === 'submit' ? filled : {}) }
        return await press(open, people[index % 2] ?? office.lee, verb, sent)
      }),
    )
    expect(answers.filter(({ card: shown }) => shown !== undefined)).toHaveLength(1)
    const lost = /It is decided already|You (approved|rejected) this already/
    expect(answers.filter(({ words }) => lost.test(words ?? ''))).toHaveLength(99)
    expect(await decisions(office)).toHaveLength(1)
    expect(titles(office, card.id)).not.toContain('Approve')
    expect(office.emulator.calls.filter((call) => call.startsWith('PUT')).length).toBeLessThan(10)
  })

  test('the same click sent again is taken once; the same under a new id is refused', async () => {
    const { office, card } = await asked()
    await office.click(office.lee, card.id, 'Approve')
    const first = await office.click(office.lee, card.id, 'Approve')
    const again = resultOf(await office.player.deliver(first.activity))
    expect(again.words).toBe('This click was already taken.')
    const renewed = resultOf(await office.player.deliver({ ...first.activity, id: 'f:another' }))
    expect(renewed.words).toContain('You approved this already on ')
    await office.work.finish()
    expect(await decisions(office)).toEqual(['bill.approved'])
  })

  test('a decision taken elsewhere shows here, and an old card is mended when clicked', async () => {
    const { office, card } = await asked()
    const lee = { id: `teams:${office.emulator.tenantId}:${office.lee.aadObjectId}` }
    await office.desk.ask(lee.id, 'approve APR-0001')
    expect(titles(office, card.id)).toEqual(['Approve', 'Reject'])
    const { words } = await office.click(office.sam, card.id, 'Approve')
    expect(words).toContain('It is decided already: approved by Lee')
    expect(titles(office, card.id)).toEqual(['Download CSV'])
  })
})

describe('what is refused is told to the clicker alone, and changes nothing', () => {
  test('the one who asked, where others could decide', async () => {
    const office = await startOffice()
    const card = await office.say(office.lee, office.channel, 'propose march')
    await office.click(office.lee, card.id, 'Approve')
    const { words } = await office.click(office.lee, card.id, 'Approve')
    expect(words).toContain('You asked for this, so somebody else has to approve it.')
    expect(titles(office, card.id)).toEqual(['Approve', 'Reject'])
    expect(office.emulator.world.posted).toHaveLength(1)
  })

  test.each([
    ['a viewer', (office: Office) => office.vic, 'Your role (viewer) may not do that.'],
    ['a biller', (office: Office) => office.dana, 'Your role (biller) may not do that.'],
    ['a stranger', (office: Office) => office.kim, 'You have no role here yet.'],
  ])('%s', async (_, who, expected) => {
    const open = await asked()
    const { words } = await press(open, who(open.office), 'approveSure', {
      id: 'APR-0001',
      revision: await revision(open.office),
    })
    expect(words).toContain(expected)
    expect(await decisions(open.office)).toEqual([])
    const trail = await open.office.billing.trail()
    expect(trail.at(-1)).toMatchObject({ action: 'right.refused' })
  })

  test('an expired request', async () => {
    const { office, card } = await asked()
    office.world.now = new Date('2026-03-24T13:00:00Z')
    const { words } = await office.click(office.lee, card.id, 'Approve')
    expect(words).toContain('It expired on 23 Mar 2026')
    expect(titles(office, card.id)).toEqual(['Ask again'])
  })

  test.each([
    ['between the question and the answer', ['Approve']],
    ['before the first click', []],
  ])('lines that changed %s: what changed, and what to do', async (_, before) => {
    const { office, card } = await asked()
    for (const label of before) await office.click(office.lee, card.id, label)
    office.world.subscriptions = [observed({ quantity: decimal('30') })]
    office.world.now = new Date('2026-03-20T14:00:00Z')
    await office.studio.observe()
    const { words } = await office.click(office.lee, card.id, 'Approve')
    expect(words).toMatch(
      /^APR-0001 is out of date\n\d lines? changed since it was shown\. Nothing was billed\./,
    )
    expect(words).toContain('Next: “propose march 2026” shows it as it is now.')
    expect(titles(office, card.id)).toEqual(['Ask again', 'Reject'])
    expect(await decisions(office)).toEqual([])
  })

  test('a superseded request', async () => {
    const { office, card } = await asked()
    await office.say(office.dana, office.channel, 'propose march')
    const { words } = await office.click(office.lee, card.id, 'Approve')
    expect(words).toContain('APR-0002 took its place.')
  })

  test.each([
    ['another id', 'approveSure', { id: 'APR-9999', revision: 'good' }, /There is no/],
    ['a run for a request', 'approveSure', { id: 'BR-0001', revision: 'good' }, /There is no/],
    ['no id', 'approveSure', { revision: 'good' }, /There is no/],
    ['an id that is a list', 'approveSure', { id: ['APR-0001'], revision: 'good' }, /There is no/],
    [
      'an id with a command in it',
      'approve',
      { id: 'APR-0001 because x', revision: 'good' },
      /No customer of BR-0001 is called “because x”/,
    ],
    ['other content', 'approveSure', { id: 'APR-0001', revision: '0000000000000000' }, /shows other content/],
    ['no content', 'approveSure', { id: 'APR-0001' }, /shows other content/],
    ['half the content', 'approveSure', { id: 'APR-0001', revision: 'goo' }, /shows other content/],
    [
      'other content at the first click',
      'approve',
      { id: 'APR-0001', revision: '00' },
      /shows other content/,
    ],
    ['a verb of nobody', 'approveAll', { id: 'APR-0001', revision: 'good' }, /may not do that/],
    ['a verb of every object', 'constructor', { id: 'APR-0001', revision: 'good' }, /may not do that/],
    ['no verb', '', { id: 'APR-0001', revision: 'good' }, /may not do that/],
    [
      'an amount beside it',
      'approveSure',
      { id: 'APR-0001', revision: '11', amount: '1.00' },
      /shows other content/,
    ],
    [
      'a file of a run that is not approved',
      'download',
      { id: 'BR-0001', revision: '' },
      /no approved bill run/,
    ],
  ])('a button changed to carry %s', async (_, verb, data, expected) => {
    const open = await asked()
    const good = await revision(open.office)
    const carried = Object.fromEntries(
      Object.entries(data).map(([name, value]) => [
        name,
        value === 'good' ? good : value === 'goo' ? good.slice(0, 8) : value,
      ]),
    )
    const { words, status } = await press(open, open.office.lee, verb, carried)
    expect(status).toBe(200)
    expect(words).toMatch(expected)
    expect(await decisions(open.office)).toEqual([])
    expect(open.office.emulator.world.posted).toHaveLength(1)
  })

  test.each([
    ['nothing', undefined],
    ['no action', {}],
    ['an action that is text', { action: 'approve' }],
    ['another kind of action', { action: { type: 'Action.Submit', verb: 'approveSure', data: {} } }],
    ['no data', { action: { type: 'Action.Execute', verb: 'approveSure' } }],
  ])('a click that carries %s', async (_, value) => {
    const { office, card } = await asked()
    const click = office.player.invoke(office.lee, card.id, { verb: 'approve', data: {} })
    const { words, status } = resultOf(await office.player.deliver({ ...click, value }))
    expect([status, words]).toEqual([200, expect.stringContaining('may not do that')])
    expect(await decisions(office)).toEqual([])
  })
})
