import { describe, expect, test } from 'vitest'
import { takeDeadlines } from '../../bot/commands/deadlines.js'
import { later, tick } from '../support/ticking.js'
import { wordsOf } from './slack/harness.js'
import { housesOfSuite } from './slack/houses.js'

const house = housesOfSuite()

describe('a reminder with nothing to be said is not taken', () => {
  test('a reminder that has no card to stand below waits until there is one', async () => {
    const given = await house()
    await given.desk.ask('slack:T1:U1', 'propose march')
    later(given, 36 * 60)
    await tick(given)
    expect(given.said()).toEqual([])
    await given.slack.command('U3', 'C1', 'approval APR-0001')
    await given.settled()
    await tick(given)
    await tick(given)
    const [card, reminder, ...more] = given.said()
    expect(more).toEqual([])
    expect(reminder).toMatchObject({ threadTs: card?.ts })
    expect(wordsOf(reminder)).toContain('APR-0001 still waits for a decision')
  })

  test('a process that does not serve where the card stands leaves it to one that does', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    later(given, 36 * 60)
    await takeDeadlines({ ...given.cards, surfaces: new Map() })
    await tick(given)
    expect(given.said()).toHaveLength(2)
  })
})
