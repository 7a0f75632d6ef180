import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createWork } from '../../../bot/http.js'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { buttonsOf } from '../../emulators/teams/cards.js'
import { memoryLog } from '../../support/memory-log.js'
import { mutant } from '../../support/mutant.js'
import { type Office, optionsFor, read, startOffice } from './office.js'

function titles({ emulator }: Office, id: string): string[] {
  return buttonsOf(emulator.world.find(id)?.card ?? {}).map(({ title }) => title)
}

async function approved({ billing }: Office): Promise<boolean> {
  return (await billing.approval('APR-0001'))?.approval.decision?.verdict === 'approved'
}

function messages({ log }: Office): string[] {
  return log.lines.map(({ message }) => message)
}

describe('a Connector that is out', () => {
  test.each([
    ['cuts the line', { kind: 'dropped' } as const],
    ['refuses', { kind: 'status', status: 403 } as const],
    ['leads elsewhere', { kind: 'redirect', location: 'http://127.0.0.1:9/' } as const],
  ])(
    'and %s keeps nobody from deciding; the clicker sees the decision, the others when it is back',
    async (_, fault) => {
      const office = await startOffice()
      const card = await office.say(office.dana, office.channel, 'propose march')
      office.emulator.setFault(fault)
      await office.click(office.lee, card.id, 'Approve')
      const decided = await office.click(office.lee, card.id, 'Approve')
      expect(read(decided.card)).toContain('Approved by Lee')
      expect(await approved(office)).toBe(true)
      expect(titles(office, card.id)).toEqual(['Approve', 'Reject'])
      expect(messages(office)).toEqual(['a posted card could not be updated'])
      office.emulator.setFault(undefined)
      const { words } = await office.click(office.sam, card.id, 'Reject')
      expect(words).toContain('It is decided already: approved by Lee')
      expect(titles(office, card.id)).toEqual(['Download CSV'])
    },
  )

  test('a command is carried out all the same, and the log says that nobody heard', async () => {
    const office = await startOffice()
    office.emulator.setFault({ kind: 'dropped' })
    await office.sayInVain(office.dana, office.channel, 'propose march')
    expect(await office.billing.approval('APR-0001')).toBeDefined()
    expect(messages(office)).toEqual(['an answer may not have arrived; it is not repeated'])
    expect(await office.deliveries.standing(new Date(0))).toMatchObject({ waiting: 0, unknown: 1 })
    office.emulator.setFault(undefined)
    const listed = await office.say(office.lee, office.channel, 'approvals')
    expect(read(listed.card)).toContain('APR-0001')
  })

  test('refused with 429, it is asked again when it said, and the answer stands once', async () => {
    const office = await startOffice()
    office.emulator.setFault({ kind: 'rateLimit', times: 2, retryAfter: '0' })
    const posted = await office.say(office.dana, office.channel, 'who march')
    expect(read(posted.card)).toContain('Contoso')
    expect(office.emulator.calls).toHaveLength(3)
    expect(office.emulator.world.posted).toHaveLength(1)
  })

  test.each([
    [500, 1, { waiting: 0, unknown: 1 }],
    [504, 1, { waiting: 0, unknown: 1 }],
    [502, 4, { waiting: 1, unknown: 0 }],
    [503, 4, { waiting: 1, unknown: 0 }],
  ])(
    'after a %d an answer is sent %d times: only a gateway says that it did not arrive',
    async (status, times, standing) => {
      const office = await startOffice()
      office.emulator.setFault({ kind: 'status', status })
      await office.sayInVain(office.dana, office.channel, 'who march')
      expect(office.emulator.calls).toHaveLength(times)
      expect(await office.deliveries.standing(new Date(0))).toMatchObject(standing)
    },
  )

  test('after a 500 a card is replaced again all the same', async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    office.emulator.setFault({ kind: 'status', status: 500 })
    const before = office.emulator.calls.length
    await office.click(office.lee, card.id, 'Approve')
    await office.click(office.lee, card.id, 'Approve')
    expect(office.emulator.calls.length - before).toBe(4)
  })

  test('told to wait for an hour, it gives up', async () => {
    const office = await startOffice()
    office.emulator.setFault({ kind: 'rateLimit', times: 99, retryAfter: '3600' })
    await office.sayInVain(office.dana, office.channel, 'who march')
    expect(office.emulator.calls).toHaveLength(1)
    expect(office.log.lines).toMatchObject([{ fields: { reason: 'Teams asks to wait for 3600 seconds.' } }])
  })
})

