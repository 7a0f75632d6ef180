import { distance } from 'fastest-levenshtein'
import type { LocalDate } from '../../core/calendar/date.js'
import { Problem } from '../../core/problem.js'
import { SETTINGS, settingNamed } from '../../core/settings/catalog.js'
import type { SettingName } from '../../core/settings/types.js'
import { dayAtStart } from './dates.js'
import { unquoted } from './parse-words.js'

/** What is asked of settings. */
export type SettingsCommand = { readonly name: 'settings' } & (
  | { readonly action: 'list' }
  | { readonly action: 'one'; readonly setting: SettingName }
  | {
      readonly action: 'set'
      readonly setting: SettingName
      /** As it was typed. */
      readonly value: string
      readonly from: LocalDate | undefined
    }
)

/** Words a name of a setting has at most, also as a line of the configuration that is written in words. */
const NAME_WORDS = 3

/** "", "increases", "increases full", "first period full from 1 april", "bound 30%". Problem `input` for no setting. */
export function parseSettings(words: readonly string[], today: LocalDate): SettingsCommand {
  const name = 'settings'
  if (words.length === 0) return { name, action: 'list' }
  const { setting, rest } = namedAtStart(words)
  const at = rest.findLastIndex((word) => word.toLowerCase() === 'from')
  const from = at < 0 ? undefined : dayOf(rest.slice(at + 1), today)
  const value = unquoted(rest.slice(0, at < 0 ? undefined : at).join(' '))
  if (value !== '') return { name, action: 'set', setting, value, from }
  if (at < 0) return { name, action: 'one', setting }
  throw new Problem({
    kind: 'input',
    what: 'A date is there, and no value.',
    notDone: 'Nothing was changed.',
    next: 'Type it as in `settings increases full from 1 april`.',
  })
}

/** The longest name at the start: "base month" is one, and "base month 2026-03" begins with it. */
function namedAtStart(words: readonly string[]): {
  readonly setting: SettingName
  readonly rest: readonly string[]
} {
  for (let length = NAME_WORDS; length > 0; length -= 1) {
    const setting = settingNamed(words.slice(0, length).join(' '))
    if (setting !== undefined && words.length >= length) return { setting, rest: words.slice(length) }
  }
  throw unknownSetting(words)
}

function unknownSetting(words: readonly string[]): Problem {
  const near = SETTINGS.map(({ typed }) => {
    const wanted = words.slice(0, typed.split(' ').length).join(' ').toLowerCase()
    return { typed, far: distance(typed, wanted) }
  }).sort((left, right) => left.far - right.far)[0]
  const isNear = near !== undefined && near.far <= Math.max(2, Math.floor(near.typed.length / 3))
  const all = SETTINGS.map(({ typed }) => typed).join(', ')
  return new Problem({
    kind: 'input',
    what: `“${words.slice(0, 2).join(' ').slice(0, 40)}” is no setting.`,
    notDone: 'Nothing was changed.',
    next: isNear ? `Did you mean \`settings ${near.typed}\`?` : `Settings are ${all}.`,
  })
}

function dayOf(words: readonly string[], today: LocalDate): LocalDate {
  // No rule holds from a day in the past.
  const day = dayAtStart(words, today, { day: today, back: 0 })
  if (day?.rest.length === 0) return day.value
  throw new Problem({
    kind: 'input',
    what: `“${words.join(' ').slice(0, 40)}” is not a day to begin with.`,
    notDone: 'Nothing was changed.',
    next: 'Type it as in `settings increases full from 1 april`.',
  })
}
