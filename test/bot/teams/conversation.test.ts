import { describe, expect, test } from 'vitest'
import { buttonsOf } from '../../emulators/teams/cards.js'
import { checkLeaks } from '../../support/leaks.js'
import { read, startOffice } from './office.js'

checkLeaks()

describe('commands', () => {
  test('a bare word in a personal chat is a command', async () => {
    const office = await startOffice()
    const posted = await office.say(office.dana, office.personal(office.dana), 'who march')
    expect(read(posted.card)).toContain('Contoso')
  })

  test('propose, approve in two steps, and every card says how it ended', async () => {
    const office = await startOffice()
    const asked = await office.say(office.dana, office.channel, 'propose march')
    expect(buttonsOf(asked.card ?? {}).map(({ title }) => title)).toEqual(['Approve', 'Reject'])
    const question = await office.click(office.lee, asked.id, 'Approve')
    expect(read(question.card)).toContain('This bills $514.52 (2 lines) to 1 customer.')
    const decided = await office.click(office.lee, asked.id, 'Approve')
    expect(read(decided.card)).toContain('Approved by Lee')
    expect(read(office.emulator.world.find(asked.id)?.card)).toContain('Approved by Lee')
  })
})
