import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { offerOf } from '../../../bot/teams/offer.js'
import { isFilePlace } from '../../../bot/teams/upload.js'
import { TEAMS_FILE_BYTES } from '../../../core/chat-limits.js'
import { fileOf } from '../../emulators/teams/attachments.js'
import { buttonsOf } from '../../emulators/teams/cards.js'
import { type Drive, startDrive } from '../../emulators/teams/drive.js'
import type { Conversation, Posted } from '../../emulators/teams/world.js'
import { mutant } from '../../support/mutant.js'
import { type Office, read, startOffice } from './office.js'

let drive: Drive
beforeEach(async () => {
  drive = await startDrive()
})
afterEach(() => drive.close())

interface Offered {
  readonly office: Office
  readonly chat: Conversation
  readonly offer: Posted
}

/** Lee has approved BR-0001 and asks for its file in a chat with the bot. */
async function offered(create?: typeof createTeamsSurface): Promise<Offered> {
  const office = await startOffice(() => ({}), create)
  await office.say(office.dana, office.channel, 'propose march')
  await office.say(office.lee, office.channel, 'approve APR-0001')
  const chat = office.personal(office.lee)
  await office.say(office.lee, chat, 'export csv BR-0001')
  const offer = office.emulator.world.posted.at(-1)
  if (offer === undefined) throw new Error('nothing was posted')
  return { office, chat, offer }
}

/** Answers the offer and waits for what it causes. */
async function answer({ office, offer }: Offered, place = drive.session('BR-0001.csv'), who = office.lee) {
  const delivery = await office.player.answerFile(who, offer.id, place)
  await office.work.finish()
  return delivery
}

function resolved({ office, offer }: Offered): string {
  return read(office.emulator.world.find(offer.id)?.card)
}

function posted({ office }: Offered): number {
  return office.emulator.world.posted.length
}

async function sent({ office }: Offered): Promise<number> {
  return (await office.billing.trail()).filter(({ action }) => action === 'file.sent').length
}

describe('a file asked for in a personal chat', () => {
  test('is offered beside its link, with which run it is and nothing of it', async () => {
    const { office, offer } = await offered()
    const link = office.emulator.world.posted.at(-2)
    expect(buttonsOf(link?.card ?? {}).map(({ title }) => title)).toEqual(['Download BR-0001.csv'])
    const file = fileOf(offer.activity)
    expect(file).toMatchObject({ kind: 'consent', name: 'BR-0001.csv' })
    expect(file?.content['acceptContext']).toEqual({
      run: 'BR-0001',
      revision: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    })
    expect(JSON.stringify(file)).not.toContain('Contoso')
  })

  test('asked for in a channel it has its link alone', async () => {
    const { office } = await offered()
    const before = office.emulator.world.posted.length
    await office.say(office.lee, office.channel, 'export csv BR-0001')
    expect(office.emulator.world.posted.length).toBe(before + 1)
  })

  test('too large, empty, or in a government’s cloud it has its link alone', () => {
    const file = (size: number) => ({
      name: 'BR-0001.csv',
      mediaType: 'text/csv',
      bytes: new Uint8Array(size),
    })
    const here = 'https://smba.trafficmanager.net/amer/'
    expect(offerOf(file(10), here)).toBeDefined()
    expect(offerOf(file(TEAMS_FILE_BYTES), here)).toBeDefined()
    expect(offerOf(file(TEAMS_FILE_BYTES + 1), here)).toBeUndefined()
    expect(offerOf(file(0), here)).toBeUndefined()
    expect(offerOf(file(10), 'https://smba.infra.gov.teams.microsoft.us/')).toBeUndefined()
    expect(offerOf(file(10), 'https://smba.infra.dod.teams.microsoft.us/')).toBeUndefined()
  })
})

