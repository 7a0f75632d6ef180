import { describe, expect, test } from 'vitest'
import type { Person } from '../../../core/access/rights.js'
import type { SettingChanged, SettingStanding } from '../../../core/app/settings.js'
import { verifyChain } from '../../../core/audit/chain.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { SettingName, SomeSettings } from '../../../core/settings/types.js'
import { day, decimal, observed } from '../../support/observed.js'
import { APRIL, DANA, LEE, MARCH, MAY, Office, problemOf } from '../../support/office.js'

const ANN: Person = { id: 'console:Ann', name: 'Ann', role: 'admin', identities: ['console:Ann'] }

async function opened(lines: SomeSettings = {}): Promise<Office> {
  const msp = new Office()
  await msp.restart({ lines })
  await msp.observe()
  return msp
}

function set(msp: Office, name: SettingName, value: string, from?: string): Promise<SettingChanged> {
  msp.later(1)
  return msp.studio.settings.set(ANN, { name, value, from: from === undefined ? undefined : day(from) })
}

async function standing(msp: Office, name: SettingName): Promise<SettingStanding> {
  const found = (await msp.studio.settings.list()).settings.find((each) => each.name === name)
  if (found === undefined) throw new Error(`${name} is not listed`)
  return found
}

/** Value and source in a word each. */
async function stands(msp: Office, name: SettingName): Promise<string> {
  const { value, source } = await standing(msp, name)
  return `${value}, ${source.type}`
}

