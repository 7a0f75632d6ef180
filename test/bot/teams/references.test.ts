import { describe, expect, test } from 'vitest'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { helpCard } from '../../../bot/cards/status.js'
import { mutant } from '../../support/mutant.js'
import { type Office, TENANT, read, startOffice } from './office.js'

async function start(create: typeof createTeamsSurface = createTeamsSurface): Promise<Office> {
  return await startOffice(() => ({}), create)
}

async function installed(office: Office, ...given: Parameters<Office['player']['install']>): Promise<void> {
  await office.player.install(...given)
  await office.work.finish()
}

async function uninstalled(
  office: Office,
  ...given: Parameters<Office['player']['uninstall']>
): Promise<void> {
  await office.player.uninstall(...given)
  await office.work.finish()
}

function identityOf({ aadObjectId }: { readonly aadObjectId: string }): string {
  return `teams:${TENANT}:${aadObjectId}`
}

const CARD = helpCard(undefined)

describe('what is remembered', () => {
  test('who wrote or clicked where, without the thread, with what is needed to write there', async () => {
    const office = await start()
    const card = await office.say(office.dana, office.channel, 'propose march')
    await office.click(office.lee, card.id, 'Approve')
    const rows = office.references.rows()
    expect(rows.map(({ member }) => member)).toEqual(['29:dana', '29:lee'])
    expect(rows[0]).toEqual({
      conversation: office.channel.id,
      kind: 'channel',
      team: '',
      tenant: TENANT,
      person: office.dana.aadObjectId,
      member: '29:dana',
      serviceUrl: office.emulator.serviceUrl,
      bot: office.emulator.botId,
      seenAt: office.world.now,
    })
  })

  test('the Connector that named the conversation last', async () => {
    const office = await start()
    await office.say(office.dana, office.personal(office.dana), 'help')
    const message = office.player.message(office.dana, office.personal(office.dana), 'help')
    const moved = `${office.emulator.origin}/teams/`
    office.world.now = new Date(office.world.now.getTime() + 1000)
    expect((await office.player.deliver({ ...message, serviceUrl: moved })).status).toBe(200)
    await office.work.finish()
    expect(office.references.rows()).toMatchObject([{ serviceUrl: moved, seenAt: office.world.now }])
  })

  test('nothing of what is not genuine, and not of bots', async () => {
    const office = await start()
    const message = office.player.message(office.dana, office.channel, 'help')
    await office.player.deliver(message, {})
    await office.player.deliver(message, { authorization: 'Bearer a.b.c' })
    await office.player.deliver({ ...message, from: { id: '28:other' } })
    await office.work.finish()
    expect(office.references.rows()).toEqual([])
  })

  test('a memory that fails stops no answer', async () => {
    const down = async () => Promise.reject(new Error('down'))
    const office = await startOffice(({ references }) => ({
      references: { ...references, remember: down, ofPerson: down, inConversation: down },
    }))
    const card = await office.say(office.dana, office.channel, 'propose march')
    expect(read(card.card)).toContain('APR-0001')
    await office.say(office.kim, office.channel, 'who march')
    expect(office.emulator.world.posted.at(-1)?.conversation).toBe(office.personal(office.kim).id)
    expect(JSON.stringify(office.log.lines)).toContain('could not be remembered')
  })
})

describe('being added', () => {
  test('by somebody for themselves is answered once with what it does and what they may', async () => {
    const office = await start()
    const chat = office.personal(office.dana)
    await installed(office, office.dana, chat)
    await installed(office, office.dana, chat)
    const [welcome, ...more] = office.emulator.world.posted
    expect(more).toEqual([])
    expect(read(welcome?.card)).toContain('Your role here: biller (as Dana)')
    expect(read(welcome?.card)).toContain('help: what can be asked')
    expect(read(welcome?.card)).toContain('people link')
    expect(office.references.rows()).toMatchObject([{ kind: 'personal', person: office.dana.aadObjectId }])
  })

  test('by somebody without a role says how to get one', async () => {
    const office = await start()
    await installed(office, office.kim, office.personal(office.kim))
    expect(read(office.emulator.world.posted[0]?.card)).toContain('Your role here: none yet')
  })

  test('to a channel by a person is a line, once', async () => {
    const office = await start()
    await installed(office, office.dana, office.channel, '19:team')
    await installed(office, office.lee, office.channel, '19:team')
    expect(office.emulator.world.posted.map(({ card }) => read(card))).toEqual([
      'Hello. Name me and type “help”: I say what can be asked here.',
    ])
  })

  test('to a channel by nobody in particular, a new version, other members: not a word', async () => {
    const office = await start()
    const base = office.player.message(office.dana, office.channel, '')
    const nobody = { id: office.dana.id, name: 'Roll-out' }
    for (const change of [
      { type: 'installationUpdate', action: 'add', from: nobody },
      { type: 'installationUpdate', action: 'add-upgrade' },
      { type: 'installationUpdate', action: 'remove-upgrade' },
      { type: 'installationUpdate' },
      { type: 'conversationUpdate', membersAdded: [{ id: '29:sam' }] },
      { type: 'conversationUpdate', membersAdded: 'everybody' },
      { type: 'conversationUpdate' },
    ]) {
      expect((await office.player.deliver({ ...base, ...change })).status).toBe(200)
    }
    await office.work.finish()
    expect(office.emulator.calls).toEqual([])
  })

  test('and taken away: nobody is known there any more, in no channel of that team', async () => {
    const office = await start()
    const second = office.emulator.world.addConversation('channel', [office.dana])
    await installed(office, office.dana, office.channel, '19:team')
    await installed(office, office.dana, second, '19:team')
    await office.say(office.dana, office.personal(office.dana), 'help')
    await uninstalled(office, office.dana, office.channel, '19:team')
    expect(office.references.rows()).toMatchObject([{ kind: 'personal' }])
    await uninstalled(office, office.dana, office.personal(office.dana))
    expect(office.references.rows()).toEqual([])
  })
})