describe('accepted', () => {
  test('it is put there in one piece, byte for byte, shown, written down, and offered no more', async () => {
    const open = await offered()
    expect((await answer(open)).status).toBe(200)
    const approved = await open.office.studio.billing.approvedRun('BR-0001')
    const { csvFiles } = await import('../../../adapters/files/csv/run-csv.js')
    const { bytes } = csvFiles().csv(approved.run)
    expect(drive.files.get('BR-0001.csv')?.equals(bytes)).toBe(true)
    expect(drive.requests).toEqual([`PUT /session/1 bytes 0-${bytes.length - 1}/${bytes.length} → 201`])
    expect(resolved(open)).toBe('BR-0001.csv is in your OneDrive.')
    const shown = fileOf(open.office.emulator.world.posted.at(-1)?.activity ?? {})
    expect(shown).toMatchObject({ kind: 'info', content: { uniqueId: 'item-1', fileType: 'csv' } })
    const trail = await open.office.billing.trail('BR-0001')
    expect(trail.at(-1)).toMatchObject({ action: 'file.sent', subject: 'BR-0001' })
    expect(read((await open.office.say(open.office.lee, open.chat, 'audit')).card)).toContain(
      'Lee had the file of BR-0001 put into their OneDrive',
    )
  })

  test('once, whatever is sent again under whatever id', async () => {
    const open = await offered()
    const first = await answer(open)
    const before = [posted(open), drive.requests.length]
    const again = open.office.player.fileAnswer(
      open.office.lee,
      (await offeredAgain(open)).id,
      drive.session('BR-0001.csv'),
    )
    const ids = ['f:new-1', 'f:new-2', String(first.activity['id'])]
    const renewed = ids.map((id) => ({ ...again, id, replyToId: open.offer.id }))
    const statuses = await Promise.all(
      renewed.map(async (activity) => (await open.office.player.deliver(activity)).status),
    )
    await open.office.work.finish()
    expect(statuses).toEqual([200, 200, 200])
    expect([posted(open) - 2, drive.requests.length]).toEqual(before)
    expect(await sent(open)).toBe(1)
  })

  test('a hundred times at once: one file, one entry', async () => {
    const open = await offered()
    const place = drive.session('BR-0001.csv')
    const activity = open.office.player.fileAnswer(open.office.lee, open.offer.id, place)
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        open.office.player.deliver({ ...activity, id: `f:x-${index}` }),
      ),
    )
    await open.office.work.finish()
    expect([drive.requests.length, await sent(open)]).toEqual([1, 1])
  })

  test('by somebody who may not download it is refused, and noted', async () => {
    const open = await offered()
    await answer(open, drive.session('BR-0001.csv'), open.office.vic)
    expect(resolved(open)).toContain('Your role (viewer) may not do that.')
    expect(drive.requests).toEqual([])
    expect((await open.office.billing.trail()).at(-1)).toMatchObject({ action: 'right.refused' })
  })

  test('after a void: it is said that there is no such file any more, or another', async () => {
    const open = await offered()
    const { office } = open
    await office.say(office.sam, office.channel, 'void BR-0001 because sent twice')
    await office.say(office.lee, office.channel, 'approve APR-0002')
    await answer(open)
    expect(resolved(open)).toContain('There is no approved bill run “BR-0001”')
    expect([drive.requests.length, await sent(open)]).toEqual([0, 0])
  })

  test('as another content than was offered: nothing goes there', async () => {
    const open = await offered()
    const good = open.office.player.fileAnswer(open.office.lee, open.offer.id, drive.session('BR-0001.csv'))
    const value = { ...(good['value'] as object), context: { run: 'BR-0001', revision: '0123456789abcdef' } }
    await open.office.player.deliver({ ...good, value })
    await open.office.work.finish()
    expect(resolved(open)).toContain('BR-0001.csv is another file now')
    expect(resolved(open)).toContain('export csv BR-0001')
    expect(drive.requests).toEqual([])
  })
})

/** Another offer, whose answer can be made up from. */
async function offeredAgain({ office, chat }: Offered): Promise<Posted> {
  await office.say(office.lee, chat, 'export csv BR-0001')
  const offer = office.emulator.world.posted.at(-1)
  if (offer === undefined) throw new Error('nothing was posted')
  return offer
}

test('declined: a short word in its place, and nothing else', async () => {
  const open = await offered()
  const before = posted(open)
  await open.office.player.answerFile(open.office.lee, open.offer.id, undefined)
  await open.office.work.finish()
  expect(resolved(open)).toBe('Not put into your OneDrive.')
  expect([posted(open), drive.requests.length, await sent(open)]).toEqual([before, 0, 0])
})

