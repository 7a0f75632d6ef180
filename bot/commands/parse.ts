import type { LocalDate } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { monthYear } from '../../core/calendar/words.js'
import { COMMAND_LENGTH_LIMIT } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import { COMMANDS, type CommandName } from './catalog.js'
import { type CalendarCommand, calendarWith, upcomingWith } from './parse-calendar.js'
import { type MapCommand, parseMap } from './parse-map.js'
import { type PeopleCommand, parsePeopleCommand } from './parse-people.js'
import { type PriceCommand, parsePrice } from './parse-price.js'
import { type SettingsCommand, parseSettings } from './parse-settings.js'
import { type Phrase, dayAtEnd, dayAtStart, monthAtEnd, monthAtStart, unreadDate } from './dates.js'
import {
  bare,
  pageNumber,
  refuseExtra,
  required,
  unknownCommand,
  unquoted,
  withoutFillers,
  withoutQuestionMark,
} from './parse-words.js'

/** What a person asked for, understood. */
export type Command =
  | { readonly name: 'help'; readonly about: CommandName | undefined }
  | { readonly name: 'who'; readonly month: Period | undefined; readonly filter: string }
  | { readonly name: 'customer'; readonly customer: string; readonly month: Period | undefined }
  | { readonly name: 'explain'; readonly line: string }
  | { readonly name: 'changes'; readonly since: LocalDate | undefined; readonly filter: string }
  | CalendarCommand
  | { readonly name: 'propose'; readonly month: Period | undefined; readonly customers: readonly string[] }
  | { readonly name: 'sync'; readonly customers: readonly string[] }
  /** `seen`: revision of the content that was shown; undefined: typed, and meant for what is there now. */
  | { readonly name: 'approve'; readonly id: string; readonly seen?: string }
  | {
      readonly name: 'approval'
      readonly id: string
      readonly customer: string | undefined
      /** From 1; undefined: none was named. */
      readonly page: number | undefined
    }
  | { readonly name: 'reject'; readonly id: string; readonly reason: string; readonly seen?: string }
  | {
      readonly name: 'void'
      readonly run: string
      readonly customer: string | undefined
      readonly reason: string
    }
  | { readonly name: 'export'; readonly template: 'csv'; readonly run: string }
  | { readonly name: 'home' }
  | { readonly name: 'status' }
  | { readonly name: 'observe' }
  | { readonly name: 'approvals' }
  | MapCommand
  | PriceCommand
  | PeopleCommand
  | SettingsCommand
  | { readonly name: 'audit' }

/** Tells whether all of a text is a name, though what is behind `before` could be a month. */
export type IsName = (whole: string, before: string) => boolean

/**
 * Understands a typed command or a plain question. Problem `input` with the nearest command for anything else.
 *
 * @param today decides what "march" and "since monday" mean.
 * @param isName names win over months at their end; without it nothing is known of names.
 */
export function parseCommand(text: string, today: LocalDate, isName: IsName = () => false): Command {
  if (text.length > COMMAND_LENGTH_LIMIT) {
    throw new Problem({
      kind: 'input',
      what: `That is ${text.length} characters long; a command has at most ${COMMAND_LENGTH_LIMIT}.`,
      notDone: 'Nothing was done.',
      next: 'Type `help` to see what you can ask.',
    })
  }
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
  const [first = 'help', ...rest] = words
  const name = COMMANDS.find((command) => command.name === first.toLowerCase())?.name
  const question = parseQuestion(words, today, isName)
  if (question !== undefined) return question
  if (name !== undefined) return withArguments(name, rest, today, isName)
  throw unknownCommand(first)
}

function withArguments(
  name: CommandName,
  words: readonly string[],
  today: LocalDate,
  isName: IsName,
): Command {
  switch (name) {
    case 'help':
      return { name, about: helpTopic(words) }
    case 'who':
      return whoWith(withoutQuestionMark(words), today, isName)
    case 'customer':
      return customerWith(words, today, isName)
    case 'explain':
      return {
        name,
        line: required(bare(words[0]), 'explain <line>', 'the reference of a line, as `customer` shows it'),
      }
    case 'changes':
      return changesWith(withoutQuestionMark(words), today)
    case 'upcoming':
      return upcomingWith(withoutQuestionMark(words))
    case 'calendar':
      return calendarWith(withoutQuestionMark(words), today)
    case 'propose':
      return proposeWith(words, today, isName)
    case 'sync':
      return { name, customers: namesIn(withoutFillers(words)) }
    case 'approval':
      return approvalWith(words)
    case 'approve':
      refuseExtra(`${name} <id>`, words.slice(1))
      return {
        name,
        id: required(words[0], `${name} <id>`, 'the id of a request, as `approvals` shows it').toUpperCase(),
      }
    case 'reject':
      return rejectWith(words)
    case 'void':
      return voidWith(words)
    case 'export':
      return exportWith(words)
    case 'map':
      return parseMap(words, today)
    case 'price':
    case 'describe':
      return parsePrice(name, words, today)
    case 'people':
      return parsePeopleCommand(words)
    case 'settings':
      return parseSettings(words, today)
    case 'home':
    case 'status':
    case 'observe':
    case 'approvals':
    case 'audit':
      refuseExtra(name, words)
      return { name }
  }
}

