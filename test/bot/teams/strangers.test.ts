import { describe, expect, test } from 'vitest'
import type * as product from '../../../bot/teams/app.js'
import type { Activity } from '../../emulators/teams/player.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { type Office, TENANT, startOffice } from './office.js'

async function send({ server, work }: Office, authorization: readonly string[], activity: Activity) {
  const answer = await rawRequest(server.url, {
    method: 'POST',
    path: '/api/messages',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(activity),
  })
  await work.finish()
  return answer
}

describe('a click of what is no person of ours is refused and noted, and nothing is done', () => {
  const strangers = (office: Office) => ({
    'a bot': { id: '28:other-bot', name: 'Other' },
    'a bot with a person’s id': { id: '28:other-bot', aadObjectId: office.lee.aadObjectId },
    'what says it is a bot': { id: office.lee.id, aadObjectId: office.lee.aadObjectId, role: 'bot' },
    'nobody in particular': { id: office.lee.id },
    'somebody of another tenant': {
      id: office.lee.id,
      aadObjectId: office.lee.aadObjectId,
      tenantId: '11111111-2222-4333-8444-555555555555',
    },
  })
  const names = [
    'a bot',
    'a bot with a person’s id',
    'what says it is a bot',
    'nobody in particular',
    'somebody of another tenant',
  ] as const

  test.each(names)('%s', async (name) => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    const record = await office.billing.approval('APR-0001')
    const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
    const click = office.player.invoke(office.lee, card.id, { verb: 'approveSure', data })
    const activity = { ...click, from: strangers(office)[name] }
    expect(await office.player.deliver(activity)).toMatchObject({ status: 403, body: 'Forbidden\n' })
    expect((await office.player.deliver(activity)).status).toBe(403)
    expect((await office.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
    const noted = (await office.billing.trail()).filter(({ action }) => action === 'right.refused')
    expect(noted.map(({ subject }) => subject)).toEqual(['approveSure APR-0001'])
    for (const verb of ['refresh', 'download']) {
      const other = { ...activity, ...office.player.invoke(office.lee, card.id, { verb, data }) }
      const { status } = await office.player.deliver({ ...other, from: activity.from })
      expect(status).toBe(403)
    }
    expect((await office.player.deliver({ ...activity, id: 'f:2', name: 'fileConsent/invoke' })).status).toBe(
      403,
    )
    expect(office.references.rows().map(({ member }) => member)).toEqual(['29:dana'])
  })

  test('a guest of our tenant is a person: without a role a clear answer, in private, and noted', async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    const click = office.player.invoke(office.kim, card.id, { verb: 'approve', data: { id: 'APR-0001' } })
    const from = { ...(click['from'] as object), role: 'user', userRole: 'guest', tenantId: TENANT }
    const { status, body } = await office.player.deliver({ ...click, from })
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain('You have no role here yet.')
    expect((await office.billing.trail()).at(-1)).toMatchObject({ action: 'right.refused' })
  })

  test('twin: were a bot a person, its click would decide', async () => {
    const { createTeamsSurface: careless } = await mutant<typeof product>({
      file: 'bot/teams/origin.ts',
      from: "return role !== 'bot' && !id.startsWith('28:') && (from === undefined || from === tenantId)",
      to: 'return true || from === tenantId || role === id',
      entry: 'app.ts',
    })
    const office = await startOffice(() => ({}), careless)
    const card = await office.say(office.dana, office.channel, 'propose march')
    const record = await office.billing.approval('APR-0001')
    const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
    const click = office.player.invoke(office.lee, card.id, { verb: 'approveSure', data })
    const from = strangers(office)['a bot with a person’s id']
    await office.player.deliver({ ...click, from })
    expect((await office.billing.approval('APR-0001'))?.approval.decision).toBeDefined()
    await office.work.finish()
  })
})

test('a thousand times the same click, under its id and under new ones: one decision', async () => {
  const office = await startOffice()
  const card = await office.say(office.dana, office.channel, 'propose march')
  const record = await office.billing.approval('APR-0001')
  const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
  const click = office.player.invoke(office.lee, card.id, { verb: 'approveSure', data })
  const authorization = [await office.player.authorization()]
  const statuses = new Set<number>()
  for (let round = 0; round < 20; round += 1) {
    const activities = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? click : { ...click, id: `f:again-${round}-${index}` },
    )
    const answers = await Promise.all(
      // Each on a line of its own: a kept one may be closed under a crowd.
      activities.map((activity) => send(office, authorization, activity)),
    )
    for (const { status } of answers) statuses.add(status)
  }
  expect([...statuses]).toEqual([200])
  const decided = (await office.billing.trail('APR-0001')).filter(({ action }) => action === 'bill.approved')
  expect(decided).toHaveLength(1)
})