describe('the bot’s own sign-in', () => {
  test('happens once for many calls at once, and again when its token is not accepted any more', async () => {
    const office = await startOffice()
    const places = [office.dana, office.lee, office.sam].map((user) => [user, office.personal(user)] as const)
    await Promise.all(places.map(async ([user, place]) => office.player.say(user, place, 'who march')))
    await office.work.finish()
    expect([office.emulator.signIns(), office.emulator.world.posted.length]).toEqual([1, 3])
    office.emulator.revokeTokens()
    const posted = await office.say(office.dana, office.channel, 'who march')
    expect([office.emulator.signIns(), read(posted.card)]).toEqual([2, expect.stringContaining('Contoso')])
    expect(office.emulator.world.posted).toHaveLength(4)
  })

  test('that the Connector does not accept for a while loses no answer: it is kept', async () => {
    const office = await startOffice()
    office.emulator.setFault({ kind: 'status', status: 401 })
    await office.sayInVain(office.dana, office.channel, 'who march')
    expect(await office.deliveries.standing(new Date(0))).toMatchObject({ waiting: 1, unknown: 0 })
  })

  test('a token is renewed before it ends', async () => {
    const office = await startOffice()
    await office.say(office.dana, office.channel, 'who march')
    office.world.now = new Date(office.world.now.getTime() + 54 * 60_000)
    await office.say(office.dana, office.channel, 'who march')
    expect(office.emulator.signIns()).toBe(1)
    office.world.now = new Date(office.world.now.getTime() + 60_000)
    await office.say(office.dana, office.channel, 'who march')
    expect(office.emulator.signIns()).toBe(2)
  })

  test('ready says whether Microsoft knows the bot, and holds no secret', async () => {
    const { emulator, ...chat } = await startOffice()
    const log = memoryLog()
    const surface = (changes: object) =>
      createTeamsSurface({ ...optionsFor(emulator, chat), log, work: createWork(log), ...changes })
    await expect(surface({}).ready()).resolves.toBeUndefined()
    const wrong = surface({ appPassword: 'another secret' }).ready()
    await expect(wrong).rejects.toThrow('Microsoft did not sign the bot in (401, invalid_client).')
    await expect(wrong).rejects.not.toThrow('another secret')
    emulator.setDown('signIn', true)
    await expect(surface({}).ready()).rejects.toThrow('(503, temporarily_unavailable)')
    await expect(surface({ loginUrl: 'http://127.0.0.1:9' }).ready()).rejects.toThrow('did not answer')
  })
})