function whoWith(words: readonly string[], today: LocalDate, isName: IsName): Command {
  const asked = withoutFillers(words)
  const month = oneMonth(asked, today, isName)
  // "10 march" is a day: its number is no filter.
  if (month?.rest.length === 1) refuseBadDate(asked)
  return { name: 'who', month: month?.value, filter: filterOf(month?.rest ?? asked) }
}

/** The month before or behind other words; Problem `input` when both are months: which one is meant, nobody knows. */
function oneMonth(words: readonly string[], today: LocalDate, isName: IsName): Phrase<Period> | undefined {
  const month = monthAtStart(words, today) ?? monthBehindName(words, today, isName)
  if (month === undefined) return undefined
  const rest = withoutFillers(month.rest)
  const whole = monthAtStart(rest, today)
  const second = whole?.rest.length === 0 ? whole : monthAtEnd(rest, today)
  if (second === undefined) return month
  const [first, last] = [month.value, second.value].map(({ from }) => monthYear(from))
  throw new Problem({
    kind: 'input',
    what: `Two months are named there: ${first} and ${last}.`,
    notDone: 'Nothing was done.',
    next: 'Name one; a customer or product with the name of a month goes in quotes.',
  })
}

/** The month at the end, unless the last of the names separated by commas is one only with it. */
function monthBehindName(
  words: readonly string[],
  today: LocalDate,
  isName: IsName,
): Phrase<Period> | undefined {
  const month = monthAtEnd(words, today)
  if (month === undefined) return undefined
  const lastOf = (some: readonly string[]) => some.join(' ').split(',').at(-1)?.trim() ?? ''
  const isAll = isName(words.join(' '), month.rest.join(' ')) || isName(lastOf(words), lastOf(month.rest))
  return isAll ? undefined : month
}

function customerWith(words: readonly string[], today: LocalDate, isName: IsName): Command {
  const month = monthBehindName(words, today, isName)
  const customer = unquoted(refuseBadDate(month?.rest ?? words).join(' '))
  return {
    name: 'customer',
    customer: required(customer, 'customer <name> [month]', 'the name of a customer, or the beginning of it'),
    month: month?.value,
  }
}

/** "changes since monday contoso", "changes at contoso since 1 march", "contoso this week": in either order. */
function changesWith(words: readonly string[], today: LocalDate): Command {
  const at = words.findIndex((word) => word.toLowerCase() === 'since')
  const dated = withoutFillers(words.slice(at + 1))
  const since = dayAtStart(dated, today) ?? (at < 0 ? dayAtEnd(dated, today) : undefined)
  if (at >= 0 && since === undefined) throw badDate(dated)
  const rest = [...words.slice(0, Math.max(0, at)), ...(since?.rest ?? dated)]
  return { name: 'changes', since: since?.value, filter: filterOf(rest) }
}

function proposeWith(words: readonly string[], today: LocalDate, isName: IsName): Command {
  const asked = withoutCommaBehindMonth(withoutFillers(words), today)
  const month = oneMonth(asked, today, isName)
  const customers = namesIn(withoutFillers(refuseBadDate(month?.rest ?? asked)))
  return { name: 'propose', month: month?.value, customers }
}

/** Customers separated by commas. */
function namesIn(words: readonly string[]): readonly string[] {
  const names = words
    .join(' ')
    .split(',')
    .map((name) => unquoted(name.trim()))
  return names.filter((name) => name !== '')
}

/** "march, contoso": a comma separates customers from each other, and a month from them. */
function withoutCommaBehindMonth(words: readonly string[], today: LocalDate): readonly string[] {
  for (const length of [2, 1]) {
    const [last = '', ...before] = words.slice(0, length).toReversed()
    if (!last.endsWith(',')) continue
    const start = [...before.toReversed(), last.slice(0, -1)]
    if (monthAtStart(start, today)?.rest.length === 0) return [...start, ...words.slice(length)]
  }
  return words
}

/** "APR-0001", "APR-0001 page 2", "APR-0001 contoso", "APR-0001 contoso page 2". */
function approvalWith([id, ...words]: readonly string[]): Command {
  const [word, number] = words.slice(-2)
  const page = word?.toLowerCase() === 'page' ? pageNumber(number, 'approval APR-0001 page 2') : undefined
  const named = words.slice(0, page === undefined ? undefined : -2).join(' ')
  return {
    name: 'approval',
    id: required(id, 'approval <id>', 'the id of a request, as `approvals` shows it').toUpperCase(),
    customer: named === '' ? undefined : unquoted(named),
    page,
  }
}

/** The words before and after "because". */
function splitReason(words: readonly string[]): {
  readonly before: readonly string[]
  readonly reason: string
} {
  const at = words.findIndex((word) => word.toLowerCase() === 'because')
  if (at < 0) return { before: words, reason: '' }
  return { before: words.slice(0, at), reason: words.slice(at + 1).join(' ') }
}

