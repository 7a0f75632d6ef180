import { describe, expect, test } from 'vitest'
import { connectionsOf } from '../../../bot/connections.js'
import { parseConfig } from '../../../bot/config.js'
import { parseCommand } from '../../../bot/commands/parse.js'
import { renderConsole } from '../../../bot/console/render.js'
import { Problem } from '../../../core/problem.js'
import { type ChatDesk, type ChatDeskOptions, chatDesk } from '../../support/chat-desk.js'
import { DEFAULT_SETTINGS } from '../../../core/settings/types.js'
import { memoryLog } from '../../support/memory-log.js'
import { day } from '../../support/observed.js'
import { GOOD_SETTINGS } from '../../support/settings.js'

const PEOPLE = 'console:ann=admin:Ann,console:bob=approver:Bob,console:cy=biller:Cy'
const TODAY = day('2026-03-20')

async function house(options: Partial<ChatDeskOptions> = {}) {
  const chat = await chatDesk({ log: memoryLog(), people: PEOPLE, ...options })
  const say = async (who: string, text: string) => wordsOf((await chat.desk.ask(`console:${who}`, text)).card)
  return { ...chat, say }
}

function wordsOf(card: Parameters<typeof renderConsole>[0]): string {
  return renderConsole(card).replaceAll(/\s+/g, ' ').trim()
}

describe('what is typed', () => {
  test.each<readonly [string, object]>([
    ['settings', { action: 'list' }],
    ['settings increases', { action: 'one', setting: 'increases' }],
    ['settings base month', { action: 'one', setting: 'baseMonth' }],
    ['settings increases full', { action: 'set', setting: 'increases', value: 'full', from: undefined }],
    ['settings first period full', { action: 'set', setting: 'firstPeriod', value: 'full' }],
    ['settings day count base month', { action: 'set', setting: 'dayCount', value: 'base month' }],
    ['settings base month 2026-02', { action: 'set', setting: 'baseMonth', value: '2026-02' }],
    ['settings Invoice Day 12', { action: 'set', setting: 'invoiceDay', value: '12' }],
    ['settings bound 30 %', { action: 'set', setting: 'boundPercent', value: '30 %' }],
    ['settings BILLING_TIMING arrears', { action: 'set', setting: 'timing', value: 'arrears' }],
    [
      'settings increases next period from 1 april',
      { action: 'set', setting: 'increases', value: 'next period', from: day('2026-04-01') },
    ],
    ['settings timing "arrears" from may', { value: 'arrears', from: day('2026-05-01') }],
  ])('%s', (text, expected) => {
    expect(parseCommand(text, TODAY)).toMatchObject({ name: 'settings', ...expected })
  })

  test.each([
    ['settings increase full', 'Did you mean `settings increases`?'],
    ['settings frist period full', 'Did you mean `settings first period`?'],
    ['settings moon', 'Settings are cycle, anchor day, first period'],
    ['settings constructor x', '“constructor x” is no setting.'],
    ['settings increases full from never', '“never” is not a day to begin with.'],
    ['settings increases from april', 'A date is there, and no value.'],
  ])('%s: refused with a way out', (text, expected) => {
    let problem: unknown
    try {
      parseCommand(text, TODAY)
    } catch (error) {
      problem = error
    }
    expect(problem instanceof Problem && problem.message).toContain(expected)
  })
})

