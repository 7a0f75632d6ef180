import type { Person } from '../access/rights.js'
import type { AuditFact } from '../audit/chain.js'
import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { localDateOf } from '../calendar/zone.js'
import type { BillingStore, Clock } from '../ports.js'
import { Problem } from '../problem.js'
import {
  type SettingInfo,
  SETTINGS,
  countsOnlyWith,
  infoOf,
  isPolicy,
  readSetting,
  settingWords,
  typedValue,
} from '../settings/catalog.js'
import { daysAhead, holdsOn, lastSaid, settingsOn, wantedOf } from '../settings/standing.js'
import {
  DEFAULT_SETTINGS,
  type RecordedSettings,
  type SettingName,
  type Settings,
  type SomeSettings,
} from '../settings/types.js'
import type { Billing } from './billing.js'
import type { DataAge } from './data-age.js'
import type { Load, Loaded } from './loader.js'
import { type PolicyAhead, policyStatus } from './policy-status.js'
import { type SettingEffects, settingEffects } from './setting-effects.js'
import { type MadeStale, tellingStale } from './made-stale.js'
import { onUnmovedBooks } from './unmoved.js'

/** Where a value comes from. */
export type SettingSource =
  /** The configuration has a line for it, and fixes it. */
  | { readonly type: 'line' }
  | { readonly type: 'chat'; readonly name: string; readonly on: LocalDate }
  | { readonly type: 'default' }

/** A setting as it stands. */
export interface SettingStanding extends SettingInfo {
  /** What it does, in words. */
  readonly words: string
  /** As it is typed. */
  readonly value: string
  readonly source: SettingSource
  /** What begins to hold on later days, in order. */
  readonly ahead: readonly PlannedSetting[]
  /** Without which it counts for nothing; undefined: it counts. */
  readonly onlyWith: string | undefined
  /** A default to go back to. */
  readonly byDefault: string
}

export interface PlannedSetting {
  readonly from: LocalDate
  readonly value: string
  readonly words: string
  /** Who said so in chat; undefined: the configuration. */
  readonly by: string | undefined
}

export interface SettingsAnswer {
  readonly settings: readonly SettingStanding[]
  /** When subscriptions take what is ahead. */
  readonly ahead: readonly PolicyAhead[]
  readonly timeZone: string
  readonly opensOn: LocalDate
  /** The configuration names the opening date. */
  readonly opensByLine: boolean
  readonly today: LocalDate
  readonly age: DataAge
}

/** What was set, and what it does. */
export interface SettingChanged extends MadeStale {
  readonly setting: SettingInfo
  readonly before: { readonly value: string; readonly words: string }
  readonly after: { readonly value: string; readonly words: string }
  /** Of a policy: the day from which it holds; undefined: from the beginning, for nothing is billed. */
  readonly holdsFrom: LocalDate | undefined
  /** What was to hold from that day or a later one, and does not any more. */
  readonly dropped: readonly PlannedSetting[]
  /** Of a policy. */
  readonly effects: SettingEffects | undefined
  readonly today: LocalDate
}

export interface AskedSetting {
  readonly name: SettingName
  /** As it was typed. */
  readonly value: string
  /** Of a policy: undefined: from today, or from the beginning while nothing is billed. */
  readonly from: LocalDate | undefined
}

/** What is set: looked at by everybody, changed by admins where the configuration says nothing. */
export interface SettingsDesk {
  list(): Promise<SettingsAnswer>
  /** Problem `input` for what is no value, `held` where the configuration fixes it, `conflict` where it is so already. */
  set(person: Person, asked: AskedSetting): Promise<SettingChanged>
}

export interface SettingsPorts {
  readonly billing: BillingStore
  readonly clock: Clock
  readonly load: Load
  readonly open: Billing['open']
}

interface Fixed {
  readonly timeZone: string
  readonly opensOn: LocalDate | undefined
  readonly lines: SomeSettings
}