describe('a setting changed in chat', () => {
  test('while nothing is billed holds from the beginning, and the answer says what becomes of the month', async () => {
    const msp = await opened()
    expect(await msp.due()).toBe(51_452n)
    const { before, after, holdsFrom, effects } = await set(msp, 'increases', 'full')
    expect([before.value, after.value, holdsFrom]).toEqual(['prorate', 'full', undefined])
    expect(effects).toEqual({
      months: [
        {
          month: MARCH,
          before: [{ currency: 'USD', amount: 51_452n }],
          after: [{ currency: 'USD', amount: 55_000n }], // 440.00 + 5 × 22.00
        },
      ],
      ahead: [],
      faults: [],
    })
    expect(await msp.due()).toBe(55_000n)
    expect(await standing(msp, 'increases')).toMatchObject({
      value: 'full',
      words: 'added seats in full',
      source: { type: 'chat', name: 'Ann', on: day('2026-03-20') },
      ahead: [],
    })
  })

  test('never alters what is billed: it takes effect with the next period, before and after told', async () => {
    const msp = await opened()
    await msp.bill()
    const { holdsFrom, effects } = await set(msp, 'timing', 'arrears')
    expect(holdsFrom).toBe(day('2026-03-20'))
    expect(effects?.months).toEqual([
      { month: MARCH, before: [], after: [] },
      { month: APRIL, before: [{ currency: 'USD', amount: 55_000n }], after: [] },
    ])
    expect(effects?.ahead).toMatchObject([{ from: APRIL.from, words: ['billed in arrears'] }])
    expect([await msp.due(), await msp.due(APRIL), await msp.due(MAY)]).toEqual([0n, 0n, 55_000n])
    // Taken back before anybody took it: as if nothing had been said.
    await set(msp, 'timing', 'advance')
    expect(await msp.due(APRIL)).toBe(55_000n)
  })

  test('from a day on: the periods before it keep what held, and other edits do not move it', async () => {
    const msp = await opened()
    await msp.bill()
    await set(msp, 'timing', 'arrears', '2026-05-01')
    expect(await standing(msp, 'timing')).toMatchObject({
      value: 'advance',
      ahead: [{ from: MAY.from, value: 'arrears', words: 'billed in arrears' }],
    })
    await set(msp, 'decreases', 'credit')
    expect((await msp.studio.settings.list()).ahead.map(({ from, words }) => [from, words])).toEqual([
      [APRIL.from, ['decreases credited']],
      [MAY.from, ['billed in arrears']],
    ])
    expect([await msp.due(APRIL), await msp.due(MAY)]).toEqual([55_000n, 55_000n])
    msp.now = new Date('2026-05-02T13:00:00Z')
    expect(await stands(msp, 'timing')).toBe('arrears, chat')
    expect(await stands(msp, 'decreases')).toBe('credit, chat')
  })

  test('what was said for a later day and is said again for an earlier one holds from that one', async () => {
    const msp = await opened()
    await msp.bill()
    await set(msp, 'increases', 'full', '2026-05-01')
    await set(msp, 'increases', 'next period', '2026-04-01')
    const { ahead } = await standing(msp, 'increases')
    expect(ahead.map(({ from, value }) => [from, value])).toEqual([[APRIL.from, 'next period']])
    // Taken back, too.
    await set(msp, 'increases', 'default')
    expect((await standing(msp, 'increases')).ahead).toEqual([])
    expect((await msp.studio.settings.list()).ahead).toEqual([])
  })

  test('a request that waits goes stale when its lines change, is named, and cannot be approved', async () => {
    const msp = await opened()
    const asked = await msp.propose(DANA)
    expect((await set(msp, 'suspended', 'pause')).stale).toEqual([])
    expect((await set(msp, 'increases', 'full')).stale).toEqual(['APR-0001'])
    expect((await set(msp, 'lastPeriod', 'prorate')).stale).toEqual([])
    expect((await msp.decide(LEE, asked)).type).toBe('stale')
    expect((await msp.billing.books()).billed).toEqual([])
  })

  test('is in the trail with who, old and new, and the chain holds', async () => {
    const msp = await opened()
    await set(msp, 'firstPeriod', 'full')
    await msp.bill()
    await set(msp, 'dayCount', 'thirty', '2026-04-01')
    await set(msp, 'boundPercent', '30')
    const trail = await msp.billing.trail()
    expect(trail.filter(({ action }) => action === 'setting.changed')).toMatchObject([
      {
        actor: 'console:Ann',
        subject: 'setting first period',
        details: {
          setting: 'first period',
          before: 'month of purchase prorated',
          after: 'month of purchase in full',
        },
      },
      {
        subject: 'setting day count',
        details: { after: 'days counted as in months of 30', from: '1 Apr 2026' },
      },
      {
        subject: 'setting bound',
        details: { after: 'a month more than 30 % from the last one billed is held' },
      },
    ])
    expect(verifyChain(trail)).toBeUndefined()
  })

  test('a subscription it cannot charge is named', async () => {
    const msp = await opened()
    const thirtyDays = { type: 'day', duration: 30 } as const
    const e3 = { subscriptionId: '2', mpn: 'E3', productName: 'E3', billingPeriod: thirtyDays }
    msp.subscriptions.push(observed(e3))
    await msp.observe()
    const { effects } = await set(msp, 'dayCount', 'thirty')
    expect(effects?.faults).toEqual([expect.stringMatching(/^E3: A billing period of days/)])
  })

  test('two people at once: both are recorded, none is lost', async () => {
    const msp = await opened()
    await Promise.all([set(msp, 'increases', 'full'), set(msp, 'decreases', 'credit')])
    expect([await stands(msp, 'increases'), await stands(msp, 'decreases')]).toEqual([
      'full, chat',
      'credit, chat',
    ])
  })
})

