import { describe, expect, test } from 'vitest'
import { EVERY_RULE } from '../../support/every-rule.js'
import {
  SETTINGS,
  readSetting,
  settingNamed,
  settingWords,
  typedValue,
} from '../../../core/settings/catalog.js'
import { DEFAULT_SETTINGS, type Settings } from '../../../core/settings/types.js'

const OTHERS: Settings = { ...EVERY_RULE, boundPercent: 35, invoiceDay: 12 }

test('every setting there is has a name to type, a line of its own and words', () => {
  expect(SETTINGS.map(({ name }) => name).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort())
  expect(new Set(SETTINGS.map(({ typed }) => typed)).size).toBe(SETTINGS.length)
  expect(new Set(SETTINGS.map(({ line }) => line)).size).toBe(SETTINGS.length)
  for (const { name } of SETTINGS) {
    expect([name, settingWords(name, DEFAULT_SETTINGS)]).not.toEqual([name, settingWords(name, OTHERS)])
  }
})

describe('what is typed', () => {
  test.each([
    ['increases', 'increases'],
    ['First Period', 'firstPeriod'],
    ['first-period', 'firstPeriod'],
    ['BILLING_FIRST_PERIOD', 'firstPeriod'],
    ['decimals', 'durationDecimals'],
    ['bound', 'boundPercent'],
    ['invoice day', 'invoiceDay'],
    ['invoice', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('“%s” is %s', (text, name) => {
    expect(settingNamed(text)).toBe(name)
  })

  test('every value is read back from how it is shown, and each choice from its own words', () => {
    for (const settings of [DEFAULT_SETTINGS, OTHERS]) {
      for (const { name } of SETTINGS) {
        expect(readSetting(name, typedValue(name, settings))).toEqual({ [name]: settings[name] })
      }
    }
    for (const { name, choices = [] } of SETTINGS) {
      for (const { typed, words } of choices) {
        const says = readSetting(name, typed.toUpperCase())
        expect(settingWords(name, { ...DEFAULT_SETTINGS, ...says })).toBe(words)
      }
    }
  })

  test.each([
    ['anchorDay', '0'],
    ['anchorDay', '1.5'],
    ['invoiceDay', '-8'],
    ['boundPercent', '12345'],
    ['boundPercent', '%'],
    ['baseMonth', '2026-13'],
    ['durationDecimals', '1'],
    ['increases', 'toString'],
    ['increases', ''],
  ] as const)('%s “%s” is none', (name, text) => {
    expect(readSetting(name, text)).toBeUndefined()
  })
})