describe('what is shown', () => {
  test('every value in words, where it comes from, what is ahead, and what it is connected to', async () => {
    const config = parseConfig({
      ...GOOD_SETTINGS,
      SLACK_APP_TOKEN: 'xapp-secret-token',
      SLACK_BOT_TOKEN: 'xoxb-secret-token',
      CONNECTWISE_SITE: 'https://api-na.myconnectwise.net',
      CONNECTWISE_COMPANY: 'ours',
      CONNECTWISE_PUBLIC_KEY: 'publicsecret',
      CONNECTWISE_PRIVATE_KEY: 'privatesecret',
      CONNECTWISE_CLIENT_ID: '00000000-0000-0000-0000-000000000000',
    })
    const connections = connectionsOf(config, new Map())
    const { say } = await house({ lines: { timing: 'advance' }, connections })
    await say('ann', 'settings increases full')
    await say('ann', 'settings decreases credit from 1 april')
    const words = await say('cy', 'settings')
    for (const part of [
      'cycle calendar: billed by calendar months · by default',
      'increases full: added seats in full · changed by Ann on 20 Mar 2026',
      'decreases next period: decreases from the next period · by default · from 1 Apr 2026: decreases credited, by Ann',
      'timing advance: billed in advance · fixed by BILLING_TIMING',
      'From 1 Apr 2026: decreases credited',
      'bound 20: a month more than 20 % from the last one billed is held · by default',
      'invoice day none: ',
      'America/New_York',
      '1 Mar 2026',
      'Ingram Micro Cloud Marketplace: configured',
      'ConnectWise: not configured',
      'Slack: configured, over a socket',
      'Microsoft Teams: not configured',
    ]) {
      expect(words).toContain(part)
    }
    expect(words).not.toMatch(/secret|xapp|xoxb|https?:|password/)
  })

  test('whoever may not change them is offered nothing', async () => {
    const { desk, say } = await house()
    for (const who of ['bob', 'cy']) {
      expect((await desk.ask(`console:${who}`, 'settings')).card.actions).toEqual([])
      expect((await desk.ask(`console:${who}`, 'settings timing')).card.actions).toEqual([])
      expect(await say(who, 'settings timing arrears')).toContain(
        'may not do that. Nothing was done. Ask Ann.',
      )
    }
    const { card } = await desk.ask('console:ann', 'settings')
    expect(card.actions.map(({ name, label }) => [name, label])).toEqual([
      ['chooseSetting', 'Change a setting'],
    ])
  })

  test('one setting: what it can be, or who fixes it', async () => {
    const { desk, say } = await house({ lines: { timing: 'advance' } })
    expect(await say('ann', 'settings increases')).toMatch(
      /prorate: added seats prorated Comes from by default By default prorate It can be: - prorate: added seats prorated - full: added seats in full - next period: .*`settings increases default` goes back to prorate/,
    )
    const { card } = await desk.ask('console:ann', 'settings timing')
    expect(card.actions).toEqual([])
    expect(wordsOf(card)).toContain('Fixed by BILLING_TIMING in the configuration')
    expect(await say('ann', 'settings anchor day')).toContain('It must be a day from 1 to 31, or none.')
  })

  test('a change says what it was, what it is, from when, what becomes of the month, and how to take it back', async () => {
    const { say } = await house()
    expect(await say('ann', 'settings increases full')).toBe(
      'Set: increases is full added seats prorated → added seats in full Nothing is billed yet, so it holds from the beginning. To bill, as everything is known today: - March 2026: $514.52 → $550.00 Next: `who`; `settings increases prorate` takes it back.',
    )
    expect(await say('bob', 'propose march')).toContain('Total $550.00')
    expect(await say('ann', 'settings increases prorate')).toContain(
      'APR-0001 shows other lines than are due now and cannot be approved any more',
    )
    expect(await say('ann', 'settings bound 30%')).toContain(
      'It holds at once. No amount changes, and what waits for approval stays as it is.',
    )
    expect(await say('ann', 'audit')).toContain(
      'Ann set increases: added seats in full → added seats prorated',
    )
  })
})

describe('what was planned', () => {
  test('and is dropped by an earlier change is named, with what to type to have all of it back', async () => {
    const { say } = await house()
    await say('ann', 'settings increases next period from 1 april')
    await say('ann', 'settings increases full from 1 june')
    const said = await say('ann', 'settings increases full')
    expect(said).toContain(
      'In place of what was planned: added seats from the next period from 1 Apr 2026, added seats in full from 1 Jun 2026.',
    )
    expect(said).toContain(
      '`settings increases prorate`, then `settings increases next period from 1 apr 2026`, then `settings increases full from 1 jun 2026` take it back.',
    )
    expect(await say('ann', 'settings increases')).not.toContain('From 1')
    expect(await say('ann', 'audit')).toContain(
      'in place of added seats from the next period from 1 Apr 2026',
    )
  })

  test('for the same day is said again by the step back, which has its day', async () => {
    const { say } = await house()
    await say('ann', 'settings cycle anniversary from 1 april')
    const said = await say('ann', 'settings cycle calendar from 1 april')
    expect(said).toContain('`settings cycle anniversary from 1 apr 2026` takes it back.')
    expect(await say('ann', 'settings cycle anniversary from 1 apr 2026')).toContain('from 1 Apr 2026')
    expect(await say('ann', 'settings cycle')).toContain('calendar: billed by calendar months')
  })

  test('and is given up for what holds anyway is said so', async () => {
    const { say } = await house()
    await say('ann', 'settings timing arrears from april')
    const said = await say('ann', 'settings timing advance')
    expect(said).toContain(
      'billed in advance In place of what was planned: billed in arrears from 1 Apr 2026.',
    )
    expect(said).not.toContain('billed in advance → billed in advance')
  })
})

