import { type LocalDate, formatLocalDate, parseLocalDate } from '../calendar/date.js'
import { POLICY_WORDS, ruleWords } from '../charges/policy-words.js'
import { DEFAULT_POLICY, type Policy } from '../charges/types.js'
import type { SettingName, Settings, SomeSettings } from './types.js'

/** A setting as people and the configuration know it. */
export interface SettingInfo {
  readonly name: SettingName
  /** As people type it: "first period". */
  readonly typed: string
  /** The line of the configuration that fixes it. */
  readonly line: string
  /** Values there is a choice of; undefined: any that `must` allows. */
  readonly choices: readonly SettingChoice[] | undefined
  /** What a value has to be, behind "must be". */
  readonly must: string
}

export interface SettingChoice {
  /** As people type it: "next period". */
  readonly typed: string
  /** What it does. */
  readonly words: string
}

/** Every setting, in the order in which they are shown. */
export const SETTINGS: readonly SettingInfo[] = [
  setting('cycle', 'cycle', 'BILLING_CYCLE'),
  setting('anchorDay', 'anchor day', 'BILLING_ANCHOR_DAY', 'a day from 1 to 31, or none'),
  setting('firstPeriod', 'first period', 'BILLING_FIRST_PERIOD'),
  setting('lastPeriod', 'last period', 'BILLING_LAST_PERIOD'),
  setting('increases', 'increases', 'BILLING_INCREASES'),
  setting('decreases', 'decreases', 'BILLING_DECREASES'),
  setting('suspended', 'suspended', 'BILLING_SUSPENDED'),
  setting('priceChange', 'price change', 'BILLING_PRICE_CHANGE'),
  setting('timing', 'timing', 'BILLING_TIMING'),
  setting('dayCount', 'day count', 'BILLING_DAY_COUNT'),
  setting('baseMonth', 'base month', 'BILLING_BASE_MONTH', 'a month such as 2026-03, or none'),
  setting(
    'durationDecimals',
    'decimals',
    'BILLING_DURATION_DECIMALS',
    'exact, or a whole number from 2 to 12',
  ),
  setting('roundAt', 'round at', 'BILLING_ROUND_AT'),
  setting('roundMode', 'round mode', 'BILLING_ROUND_MODE'),
  setting('boundPercent', 'bound', 'BILLING_BOUND_PERCENT', 'a whole number of percent, such as 20'),
  setting('invoiceDay', 'invoice day', 'INVOICE_DAY', 'a day from 1 to 31, or none'),
]

/** @param must without it the words of the policy are the choices. */
function setting(name: SettingName, typed: string, line: string, must?: string): SettingInfo {
  if (must !== undefined) return { name, typed, line, choices: undefined, must }
  const choices = valuesOf(name).map(([value, words]) => ({ typed: spaced(value), words }))
  return { name, typed, line, choices, must: `one of: ${choices.map((choice) => choice.typed).join(', ')}` }
}

const INFOS: ReadonlyMap<SettingName, SettingInfo> = new Map(SETTINGS.map((info) => [info.name, info]))

export function infoOf(name: SettingName): SettingInfo {
  const info = INFOS.get(name)
  if (info === undefined) throw new Error(`${name} is in no list of settings`)
  return info
}

/** The setting a text names, as people type it or by its line, in any case; undefined: none. */
export function settingNamed(text: string): SettingName | undefined {
  const wanted = bareOf(text)
  return SETTINGS.find(({ name, typed, line }) => [name, typed, line].some((each) => bareOf(each) === wanted))
    ?.name
}

/** Policies hold from a date and for periods; others hold at once. */
export function isPolicy(name: SettingName): name is keyof Policy {
  return Object.hasOwn(DEFAULT_POLICY, name)
}

/** What somebody wrote for a setting, in the configuration or in chat; undefined: it is none of its values. */
export function readSetting(name: SettingName, text: string): SomeSettings | undefined {
  const bare = text.trim().toLowerCase()
  const value = (read: Settings[SettingName]): SomeSettings => ({ [name]: read })
  switch (name) {
    case 'anchorDay':
    case 'invoiceDay': {
      if (bare === 'none') return value(undefined)
      const day = /^\d{1,2}$/.test(bare) ? Number(bare) : 0
      return day >= 1 && day <= 31 ? value(day) : undefined
    }
    case 'baseMonth': {
      if (bare === 'none') return value(undefined)
      const month = parseLocalDate(`${bare}-01`)
      return month === undefined ? undefined : value(month)
    }
    case 'durationDecimals': {
      if (bare === 'exact') return value('exact')
      return /^([2-9]|1[0-2])$/.test(bare) ? value(Number(bare)) : undefined
    }
    case 'boundPercent': {
      const percent = /^(\d{1,4}) ?%?$/.exec(bare)?.[1]
      return percent === undefined ? undefined : value(Number(percent))
    }
    default: {
      const found = valuesOf(name).find(([each]) => bareOf(each) === bareOf(text))
      return found === undefined ? undefined : { [name]: found[0] }
    }
  }
}

/** A value as people type it: "next period", "12", "none". */
export function typedValue(name: SettingName, settings: Settings): string {
  const value = settings[name]
  if (value === undefined) return 'none'
  if (name === 'baseMonth') return formatLocalDate(value as LocalDate).slice(0, 7)
  return typeof value === 'number' ? String(value) : spaced(value)
}

/** What a value does, in words: "added seats prorated". */
export function settingWords(name: SettingName, settings: Settings): string {
  if (name === 'boundPercent')
    return `a month more than ${settings.boundPercent} % from the last one billed is held`
  if (name !== 'invoiceDay') return ruleWords(name, settings)
  const { invoiceDay } = settings
  return invoiceDay === undefined
    ? 'the invoice’s day is estimated from the earliest licence'
    : `the invoice is made on day ${invoiceDay} of the month`
}

/** Without which other setting one counts for nothing (D2); undefined: it counts. */
export function countsOnlyWith(name: SettingName, settings: Settings): string | undefined {
  const { cycle, anchorDay, dayCount, baseMonth } = settings
  if (name === 'anchorDay' && anchorDay !== undefined && cycle !== 'anniversary') return 'cycle anniversary'
  if (name === 'baseMonth' && baseMonth !== undefined && dayCount !== 'baseMonth')
    return 'day count base month'
  return undefined
}

/** The values there is a choice of, each with what it does. */
function valuesOf(name: SettingName): readonly (readonly [value: string, words: string])[] {
  const words = new Map<string, Readonly<Record<string, string>>>(Object.entries(POLICY_WORDS)).get(name)
  return Object.entries(words ?? {})
}

/** "nextPeriod" as people read it: "next period"; "actualOver30" as "actual over 30". */
function spaced(value: string): string {
  return value.replace(/[A-Z]|\d+/g, (part) => ` ${part.toLowerCase()}`)
}

/** Without what is between words: "First-Period" and "firstPeriod" are the same. */
function bareOf(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '')
}