describe('bound and invoice day', () => {
  test('the bound counts with the next proposal', async () => {
    const msp = await opened()
    await msp.bill()
    msp.now = new Date('2026-04-02T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('31') })] // 682.00 after 514.52: +33 %
    await msp.observe()
    expect((await msp.studio.billing.propose(DANA, APRIL, [])).type).toBe('held')
    const { holdsFrom, effects, stale } = await set(msp, 'boundPercent', '40%')
    expect([holdsFrom, effects, stale]).toEqual([undefined, undefined, []])
    expect((await msp.studio.billing.propose(DANA, APRIL, [])).type).toBe('asked')
  })

  test('the invoice day counts at once, survives a restart, and “none” estimates it again', async () => {
    const msp = await opened()
    const rule = async () => (await msp.studio.planning.upcoming(undefined)).invoiceDay
    expect(await rule()).toMatchObject({ type: 'estimated' })
    await set(msp, 'invoiceDay', '12')
    expect(await rule()).toEqual({ type: 'configured', day: 12 })
    await msp.restart()
    expect(await rule()).toEqual({ type: 'configured', day: 12 })
    await set(msp, 'invoiceDay', 'none')
    expect(await rule()).toMatchObject({ type: 'estimated' })
  })

  test('a line of the configuration counts over what was said, and back', async () => {
    const msp = await opened()
    await set(msp, 'invoiceDay', '12')
    await msp.restart({ lines: { invoiceDay: 8 } })
    expect(await stands(msp, 'invoiceDay')).toBe('8, line')
    await msp.restart({ lines: {} })
    expect(await stands(msp, 'invoiceDay')).toBe('12, chat')
  })
})

describe('what is refused changes nothing', () => {
  const refusal = async (msp: Office, name: SettingName, value: string, from?: string) => {
    const before = (await msp.billing.books()).version
    const problem = await problemOf(set(msp, name, value, from))
    expect((await msp.billing.books()).version).toBe(before)
    return problem.message
  }

  test('what the configuration fixes, with the line', async () => {
    const msp = await opened({ increases: 'full', boundPercent: 10 })
    expect(await refusal(msp, 'increases', 'prorate')).toBe(
      'increases is fixed by BILLING_INCREASES in the configuration. Nothing was changed. Change that line and start again, or empty it to change it here.',
    )
    expect(await refusal(msp, 'boundPercent', '30')).toContain('fixed by BILLING_BOUND_PERCENT')
    expect(await stands(msp, 'increases')).toBe('full, line')
  })

  test.each<readonly [SettingName, string, string]>([
    ['increases', 'half', 'increases cannot be “half”: it must be one of: prorate, full, next period.'],
    ['anchorDay', '32', 'anchor day cannot be “32”: it must be a day from 1 to 31, or none.'],
    ['boundPercent', '-5', 'it must be a whole number of percent, such as 20.'],
    ['baseMonth', 'february', 'it must be a month such as 2026-03, or none.'],
    ['durationDecimals', '13', 'it must be exact, or a whole number from 2 to 12.'],
    ['timing', 'constructor', 'it must be one of: advance, arrears.'],
  ])('%s %s', async (name, value, expected) => {
    expect(await refusal(await opened(), name, value)).toContain(expected)
  })

  test('what is so already, also with a day', async () => {
    const msp = await opened()
    expect(await refusal(msp, 'increases', 'prorate')).toContain('increases is prorate already')
    expect(await refusal(msp, 'increases', 'default')).toContain('increases is prorate already')
    await msp.bill()
    await set(msp, 'increases', 'full', '2026-05-01')
    expect(await refusal(msp, 'increases', 'full', '2026-06-01')).toContain('increases is full already')
    // From an earlier day it is something else.
    expect((await set(msp, 'increases', 'full', '2026-04-01')).holdsFrom).toBe(APRIL.from)
  })

  test('a day that is over, and a day for what has none', async () => {
    const msp = await opened()
    expect(await refusal(msp, 'increases', 'full', '2026-03-19')).toContain(
      'A rule of billing holds from today, 20 Mar 2026, at the earliest, and not from 19 Mar 2026.',
    )
    expect(await refusal(msp, 'boundPercent', '30', '2026-04-01')).toContain(
      'bound holds at once, and takes no date',
    )
  })

  test('what would count for nothing, until what it needs is said', async () => {
    const msp = await opened()
    expect(await refusal(msp, 'anchorDay', '15')).toContain(
      'anchor day counts only with cycle anniversary. Nothing was changed. Type `settings cycle anniversary` first.',
    )
    expect(await refusal(msp, 'baseMonth', '2026-03')).toContain(
      'base month counts only with day count base month',
    )
    await set(msp, 'cycle', 'anniversary')
    expect((await set(msp, 'anchorDay', '15')).after.words).toBe('on day 15 of the month')
    await set(msp, 'cycle', 'calendar')
    expect((await standing(msp, 'anchorDay')).onlyWith).toBe('cycle anniversary')
    // To nothing it can always be set.
    await set(msp, 'anchorDay', 'none')
    expect((await standing(msp, 'anchorDay')).onlyWith).toBeUndefined()
  })
})

describe('configuration and chat do not fight', () => {
  test('what was said in chat survives a restart, and a restart records nothing', async () => {
    const msp = await opened()
    await msp.bill()
    await set(msp, 'timing', 'arrears')
    const { version } = await msp.billing.books()
    await msp.restart()
    await msp.restart()
    expect((await msp.billing.books()).version).toBe(version)
    expect(await stands(msp, 'timing')).toBe('arrears, chat')
    expect(await msp.due(APRIL)).toBe(0n)
  })

  test('a line that is added counts from the day of that start; emptied, what was said last in chat counts again', async () => {
    const msp = await opened()
    await msp.bill()
    await set(msp, 'timing', 'arrears')
    await msp.restart({ lines: { timing: 'advance' } })
    expect(await stands(msp, 'timing')).toBe('advance, line')
    expect(await msp.due(APRIL)).toBe(55_000n)
    msp.now = new Date('2026-03-25T13:00:00Z')
    await msp.restart({ lines: {} })
    expect(await stands(msp, 'timing')).toBe('arrears, chat')
    expect(await msp.due(APRIL)).toBe(0n)
    const { settings } = await msp.billing.books()
    expect(settings.map(({ says, holdsFrom, by }) => [says, holdsFrom, by?.name])).toEqual([
      [DEFAULT_POLICY, undefined, undefined],
      [{ timing: 'arrears' }, day('2026-03-20'), 'Ann'],
      [{ timing: 'advance' }, day('2026-03-20'), undefined],
      [{ timing: 'arrears' }, day('2026-03-25'), undefined],
    ])
    const [last] = (await msp.billing.trail()).slice(-1)
    expect(last?.details['words']).toBe(
      'billed in advance → billed in arrears; holds from 25 Mar 2026, for each subscription behind what is billed of it',
    )
  })

  test('where nothing was said in chat, an emptied line leaves the default', async () => {
    const msp = await opened({ timing: 'arrears' })
    await msp.bill()
    await msp.restart({ lines: {} })
    expect(await stands(msp, 'timing')).toBe('advance, default')
  })

  test('a line leaves what was said ahead of other settings as it is', async () => {
    const msp = await opened()
    await msp.bill()
    await set(msp, 'decreases', 'credit', '2026-05-01')
    await msp.restart({ lines: { suspended: 'pause' } })
    expect((await standing(msp, 'decreases')).ahead).toMatchObject([{ from: MAY.from, value: 'credit' }])
    expect(await stands(msp, 'suspended')).toBe('pause, line')
  })

  test('a line counts at once, also over the same said for a later day; emptied, that day counts again', async () => {
    const msp = await opened()
    await msp.bill()
    await set(msp, 'decreases', 'credit', '2026-05-01')
    await msp.restart({ lines: { decreases: 'credit' } })
    expect(await standing(msp, 'decreases')).toMatchObject({ value: 'credit', ahead: [] })
    await msp.restart({ lines: { decreases: 'nextPeriod' } })
    expect(await standing(msp, 'decreases')).toMatchObject({ value: 'next period', ahead: [] })
    await msp.restart({ lines: {} })
    expect(await standing(msp, 'decreases')).toMatchObject({
      value: 'next period',
      ahead: [{ from: MAY.from, value: 'credit' }],
    })
    const { version } = await msp.billing.books()
    await msp.restart()
    expect((await msp.billing.books()).version).toBe(version)
  })
})