describe('the forms', () => {
  const submit = async (
    { desk }: ChatDesk,
    name: string,
    id: string,
    values: Readonly<Record<string, string>>,
  ) => {
    const sent = await desk.submit('console:ann', {
      name,
      target: { id, revision: '' },
      values: new Map(Object.entries(values)),
      isFirst: async () => true,
    })
    return 'reply' in sent ? { ...sent, words: wordsOf(sent.reply.card) } : { ...sent, words: sent.type }
  }

  test('first which one, of those the configuration does not fix, then its value', async () => {
    const chat = await house({ lines: { timing: 'advance' } })
    const chosen = await chat.desk.form('console:ann', 'chooseSetting', { id: 'settings', revision: '' })
    if (chosen.type !== 'form') throw new Error('no form')
    const [which] = chosen.form.fields
    const options = which?.type === 'choice' ? which.options.map(({ value }) => value) : []
    expect(options).toContain('increases')
    expect(options).not.toContain('timing')
    expect(JSON.stringify(chosen.form.introduction)).toContain('BILLING_TIMING')
    const { reply } = (await submit(chat, 'chooseSetting', 'settings', { setting: 'increases' })) as {
      reply?: { card: { title: string; actions: readonly { name: string; target: { id: string } }[] } }
    }
    expect(reply?.card.title).toBe('Setting: increases')
    expect(reply?.card.actions).toMatchObject([{ name: 'setting', target: { id: 'increases' } }])
    const done = await submit(chat, 'setting', 'increases', { value: 'next period', from: '2026-04-01' })
    expect(done.words).toContain('added seats from the next period, from 1 Apr 2026')
    const behind = await chat.desk.behind('console:ann', 'setting', { id: 'increases', revision: '' })
    expect(wordsOf(behind.card)).toContain('From 1 Apr 2026 next period')
  })

  test('what is typed is told in the form, which keeps it; a bound has no date', async () => {
    const chat = await house()
    const wrong = await submit(chat, 'setting', 'invoiceDay', { value: '32' })
    expect(wrong.words).toContain('invoice day cannot be “32”: it must be a day from 1 to 31, or none.')
    expect(wrong).toMatchObject({ again: { fields: [{ id: 'value', value: '32' }] } })
    expect((await submit(chat, 'setting', 'invoiceDay', { value: '12' })).words).toContain(
      'invoice day is 12',
    )
    expect(
      (await submit(chat, 'setting', 'invoiceDay', { value: '13', from: '2026-04-01' })).words,
    ).toContain('What was sent is not what the form asks for.')
  })

  test('a value that is not offered, a setting there is not, and one that is fixed: nothing changes', async () => {
    const chat = await house({ lines: { timing: 'advance' } })
    const before = (await chat.billing.books()).version
    expect((await submit(chat, 'setting', 'increases', { value: 'half' })).words).toContain('is not offered')
    expect((await submit(chat, 'setting', '__proto__', { value: 'full' })).words).toContain('is no setting')
    expect((await submit(chat, 'setting', 'timing', { value: 'arrears' })).words).toContain(
      'fixed by BILLING_TIMING',
    )
    expect((await submit(chat, 'chooseSetting', 'settings', { setting: 'timing' })).words).toContain(
      'is not offered',
    )
    expect((await chat.billing.books()).version).toBe(before)
  })

  test('with all of them fixed there is nothing to choose', async () => {
    const chat = await house({ lines: DEFAULT_SETTINGS })
    expect((await chat.desk.ask('console:ann', 'settings')).card.actions).toEqual([])
    const form = await chat.desk.form('console:ann', 'chooseSetting', { id: 'settings', revision: '' })
    expect(form.type === 'refused' && wordsOf(form.reply.card)).toContain(
      'The configuration fixes every setting.',
    )
  })
})
