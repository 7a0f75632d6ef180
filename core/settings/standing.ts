import type { LocalDate } from '../calendar/date.js'
import type { RecordedPolicy } from '../charges/policies.js'
import { DEFAULT_POLICY, type Policy } from '../charges/types.js'
import { SETTINGS, isPolicy } from './catalog.js'
import {
  DEFAULT_SETTINGS,
  type RecordedSettings,
  type SettingName,
  type Settings,
  type SomeSettings,
} from './types.js'

type Recorded = readonly RecordedSettings[]

/** The rules of policies among what was recorded. */
export function policyRecords(recorded: Recorded): readonly RecordedPolicy[] {
  return recorded.flatMap(({ says, holdsFrom, version }) => {
    const policy = policyPart(says)
    return Object.keys(policy).length === 0 ? [] : [{ says: policy, holdsFrom, version }]
  })
}

function policyPart(says: SomeSettings): Partial<Policy> {
  return Object.fromEntries(Object.entries(says).filter(([name]) => isPolicy(name as SettingName)))
}

/** What was said of a setting in chat last. */
export function lastSaid(recorded: Recorded, name: SettingName): RecordedSettings | undefined {
  return recorded.findLast(({ says, by }) => by !== undefined && Object.hasOwn(says, name))
}

/**
 * What is wanted of every setting, whenever it begins to hold: a line of the configuration counts, else what was said in
 * chat last, else the default.
 */
export function wantedOf(recorded: Recorded, lines: SomeSettings): Settings {
  const said = SETTINGS.flatMap(({ name }) => {
    const last = lastSaid(recorded, name)
    return last === undefined ? [] : [[name, last.says[name]] as const]
  })
  return { ...DEFAULT_SETTINGS, ...(Object.fromEntries(said) as SomeSettings), ...lines }
}

/**
 * The settings on a day: of policies what is recorded for it by then, wherever billed periods have not kept another; of
 * the others what is wanted.
 */
export function settingsOn(recorded: Recorded, lines: SomeSettings, day: LocalDate): Settings {
  const held = recorded.filter((one) => holdsOn(one, day))
  const policy = held.reduce((rules, { says }) => ({ ...rules, ...policyPart(says) }), policyOf(lines))
  return { ...wantedOf(recorded, lines), ...policy }
}

/** Whether what was recorded holds on a day. */
export function holdsOn({ holdsFrom }: Pick<RecordedSettings, 'holdsFrom'>, day: LocalDate): boolean {
  return holdsFrom === undefined || holdsFrom <= day
}

/** Days behind `today` on which another policy begins to hold, in order. */
export function daysAhead(recorded: Recorded, today: LocalDate): readonly LocalDate[] {
  const days = recorded.flatMap(({ holdsFrom }) => holdsFrom ?? []).filter((day) => day > today)
  return [...new Set(days)].sort((left, right) => left - right)
}

/** What is to be recorded of policies so that the configuration holds as it stands, and from when. */
export type ToRecord = Pick<RecordedSettings, 'says' | 'holdsFrom'>

/**
 * B16: what a start with these lines has to record; undefined: nothing any more. A line holds from the day of the start,
 * whatever was said in chat before; where a line is gone, what was said in chat last holds again from that day or the
 * later one it was said for, else the default. The first policies hold from the beginning, and so does what is changed
 * while nothing is billed. It is asked again until nothing is left: each answer has one date.
 */
export function policiesToRecord(
  recorded: Recorded,
  lines: SomeSettings,
  isBilled: boolean,
  today: LocalDate,
): ToRecord | undefined {
  const wanted = wantedOf(recorded, lines)
  if (policyRecords(recorded).length === 0) return { says: policyPart(wanted), holdsFrom: undefined }
  const now = settingsOn(recorded, lines, today)
  const late = SETTINGS.flatMap(({ name }) => {
    if (!isPolicy(name)) return []
    const last = recorded.findLast(({ says }) => Object.hasOwn(says, name))?.says[name]
    const isLine = Object.hasOwn(lines, name)
    if (last === wanted[name] && (!isLine || now[name] === wanted[name])) return []
    const saidFor = isLine ? undefined : lastSaid(recorded, name)?.holdsFrom
    return [{ name, from: saidFor !== undefined && saidFor > today ? saidFor : today }]
  })
  if (late.length === 0) return undefined
  const from = late.reduce((day, each) => (each.from < day ? each.from : day), late[0]?.from ?? today)
  const names = late.filter((each) => each.from === from).map(({ name }) => [name, wanted[name]] as const)
  const says = Object.fromEntries(names) as SomeSettings
  return { says, holdsFrom: isBilled || from > today ? from : undefined }
}

/** The policy that holds while nothing is recorded. */
export function policyOf(lines: SomeSettings): Policy {
  return { ...DEFAULT_POLICY, ...policyPart(lines) }
}