describe('the bot calls nobody but its Connector', () => {
  async function listening(): Promise<{ server: Server; url: string; calls: () => number }> {
    let calls = 0
    const server = createServer((_, response) => {
      calls += 1
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"id":"1"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, calls: () => calls }
  }

  /** A card of APR-0001 is remembered at an address of somebody else. */
  async function misled(
    create: typeof createTeamsSurface,
  ): Promise<{ readonly calls: number; readonly office: Office }> {
    const { server, url, calls } = await listening()
    const office = await startOffice(() => ({}), create)
    await office.say(office.dana, office.channel, 'propose march')
    const address = {
      serviceUrl: url,
      conversation: '19:elsewhere@thread.tacv2',
      bot: office.emulator.botId,
      activity: '1',
    }
    await office.posted.remember({
      approvalId: 'APR-0001',
      surface: 'teams',
      address: JSON.stringify(address),
    })
    await office.say(office.lee, office.channel, 'approve APR-0001')
    await new Promise((resolve) => server.close(resolve))
    return { calls: calls(), office }
  }

  test('not even where a card is said to stand', async () => {
    const { calls, office } = await misled(createTeamsSurface)
    expect(calls).toBe(0)
    expect(JSON.stringify(office.log.lines)).toContain('is not an allowed Connector of Teams')
  })

  test('twin: without its guard it does', async () => {
    const careless = await mutant<typeof product>({
      file: 'bot/teams/connector.ts',
      from: 'if (!isAllowed(url)) throw forbidden(url)',
      to: '',
      entry: 'app.ts',
    })
    expect((await misled(careless.createTeamsSurface)).calls).toBeGreaterThan(0)
  })

  test('an address that cannot be read is left out, the others are updated', async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    for (const address of ['', 'null', '{"serviceUrl":1}'])
      await office.posted.remember({ approvalId: 'APR-0001', surface: 'teams', address })
    await office.say(office.lee, office.channel, 'approve APR-0001')
    expect(titles(office, card.id)).toEqual(['Download CSV'])
    expect(office.log.lines).toHaveLength(3)
  })
})

describe('when our own side fails', () => {
  const broken = { ask: async () => Promise.reject(new Error('the disk is full of secrets')) }

  test('a command is answered with a reference, in private, and the log has the rest', async () => {
    const office = await startOffice(({ desk }) => ({ desk: { ...desk, ...broken } }))
    const posted = await office.say(office.dana, office.channel, 'who march')
    expect(posted.conversation).toBe(office.personal(office.dana).id)
    const [, reference = ''] = /reference (\d+)/.exec(read(posted.card)) ?? []
    expect(office.log.lines).toMatchObject([{ level: 'error', fields: { reference } }])
    expect(read(posted.card)).not.toContain('disk')
  })

  test('so is a click', async () => {
    const office = await startOffice(({ desk }) => ({
      desk: { ...desk, click: async () => Promise.reject(new Error('the disk is full')) },
    }))
    const card = await office.say(office.dana, office.channel, 'propose march')
    await office.click(office.lee, card.id, 'Approve')
    const { words, status } = await office.click(office.lee, card.id, 'Approve')
    expect([status, words]).toEqual([
      200,
      expect.stringContaining('Something broke on our side (reference f:'),
    ])
    expect(words).not.toContain('disk')
  })

  test('a memory that fails is a failure the channel may send again after', async () => {
    const office = await startOffice(() => ({
      once: { first: async () => Promise.reject(new Error('down')) },
    }))
    const message = office.player.message(office.dana, office.channel, 'who march')
    expect((await office.player.deliver(message)).status).toBe(500)
  })

  test('a click that takes too long is answered in time, and the end of it told afterwards', async () => {
    const { createTeamsSurface: hurried } = await mutant<typeof product>({
      file: 'bot/teams/turn.ts',
      from: '    }, TEAMS_CLICK_MILLISECONDS)',
      to: '    }, 20)',
      entry: 'app.ts',
    })
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const office = await startOffice(({ desk }) => {
      return {
        desk: {
          ...desk,
          click: async (identity, click) => {
            await gate
            return await desk.click(identity, click)
          },
        },
      }
    }, hurried)
    const card = await office.say(office.dana, office.channel, 'propose march')
    await office.click(office.lee, card.id, 'Approve')
    await office.click(office.vic, card.id, 'Approve')
    const slow = await Promise.all([
      office.player.click(office.lee, card.id, 'Approve'),
      office.player.click(office.vic, card.id, 'Approve'),
    ])
    expect(slow.map(({ words }) => words)).toEqual(
      Array(2).fill('This takes a moment longer. The answer follows.'),
    )
    release()
    await office.work.finish()
    expect(titles(office, card.id)).toEqual(['Download CSV'])
    const told = office.emulator.world.posted.at(-1)
    expect(told?.conversation).toBe(office.personal(office.vic).id)
    expect(read(told?.card)).toContain('Your role (viewer) may not do that.')
  })
})
