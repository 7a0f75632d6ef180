import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../bot/commands/catalog.js'
import type { ActionName } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'
import { RIGHTS, ROLES, type Right, type Role } from '../../../core/access/rights.js'
import { chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

const PEOPLE = 'console:ann=admin:Ann,console:bob=approver:Bob,console:cy=biller:Cy,console:vic=viewer:Vic'

/** A desk; `say` answers with what it says, and whether only the asker may read it. */
async function house(people = PEOPLE) {
  const chat = await chatDesk({ log: memoryLog(), people })
  const say = async (who: string, text: string) => {
    const { card, audience } = await chat.desk.ask(`console:${who}`, text)
    const words = renderConsole(card).replaceAll(/\s+/g, ' ').trim()
    return audience === 'asker' ? `(${words})` : words
  }
  const trail = async () =>
    (await chat.billing.trail()).map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)
  return { ...chat, say, trail }
}

/** Every command, with what it needs, written out by hand; undefined: no role at all. */
const NEEDS: readonly (readonly [text: string, right: Right | undefined])[] = [
  ['help', 'read'],
  ['who march', 'read'],
  ['customer contoso', 'read'],
  ['explain nothing', 'read'],
  ['changes', 'read'],
  ['upcoming', 'read'],
  ['calendar april', 'read'],
  ['home', 'read'],
  ['status', 'read'],
  ['approvals', 'read'],
  ['approval APR-0001', 'read'],
  ['people', 'read'],
  ['people page 1', 'read'],
  ['people link', 'read'],
  ['people link ACDE3467', undefined],
  ['observe', 'observe'],
  ['propose march', 'propose'],
  ['sync', 'propose'],
  ['map', 'map'],
  ['price', 'read'],
  ['price contoso 20.50', 'price'],
  ['price remove 1', 'price'],
  ['describe', 'read'],
  ['describe contoso "Cloud office"', 'price'],
  ['approve APR-0001', 'decide'],
  ['reject APR-0001 because no', 'decide'],
  ['void BR-0001 because no', 'void'],
  ['export csv BR-0001', 'download'],
  ['audit', 'audit'],
  ['settings', 'read'],
  ['settings increases', 'read'],
  ['settings increases full', 'settings'],
  ['people add Dee viewer console:dee', 'people'],
  ['people role Vic biller', 'people'],
  ['people remove Cy', 'people'],
]

const CLICKS: Readonly<Record<ActionName, Right>> = {
  approve: 'decide',
  download: 'download',
  again: 'propose',
  page: 'read',
  map: 'map',
  mapPage: 'map',
  look: 'read',
  propose: 'propose',
  setPrice: 'price',
}

const WHO: Readonly<Record<Role, string>> = { admin: 'ann', approver: 'bob', biller: 'cy', viewer: 'vic' }

function isRefused(words: string): boolean {
  return /Your role \(\w+\) may not do that|You have no role here yet/.test(words)
}