export function createSettings(ports: SettingsPorts, fixed: Fixed): SettingsDesk {
  return {
    list: async () => {
      const view = await ports.load()
      const { books, portfolio, today, age } = view
      return {
        settings: SETTINGS.map((info) => standingOf(info, books.settings, fixed, today)),
        ahead: policyStatus(view, today).ahead,
        timeZone: fixed.timeZone,
        opensOn: portfolio.opensOn,
        opensByLine: fixed.opensOn !== undefined,
        today,
        age,
      }
    },
    set: async (person, asked) => {
      return await tellingStale(ports.open, () =>
        onUnmovedBooks(async () => setOne(ports, fixed, await ports.load(), person, asked)),
      )
    },
  }
}

function standingOf(
  info: SettingInfo,
  recorded: readonly RecordedSettings[],
  { lines, timeZone }: Fixed,
  today: LocalDate,
): SettingStanding {
  const { name } = info
  const now = settingsOn(recorded, lines, today)
  const last = settingsOn(recorded, lines, daysAhead(recorded, today).at(-1) ?? today)
  // Who said what holds now: what is ahead may be somebody else's.
  const said = lastSaid(isPolicy(name) ? recorded.filter((one) => holdsOn(one, today)) : recorded, name)
  const source: SettingSource = Object.hasOwn(lines, name)
    ? { type: 'line' }
    : said?.by === undefined
      ? { type: 'default' }
      : { type: 'chat', name: said.by.name, on: localDateOf(said.recordedAt, timeZone) }
  return {
    ...info,
    words: settingWords(name, now),
    value: typedValue(name, now),
    source,
    ahead: plannedOf(name, recorded, lines, today),
    onlyWith: countsOnlyWith(name, last),
    byDefault: typedValue(name, DEFAULT_SETTINGS),
  }
}

/** What begins to hold of a policy behind `today`, in order. */
function plannedOf(
  name: SettingName,
  recorded: readonly RecordedSettings[],
  lines: SomeSettings,
  today: LocalDate,
): readonly PlannedSetting[] {
  if (!isPolicy(name)) return []
  let before = settingsOn(recorded, lines, today)
  return daysAhead(recorded, today).flatMap((from) => {
    const then = settingsOn(recorded, lines, from)
    const isSame = then[name] === before[name]
    before = then
    if (isSame) return []
    const by = lastSaid(
      recorded.filter((one) => holdsOn(one, from)),
      name,
    )?.by?.name
    return [{ from, value: typedValue(name, then), words: settingWords(name, then), by }]
  })
}

async function setOne(
  { billing, clock }: SettingsPorts,
  { lines }: Fixed,
  view: Loaded,
  person: Person,
  { name, value, from }: AskedSetting,
): Promise<Omit<SettingChanged, 'stale'>> {
  const { books, today } = view
  const setting = infoOf(name)
  if (Object.hasOwn(lines, name)) throw fixedByLine(setting)
  const says = valueOf(setting, value)
  refuseDate(setting, from, today)
  const recorded = books.settings
  const holdsFrom = isPolicy(name) ? (from ?? (isAnythingBilled(view) ? today : undefined)) : undefined
  const before = settingsOn(recorded, lines, holdsFrom ?? today)
  const wanted = { ...wantedOf(recorded, lines), ...says }
  const [old, now] = [before, { ...before, ...says }].map((all) => wordsOf(name, all))
  const isSame = wanted[name] === before[name] && wanted[name] === wantedOf(recorded, lines)[name]
  if (old === undefined || now === undefined || isSame) throw alreadySo(setting, wanted)
  const onlyWith = countsOnlyWith(name, wanted)
  if (onlyWith !== undefined) throw countsForNothing(setting, onlyWith)
  const recordedAt = await clock.now()
  const by = { id: person.id, name: person.name }
  const record: RecordedSettings = { says, holdsFrom, recordedAt, by, version: books.version + 1 }
  const effects = isPolicy(name) ? settingEffects(view, lines, record) : undefined
  const dropped = plannedOf(name, recorded, lines, today).filter(
    (planned) => holdsFrom === undefined || planned.from >= holdsFrom,
  )
  const audit = auditOf(person, setting, { old: old.words, now: now.words, holdsFrom, dropped })
  await billing.recordSettings({ says, holdsFrom, recordedAt, by, audit }, books.version)
  return { setting, before: old, after: now, holdsFrom, dropped, effects, today }
}