describe('writing to a person without having been asked', () => {
  test('uses the chat they are known to have', async () => {
    const office = await start()
    await installed(office, office.dana, office.personal(office.dana))
    const before = office.emulator.calls.length
    await office.surface.tellPerson(identityOf(office.dana), CARD)
    const told = office.emulator.world.posted.at(-1)
    expect(told?.conversation).toBe(office.personal(office.dana).id)
    expect(office.emulator.calls.slice(before)).toEqual([
      `POST /teams/v3/conversations/${encodeURIComponent(told?.conversation ?? '')}/activities`,
    ])
  })

  test('begins one where they were met elsewhere, and knows it from then on', async () => {
    const office = await start()
    await office.say(office.dana, office.channel, 'help')
    await office.surface.tellPerson(identityOf(office.dana), CARD)
    expect(office.emulator.world.posted.at(-1)?.conversation).toBe(office.personal(office.dana).id)
    expect(office.references.rows().map(({ kind }) => kind)).toEqual(['channel', 'personal'])
    const opened = () => office.emulator.calls.filter((call) => call.endsWith('/v3/conversations')).length
    expect(opened()).toBe(1)
    await office.surface.tellPerson(identityOf(office.dana), CARD)
    expect(opened()).toBe(1)
  })

  test('begins a new one where the old is gone', async () => {
    const office = await start()
    await office.say(office.dana, office.channel, 'help')
    const [met] = office.references.rows()
    if (met === undefined) throw new Error('nobody was met')
    const later = new Date(office.world.now.getTime() + 1000)
    await office.references.remember({ ...met, conversation: 'a:gone', kind: 'personal', seenAt: later })
    await office.surface.tellPerson(identityOf(office.dana), CARD)
    expect(office.emulator.world.posted.at(-1)?.conversation).toBe(office.personal(office.dana).id)
  })

  test.each([
    ['never met', identityOf({ aadObjectId: '00000000-0000-4000-8000-000000000077' })],
    ['of another tenant', 'teams:11111111-2222-4333-8444-555555555555:00000000-0000-4000-8000-000000000001'],
    ['of Slack', 'slack:T1:U1'],
    ['no identity', 'dana'],
  ])('somebody %s cannot be reached, and it is said', async (_, identity) => {
    const office = await start()
    await office.say(office.dana, office.channel, 'help')
    await expect(office.surface.tellPerson(identity, CARD)).rejects.toMatchObject({ kind: 'notFound' })
  })

  test('who has closed the chat, and a Connector that is out, are told apart', async () => {
    const office = await start()
    await office.say(office.dana, office.channel, 'help')
    office.emulator.closed.add(office.dana.id)
    const tell = () => office.surface.tellPerson(identityOf(office.dana), CARD)
    await expect(tell()).rejects.toMatchObject({ kind: 'held' })
    office.emulator.closed.clear()
    office.emulator.setFault({ kind: 'dropped' })
    await expect(tell()).rejects.toMatchObject({ kind: 'unavailable' })
  })

  test('without an answer it is not sent a second time', async () => {
    const office = await start()
    await installed(office, office.dana, office.personal(office.dana))
    const before = office.emulator.calls.length
    office.emulator.setFault({ kind: 'dropped' })
    await expect(office.surface.tellPerson(identityOf(office.dana), CARD)).rejects.toThrow(
      'Teams did not answer.',
    )
    expect(office.emulator.calls.length - before).toBe(1)
  })
})

test('twin: without looking for the stored chat, one is begun each time', async () => {
  const { createTeamsSurface: careless } = await mutant<typeof product>({
    file: 'bot/teams/references.ts',
    from: "met.find(({ kind }) => kind === 'personal')",
    to: 'met.find(() => false)',
    entry: 'app.ts',
  })
  const office = await start(careless)
  await installed(office, office.dana, office.personal(office.dana))
  await office.surface.tellPerson(identityOf(office.dana), CARD)
  expect(office.emulator.calls.at(-2)).toBe('POST /teams/v3/conversations')
})
