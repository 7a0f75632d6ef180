import { describe, expect, test } from 'vitest'
import type { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { refreshOf } from '../../../bot/teams/refresh.js'
import { buttonsOf, renewalOf } from '../../emulators/teams/cards.js'
import type { Card, Posted, User } from '../../emulators/teams/world.js'
import { mutant } from '../../support/mutant.js'
import { type Office, read, startOffice } from './office.js'

interface Asked {
  readonly office: Office
  readonly card: Posted
}

/** Everybody but Kim has spoken in the channel; then Dana, or somebody else, asks for a bill run there. */
async function asked(
  who: (office: Office) => User = ({ dana }) => dana,
  create?: typeof createTeamsSurface,
): Promise<Asked> {
  const office = await startOffice(() => ({}), create)
  const { dana, lee, sam, vic, kim, channel } = office
  for (const person of [dana, lee, sam, vic, kim]) await office.sayInVain(person, channel, 'help')
  return { office, card: await office.say(who(office), channel, 'propose march') }
}

function buttons(card: Card | undefined): string[] {
  return buttonsOf(card ?? {}).map(({ title }) => title)
}

async function look({ office, card }: Asked, person: User, later = false) {
  const seen = await office.player.look(person, card.id, later)
  await office.work.finish()
  return seen
}

function userIds({ office, card }: Asked): readonly string[] | undefined {
  return renewalOf(office.emulator.world.find(card.id)?.card ?? {})?.userIds
}

describe('each person sees what fits them', () => {
  test('those with a role who were met there are named on the card, and nobody else', async () => {
    const open = await asked()
    expect(userIds(open)).toEqual(['29:dana', '29:lee', '29:sam', '29:vic'])
  })

  test('who may decide sees the buttons', async () => {
    const open = await asked()
    const seen = await look(open, open.office.lee)
    expect(buttons(seen?.card)).toEqual(['Approve', 'Reject'])
    expect(read(seen?.card)).not.toMatch(/Waits for|may approve/)
  })

  test('who asked and may not decide sees whom it waits for', async () => {
    const open = await asked()
    const seen = await look(open, open.office.dana)
    expect(buttons(seen?.card)).toEqual([])
    expect(read(seen?.card)).toContain('Waits for Lee or Sam.')
  })

  test('an approver who asked may take it back, and waits for the other', async () => {
    const open = await asked(({ lee }) => lee)
    const seen = await look(open, open.office.lee)
    expect(buttons(seen?.card)).toEqual(['Reject'])
    expect(read(seen?.card)).toContain('Waits for Sam.')
  })

  test('a viewer sees who may decide, and no button', async () => {
    const open = await asked()
    const seen = await look(open, open.office.vic)
    expect(buttons(seen?.card)).toEqual([])
    expect(read(seen?.card)).toContain('Lee or Sam may approve this.')
  })

  test('what they see grants nothing: a click that is not on it is refused as before', async () => {
    const open = await asked()
    const { office, card } = open
    await look(open, office.vic)
    const record = await office.billing.approval('APR-0001')
    const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
    const click = office.player.invoke(office.vic, card.id, { verb: 'approveSure', data })
    expect((await office.player.deliver(click)).body).toMatchObject({
      value: expect.stringContaining('Your role (viewer) may not do that.') as string,
    })
    expect((await office.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
  })

  test('back from a question, too', async () => {
    const { office, card } = await asked(({ lee }) => lee)
    await office.click(office.lee, card.id, 'Reject')
    const back = await office.click(office.lee, card.id, 'Back')
    expect(buttons(back.card)).toEqual(['Reject'])
  })
})

describe('renewing', () => {
  test('changes nothing: nothing is posted, replaced, written down or remembered', async () => {
    const open = await asked()
    const { office } = open
    const state = async () => ({
      calls: office.emulator.calls.length,
      trail: (await office.billing.trail()).length,
      keys: office.once.keys.size,
      met: office.references.rows(),
    })
    const before = await state()
    for (const person of [office.dana, office.lee, office.vic]) await look(open, person)
    expect(await state()).toEqual(before)
  })

  test('ends: the client asks once for each state of a card, and the same request is answered alike', async () => {
    const open = await asked()
    const first = await look(open, open.office.vic)
    expect(await look(open, open.office.vic)).toBeUndefined()
    const again = await open.office.player.deliver(first?.activity ?? {})
    expect(again.body).toEqual(first?.body)
    // Its own view asks for nothing; a minute later the card that stands for all may be asked for again.
    expect(renewalOf(first?.card ?? {})).toBeUndefined()
    expect(buttons((await look(open, open.office.vic, true))?.card)).toEqual([])
  })

  test('after the decision it is answered, with how it ended, and no more is asked', async () => {
    const open = await asked()
    const { office, card } = open
    const asking = office.player.invoke(office.vic, card.id, { verb: 'refresh', data: { id: 'APR-0001' } })
    await office.say(office.lee, office.channel, 'approve APR-0001')
    const late = (await office.player.deliver(asking)).body as { readonly value: Card }
    expect(read(late.value)).toContain('Approved by Lee')
    expect(buttons(late.value)).toEqual([])
    expect(renewalOf(late.value)).toBeUndefined()
    expect(userIds(open)).toBeUndefined()
  })

  test('a card that is replaced while it is open keeps it, for those met by then', async () => {
    const open = await asked()
    const { office } = open
    const record = await office.billing.approval('APR-0001')
    if (record === undefined) throw new Error('nothing was asked')
    office.world.now = new Date('2026-03-20T15:00:00Z')
    await office.board.refresh(record)
    expect(office.emulator.world.find(open.card.id)?.updates).toBe(1)
    expect(userIds(open)).toHaveLength(4)
    expect(buttons((await look(open, office.vic))?.card)).toEqual([])
  })

  test.each([
    ['another request', { id: 'APR-9999' }, 404],
    ['no request', {}, 404],
    ['a run', { id: 'BR-0001' }, 404],
  ])('of %s leaves the card as it is', async (_, data, statusCode) => {
    const { office, card } = await asked()
    const asking = office.player.invoke(office.vic, card.id, { verb: 'refresh', data })
    const { status, body } = await office.player.deliver(asking)
    expect([status, body]).toMatchObject([200, { statusCode, type: 'application/vnd.microsoft.error' }])
    expect(JSON.stringify(body)).not.toContain('Contoso')
  })

  test('by somebody without a role is refused, said in no message, and noted once', async () => {
    const { office, card } = await asked()
    const refused = async () =>
      (await office.billing.trail()).filter(({ action }) => action === 'right.refused').length
    const before = [await refused(), office.emulator.world.posted.length]
    for (let times = 0; times < 5; times += 1) {
      const asking = office.player.invoke(office.kim, card.id, { verb: 'refresh', data: { id: 'APR-0001' } })
      const { body } = await office.player.deliver(asking)
      expect(body).toMatchObject({ statusCode: 403, type: 'application/vnd.microsoft.error' })
    }
    await office.work.finish()
    expect([await refused(), office.emulator.world.posted.length]).toEqual([(before[0] ?? 0) + 1, before[1]])
  })

  test('that breaks on our side is an error the client may repeat', async () => {
    const { office, card } = await asked()
    const broken = await startOffice(({ desk }) => ({
      desk: { ...desk, look: async () => Promise.reject(new Error('disk')) },
    }))
    const asking = office.player.invoke(office.vic, card.id, { verb: 'refresh', data: { id: 'APR-0001' } })
    const here = { ...asking, serviceUrl: broken.emulator.serviceUrl }
    const { body } = await broken.player.deliver(here)
    expect(body).toMatchObject({ statusCode: 500 })
    expect(JSON.stringify(body)).not.toContain('disk')
  })

  test('that takes too long is answered in time', async () => {
    const { createTeamsSurface: hurried } = await mutant<typeof product>({
      file: 'bot/teams/views.ts',
      from: 'timer = setTimeout(() => resolve(undefined), TEAMS_CLICK_MILLISECONDS)',
      to: 'timer = setTimeout(() => resolve(undefined), 20)',
      entry: 'app.ts',
    })
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const office = await startOffice(
      ({ desk }) => ({
        desk: {
          ...desk,
          look: async (...given) => {
            await gate
            return await desk.look(...given)
          },
        },
      }),
      hurried,
    )
    const card = await office.say(office.dana, office.channel, 'propose march')
    const asking = office.player.invoke(office.dana, card.id, { verb: 'refresh', data: { id: 'APR-0001' } })
    expect((await office.player.deliver(asking)).body).toMatchObject({ statusCode: 503 })
    release()
  })
})

test('sixty people at most are named, and only where something can be decided', async () => {
  const many = Array.from({ length: 100 }, (_, index) => `29:${index}`)
  const target = { id: 'APR-0001', revision: '0123456789abcdef' }
  const action = { label: 'Approve', tone: 'primary', target, command: 'approve APR-0001' } as const
  const card = (name: 'approve' | 'download') =>
    ({ title: 'T', tone: 'plain', blocks: [], actions: [{ name, ...action }] }) as const
  expect(refreshOf(card('approve'), many)?.userIds).toHaveLength(60)
  expect(refreshOf(card('approve'), [])).toBeUndefined()
  expect(refreshOf(card('download'), many)).toBeUndefined()
  expect(refreshOf(card('approve'), many)?.action.data).toEqual({ id: 'APR-0001', revision: '' })
})

test('twin: without its fit, who asked is offered what they could only be refused', async () => {
  const { createTeamsSurface: careless } = await mutant<typeof product>({
    file: 'bot/teams/views.ts',
    from: 'desk.look(origin.identity, id)',
    to: '(desk as unknown as { ask(who: string, text: string): ReturnType<typeof desk.look> }).ask(origin.identity, `approval ${id}`)',
    entry: 'app.ts',
  })
  const open = await asked(({ dana }) => dana, careless)
  expect(buttons((await look(open, open.office.dana))?.card)).toEqual(['Approve', 'Reject'])
})