/** What is billed by file or is a PSA's to bill: an edit then holds from a day, not from the beginning. */
function isAnythingBilled({ books, slots }: Loaded): boolean {
  return books.billed.length > 0 || slots.length > 0
}

function valueOf(setting: SettingInfo, typed: string): SomeSettings {
  const { name } = setting
  const isDefault = typed.trim().toLowerCase() === 'default'
  const says = isDefault ? { [name]: DEFAULT_SETTINGS[name] } : readSetting(name, typed)
  if (says !== undefined) return says
  throw new Problem({
    kind: 'input',
    what: `${setting.typed} cannot be “${typed.slice(0, 40)}”: it must be ${setting.must}.`,
    notDone: NOTHING_SET,
    next: `Type \`settings ${setting.typed}\` to see what each does.`,
  })
}

function refuseDate({ name, typed }: SettingInfo, from: LocalDate | undefined, today: LocalDate): void {
  if (from === undefined || (isPolicy(name) && from >= today)) return
  throw new Problem({
    kind: 'input',
    what: isPolicy(name)
      ? `A rule of billing holds from today, ${dayMonthYear(today)}, at the earliest, and not from ${dayMonthYear(from)}.`
      : `${typed} holds at once, and takes no date.`,
    notDone: NOTHING_SET,
    next: isPolicy(name) ? 'Name a day from today on, or none.' : `Type \`settings ${typed} <value>\`.`,
  })
}

function wordsOf(name: SettingName, settings: Settings): SettingChanged['before'] {
  return { value: typedValue(name, settings), words: settingWords(name, settings) }
}

function auditOf(
  { id }: Person,
  { typed }: SettingInfo,
  {
    old,
    now,
    holdsFrom,
    dropped,
  }: Pick<SettingChanged, 'holdsFrom' | 'dropped'> & { readonly old: string; readonly now: string },
): Omit<AuditFact, 'at'> {
  const planned = dropped.map((one) => `${one.words} from ${dayMonthYear(one.from)}`)
  const from = {
    ...(holdsFrom === undefined ? {} : { from: dayMonthYear(holdsFrom) }),
    ...(planned.length === 0 ? {} : { dropped: planned.join(', ') }),
  }
  return {
    actor: id,
    action: 'setting.changed',
    subject: `setting ${typed}`,
    details: { setting: typed, before: old, after: now, ...from },
  }
}

const NOTHING_SET = 'Nothing was changed.'

function fixedByLine({ typed, line }: SettingInfo): Problem {
  return new Problem({
    kind: 'held',
    what: `${typed} is fixed by ${line} in the configuration.`,
    notDone: NOTHING_SET,
    next: 'Change that line and start again, or empty it to change it here.',
  })
}

function alreadySo({ name, typed }: SettingInfo, settings: Settings): Problem {
  return new Problem({
    kind: 'conflict',
    what: `${typed} is ${typedValue(name, settings)} already: ${settingWords(name, settings)}.`,
    notDone: NOTHING_SET,
    next: 'Type `settings` to see what is set.',
  })
}

function countsForNothing({ typed }: SettingInfo, onlyWith: string): Problem {
  return new Problem({
    kind: 'held',
    what: `${typed} counts only with ${onlyWith}.`,
    notDone: NOTHING_SET,
    next: `Type \`settings ${onlyWith}\` first.`,
  })
}