describe('every role × every command and click', () => {
  test('the list above has every command', () => {
    const named = new Set(NEEDS.map(([text]) => text.split(' ')[0]))
    expect(COMMANDS.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
  })

  for (const role of ROLES) {
    test(`${role}: allowed or refused as the right says, and each refusal is in the trail`, async () => {
      for (const [text, right] of NEEDS) {
        const { say, trail } = await house()
        const allowed = right === undefined || RIGHTS[role].has(right)
        expect([text, isRefused(await say(WHO[role], text))]).toEqual([text, !allowed])
        const noted = (await trail()).filter((entry) => entry.includes('right.refused'))
        const [name] = text.split(' ')
        expect(noted).toEqual(allowed ? [] : [`console:${WHO[role]} right.refused ${name}`])
      }
    })

    test(`${role}: clicks`, async () => {
      const { desk, trail } = await house()
      for (const [name, right] of Object.entries(CLICKS) as [ActionName, Right][]) {
        const before = (await trail()).length
        const target = { id: 'APR-0001', revision: '' }
        const reply = desk.click(`console:${WHO[role]}`, { name, target })
        const words = renderConsole((await reply).card).replaceAll(/\s+/g, ' ')
        const allowed = RIGHTS[role].has(right)
        expect([name, isRefused(words)]).toEqual([name, !allowed])
        const noted = (await trail()).slice(before).filter((entry) => entry.includes('right.refused'))
        expect(noted).toEqual(allowed ? [] : [`console:${WHO[role]} right.refused ${name} APR-0001`])
      }
    })
  }

  test('somebody without a role: nothing but a code', async () => {
    for (const [text, right] of NEEDS) {
      const { say, trail } = await house()
      expect([text, isRefused(await say('eve', text))]).toEqual([text, right !== undefined])
      expect((await trail()).at(-1)).toContain(
        right === undefined ? 'people.refused people link' : 'right.refused',
      )
    }
  })

  test('a button nobody knows is refused for everybody', async () => {
    const { desk } = await house()
    for (const name of ['delete', 'constructor', '__proto__']) {
      const click = { name: name as ActionName, target: { id: 'x', revision: '' } }
      expect((await desk.click('console:ann', click)).problem?.kind).toBe('forbidden')
    }
  })
})

describe('people', () => {
  test('who is here, admins first, and what to do next', async () => {
    const { say } = await house()
    expect(await say('ann', 'people')).toMatch(
      /Ann · admin · met as console:ann.*Bob · approver.*Vic · viewer.*people add/,
    )
    expect(await say('vic', 'people')).toContain('Next: `people link` links')
  })

  test('added, changed and removed: it counts with the next answer, and is told in full', async () => {
    const { say, trail } = await house()
    expect(await say('dee', 'who')).toBe(
      '(That did not work You have no role here yet. Nothing was done. Ask an admin to type `people add <name> <role> console:dee`, or type `people link` where you have a role.)',
    )
    expect(await say('ann', 'people add Dee Dee approver console:dee')).toContain(
      'Dee Dee is approver here now',
    )
    expect(await say('dee', 'propose march')).toContain('APR-0001')
    expect(await say('dee', 'approve APR-0001')).toContain('somebody else has to approve it')
    expect(await say('ann', 'people role "dee dee" biller')).toContain(
      'Dee Dee is biller now, not approver any more Dee Dee may look, read the marketplace, ask for approvals, map customers, set prices and take files. Dee Dee may not approve and reject, ask to void or read the trail any more.',
    )
    expect(await say('dee', 'approve APR-0001')).toContain('Your role (biller) may not do that.')
    expect(await say('ann', 'people remove Dee Dee')).toContain('Dee Dee may do nothing here any more')
    expect(await say('dee', 'who')).toContain('You have no role here yet.')
    expect(await say('ann', 'people')).not.toContain('Dee')
    expect(await say('ann', 'audit')).toContain('Dee Dee asked to bill BR-0001')
    expect((await trail()).filter((entry) => entry.includes(' people.'))).toEqual([
      'console:ann people.added console:dee',
      'console:ann people.role console:dee',
      'console:ann people.removed console:dee',
    ])
    const told = await say('ann', 'audit')
    expect(told).toContain('Ann added Dee Dee as approver')
    expect(told).toContain('Ann gave Dee Dee the role biller (was approver)')
    expect(told).toContain('Ann removed Dee Dee, who was biller')
  })

  test('who alone can approve now is said', async () => {
    const { say } = await house()
    expect(await say('ann', 'people remove bob')).toContain(
      'Ann alone can approve now, also what Ann asked for.',
    )
  })

  test('the last admin stays: refused, and noted', async () => {
    const { say, trail } = await house()
    expect(await say('ann', 'people role ann viewer')).toContain('Ann is the last admin. Nobody was changed.')
    expect((await trail()).at(-1)).toBe('console:ann people.refused people role ann viewer')
    expect(await say('ann', 'audit')).toContain(
      'Ann was refused “people role ann viewer”: Ann is the last admin.',
    )
  })

  test('where nobody is admin, it is said how to get one', async () => {
    const { say } = await house('console:bob=approver:Bob')
    const how = 'There is no admin yet: give somebody the role admin in PEOPLE in .env, and start again.'
    expect(await say('bob', 'people')).toContain(how)
    expect(await say('bob', 'people remove bob')).toContain(how)
    expect(await say('eve', 'who')).toContain('add console:eve with the role admin to PEOPLE in .env')
  })

  test.each([
    ['people delete Bob', 'People cannot be asked to “delete”.'],
    ['people add Dee approver', 'needs the identity somebody is met under'],
    ['people add Dee owner console:dee', '“owner” is no role.'],
    ['people add approver console:dee', 'needs a name'],
    [`people add ${'x'.repeat(61)} viewer console:dee`, 'A name has at most 60 characters'],
    ['people role Bob', 'needs the name of somebody'],
    ['people role Bob boss', '“boss” is no role.'],
    ['people remove', 'needs the name of somebody'],
    ['people remove Bo', 'Did you mean “Bob”?'],
    ['people page 0', 'is not the number of a page'],
  ])('%s is refused in a sentence', async (text, words) => {
    expect(await (await house()).say('ann', text)).toContain(words)
  })
})

describe('linking', () => {
  test('a code from one side, typed on the other: one person', async () => {
    const { say, trail, desk } = await house()
    expect(await say('bob', 'people link')).toMatch(
      /^\(Link where else you are met ACDE3467 Type `people link ACDE3467` there, within 10 minutes/,
    )
    const reply = await desk.ask('slack:T1:U7', 'people link acde 3467')
    expect(reply.audience).toBe('asker')
    expect(renderConsole(reply.card)).toContain('Bob · approver, met as console:bob, slack:T1:U7.')
    expect((await desk.ask('slack:T1:U7', 'audit')).problem).toBeUndefined()
    expect(await trail()).toEqual([
      'console:bob people.code console:bob',
      'slack:T1:U7 people.linked console:bob',
    ])
    expect(await say('eve', 'people link ACDE3467')).toContain('or it was used')
  })

  test('two people become one: the lower role, the requests of both', async () => {
    const { say, desk } = await house()
    await say('bob', 'propose march')
    await say('bob', 'people link')
    expect(await say('vic', 'people link ACDE3467')).toContain('Your role is viewer now, the lower of both.')
    await say('ann', 'people role bob approver')
    expect((await desk.ask('console:vic', 'approve APR-0001')).problem?.what).toBe(
      'APR-0001 was not decided by you',
    )
    expect(await say('ann', 'audit')).toContain('Vic became one with Bob, as viewer: linked by a code')
  })

  test('a code is too old after ten minutes, and dies with the role of who asked for it', async () => {
    const { say, world } = await house()
    await say('bob', 'people link')
    world.now = new Date(world.now.getTime() + 10 * 60_000)
    expect(await say('eve', 'people link ACDE3467')).toContain('older than 10 minutes')
    await say('bob', 'people link')
    await say('ann', 'people remove bob')
    expect(await say('eve', 'people link ACDE3467')).toContain('That is no code')
  })

  test('the sixth try within an hour is refused, also with the right code', async () => {
    const { say, world } = await house()
    await say('bob', 'people link')
    for (let count = 1; count <= 5; count += 1)
      expect(await say('eve', 'people link WRONG')).toContain('no code')
    expect(await say('eve', 'people link ACDE3467')).toContain('That was the 6th code within an hour.')
    expect(await say('fay', 'people link ACDE3467')).toContain('You are Bob here, too')
    world.now = new Date(world.now.getTime() + 3_600_001)
    await say('bob', 'people link')
    expect(await say('eve', 'people link ACDE3467')).toContain('You are Bob here, too')
  })

  test('the last admin is not linked away', async () => {
    const { say } = await house()
    await say('ann', 'people link')
    expect(await say('vic', 'people link ACDE3467')).toContain('No admin would be left. Nobody was changed.')
    expect(await say('ann', 'people')).toContain('Ann · admin')
  })
})