function rejectWith(words: readonly string[]): Command {
  const usage = 'reject <id> because <reason>'
  const { before, reason } = splitReason(words)
  refuseExtra(usage, before.slice(1))
  const id = required(before[0], usage, 'the id of a request, as `approvals` shows it').toUpperCase()
  return { name: 'reject', id, reason: required(reason, usage, 'a reason after the word because') }
}

function voidWith(words: readonly string[]): Command {
  const usage = 'void <run> [customer] because <reason>'
  const { before, reason } = splitReason(words)
  const run = required(before[0], usage, 'the id of a bill run, such as BR-0001').toUpperCase()
  const customer = unquoted(before.slice(1).join(' '))
  return {
    name: 'void',
    run,
    customer: customer === '' ? undefined : customer,
    reason: required(reason, usage, 'a reason after the word because'),
  }
}

function exportWith(words: readonly string[]): Command {
  const usage = 'export csv <run>'
  const [template, run, ...more] = words
  refuseExtra(usage, more)
  if (template?.toLowerCase() !== 'csv') {
    throw new Problem({
      kind: 'input',
      what: `There is no template “${(template ?? '').slice(0, 40)}”; there is \`csv\`.`,
      notDone: 'No file was made.',
      next: 'Type `export csv <run>`, for example `export csv BR-0001`.',
    })
  }
  return {
    name: 'export',
    template: 'csv',
    run: required(run, usage, 'the id of a bill run, such as BR-0001').toUpperCase(),
  }
}

function helpTopic([word, ...more]: readonly string[]): CommandName | undefined {
  if (word === undefined) return undefined
  refuseExtra('help <command>', more)
  const found = COMMANDS.find(({ name }) => name === word.toLowerCase())
  if (found === undefined) throw unknownCommand(word)
  return found.name
}

function filterOf(words: readonly string[]): string {
  return unquoted(refuseBadDate(withoutFillers(words)).join(' '))
}

/** A date that does not exist is a typing mistake, not a filter: "who 2026-13" must not answer with nothing. */
function refuseBadDate(words: readonly string[]): readonly string[] {
  if (unreadDate(words) !== undefined) throw badDate(words)
  return words
}

/** Shows the part that looks like a date, else all of it, and how it is to be written. */
function badDate(words: readonly string[]): Problem {
  const { typed, readings } = unreadDate(words) ?? { typed: words.join(' '), readings: [] }
  const what = typed === '' ? 'A date is missing there.' : `“${typed}” is not a date that fits here.`
  const next =
    readings.length === 0
      ? 'Write a month as `march` or `2026-03`, a day as `2026-03-11` or `11 march`.'
      : `Write it as ${readings.map((reading) => `\`${reading}\``).join(' or ')}.`
  return new Problem({ kind: 'input', what, notDone: 'Nothing was done.', next })
}

/** Plain questions people ask, word for word or nearly so. */
const QUESTIONS: readonly { readonly pattern: RegExp; readonly command: CommandName }[] = [
  {
    pattern:
      /^(?:who|whom) (?:do|should|must|can|to|shall|did) (?:(?:i|we) )?(?:bill|invoice|charge)(?: for)?(?: in)?\b\s*(.*)$/,
    command: 'who',
  },
  {
    pattern: /^what (?:do|should|must) (?:i|we) (?:bill|invoice|charge)(?: for)?(?: in)?\b\s*(.*)$/,
    command: 'who',
  },
  { pattern: /^what (?:has |have |was )?changed\b\s*(.*)$/, command: 'changes' },
  {
    pattern: /^what (?:waits|is waiting|needs (?:me|approval))(?: for (?:me|approval))?$/,
    command: 'approvals',
  },
  {
    pattern:
      /^(?:what|which)(?: (?:ingram|vendor))? (?:invoices? (?:are|is) (?:coming|upcoming|next|due)|is coming up|renews(?: soon| next)?)(?: in the next (\d+) days)?$/,
    command: 'upcoming',
  },
  { pattern: /^when is (?:the|our|my) next(?: ingram)? invoice$/, command: 'upcoming' },
  { pattern: /^how (?:old|fresh) is (?:the|this|my) data$/, command: 'status' },
  { pattern: /^(?:what can (?:i|you) do|what can i (?:ask|type))(?: here)?$/, command: 'help' },
]

function parseQuestion(words: readonly string[], today: LocalDate, isName: IsName): Command | undefined {
  const text = words
    .join(' ')
    .toLowerCase()
    .replace(/[?!.]+$/, '')
    .trim()
  for (const { pattern, command } of QUESTIONS) {
    const match = pattern.exec(text)
    if (match === null) continue
    const rest = (match[1] ?? '').split(' ').filter((word) => word !== '')
    if (command === 'changes') return changesWith(rest, today)
    if (command === 'who') return whoWith(rest, today, isName)
    if (command === 'upcoming') return upcomingWith(rest)
    return command === 'status' || command === 'approvals'
      ? { name: command }
      : { name: 'help', about: undefined }
  }
  return undefined
}