describe('what fails leaves the link as a way out', () => {
  test.each([
    ['a refusal', { kind: 'status', status: 403 }, 'OneDrive did not take the file (403).'],
    ['a part that is taken for one of many', { kind: 'status', status: 202 }, '(202)'],
    ['a failure', { kind: 'status', status: 500 }, '(500)'],
    ['another place', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, '(307)'],
    ['a cut line', { kind: 'dropped' }, 'OneDrive did not answer.'],
  ] as const)('%s', async (_, fault, words) => {
    const open = await offered()
    drive.setFault(fault)
    await answer(open)
    expect(resolved(open)).toContain(words)
    expect(resolved(open)).toContain('Take the file from the link.')
    const card = open.office.emulator.world.find(open.offer.id)?.card
    expect(buttonsOf(card ?? {}).map(({ type }) => type)).toEqual(['Action.OpenUrl'])
  })

  test.each([
    ['a place that is no OneDrive', 'https://evil.example/session/1'],
    ['a cloud’s own pages', 'http://169.254.169.254/metadata/'],
    ['a name that begins like one', 'https://contoso.sharepoint.com.evil.example/x'],
    ['a name that ends like one', 'https://evilsharepoint.com/x'],
    ['no address', 'contoso'],
  ])('%s is called by nobody', async (_, uploadUrl) => {
    const open = await offered()
    await answer(open, { ...drive.session('BR-0001.csv'), uploadUrl })
    expect(resolved(open)).toContain('is no OneDrive')
    expect(drive.requests).toEqual([])
  })

  test('no place at all', async () => {
    const open = await offered()
    await answer(open, {} as never)
    expect(resolved(open)).toContain('Teams named no place for the file.')
  })

  test('an answer that cannot be read changes nothing', async () => {
    const open = await offered()
    const good = open.office.player.fileAnswer(open.office.lee, open.offer.id, drive.session('BR-0001.csv'))
    for (const value of [
      undefined,
      null,
      {},
      { action: 'accept' },
      { action: 'take', context: {} },
      'accept',
    ]) {
      const id = `f:${JSON.stringify(value)}`
      expect((await open.office.player.deliver({ ...good, id, value })).status).toBe(200)
    }
    const { replyToId: _, ...nowhere } = good
    expect((await open.office.player.deliver({ ...nowhere, id: 'f:nowhere' })).status).toBe(200)
    await open.office.work.finish()
    expect(resolved(open)).toBe('no card')
    expect(drive.requests).toEqual([])
  })

  test('an answer from a channel, where files are offered to nobody', async () => {
    const open = await offered()
    const good = open.office.player.fileAnswer(open.office.lee, open.offer.id, drive.session('BR-0001.csv'))
    const conversation = { ...(good['conversation'] as object), conversationType: 'channel' }
    await open.office.player.deliver({ ...good, conversation })
    await open.office.work.finish()
    expect(drive.requests).toEqual([])
  })
})

test.each([
  ['https://contoso-my.sharepoint.com/personal/lee/_api/v2.0/drive/items/x/uploadSession?guid=1', true],
  ['https://contoso-my.sharepoint.us/x', true],
  ['https://sn3302.up.1drv.com/up/x', true],
  ['http://contoso-my.sharepoint.com/x', false],
  ['https://contoso-my.sharepoint.com:8443/x', false],
  ['https://user@contoso-my.sharepoint.com/x', false],
  ['https://sharepoint.com/x', false],
  ['https://contoso-my.sharepoint.com./x', false],
  ['https://127.0.0.1/x', false],
  ['http://127.0.0.1:3999/x', false],
  ['file:///etc/passwd', false],
  ['', false],
])('%s as a place for a file: %s', (url, expected) => {
  expect(isFilePlace(url, false)).toBe(expected)
})

test('this machine is a place for files only where Teams is on it, too', () => {
  expect(isFilePlace('http://127.0.0.1:3999/x', true)).toBe(true)
  expect(isFilePlace('http://10.0.0.1/x', true)).toBe(false)
})

describe('without its guard', () => {
  const guards = [
    [
      'each offer is answered once',
      'if (!(await once.first(`teams:file:${place.conversation}:${clicked.activity}`, until))) return',
      '',
    ],
    ['the content is what was offered', 'if (revisionOf(file) !== context.revision)', 'if (false)'],
  ] as const

  test.each(guards)('%s', async (name, from, to) => {
    const { createTeamsSurface: careless } = await mutant<typeof product>({
      file: 'bot/teams/files.ts',
      from,
      to,
      entry: 'app.ts',
    })
    const open = await offered(careless)
    const good = open.office.player.fileAnswer(open.office.lee, open.offer.id, drive.session('BR-0001.csv'))
    const context = { run: 'BR-0001', revision: '0123456789abcdef' }
    const bad = name === guards[0][0] ? good : { ...good, value: { ...(good['value'] as object), context } }
    for (const id of ['f:1', 'f:2']) await open.office.player.deliver({ ...bad, id })
    await open.office.work.finish()
    expect(drive.requests.length).toBe(name === guards[0][0] ? 2 : 1)
  })

  test('any place is called', async () => {
    const { createTeamsSurface: careless } = await mutant<typeof product>({
      file: 'bot/teams/upload.ts',
      from: 'if (!isFilePlace(url, local))',
      to: 'if (false)',
      entry: 'app.ts',
    })
    const open = await offered(careless)
    const place = drive.session('BR-0001.csv')
    await answer(open, { ...place, uploadUrl: place.uploadUrl.replace('127.0.0.1', '127.0.0.2') })
    expect(resolved(open)).toContain('OneDrive did not answer.')
  })
})
