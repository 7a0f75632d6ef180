import { type Action, type Said, type Step, type Story, StoryMistake, opening } from './story.js'

/** Where what follows a keyword begins. */
export const COLUMN = 9
const EXPECTATION = /^(bot to .+|bot|asks|card|file|invoice|auditor|holds)(?:\s+(.*))?$/
const HOUR = 3_600_000
const UNITS: Readonly<Record<string, number>> = { h: HOUR, hour: HOUR, day: 24 * HOUR, minute: 60_000 }

/** Reads a story. Throws {@link StoryMistake} for a line that is none. */
export function parseStory(name: string, text: string): Story {
  const steps: {
    line: number
    source: string
    action: Action
    expected: { by: string; lines: string[] }[]
  }[] = []
  let open: string[] | undefined
  for (const [index, source] of text.split('\n').entries()) {
    const line = index + 1
    if (/^\s+\S/.test(source)) {
      if (open === undefined) throw new StoryMistake(line, 'this belongs to no line above')
      open.push(source.trim())
      continue
    }
    open = undefined
    if (source === '' || source.startsWith('#')) continue
    const [, by, said] = EXPECTATION.exec(source) ?? []
    if (by === 'auditor' || by === 'holds') steps.push({ line, source, action: { type: by }, expected: [] })
    if (by === undefined) {
      steps.push({ line, source, action: actionOf(source, line), expected: [] })
      continue
    }
    const step = steps.at(-1)
    if (step === undefined) throw new StoryMistake(line, `“${by}” before anything happened`)
    open = said === undefined || said === '' ? [] : [said.trim()]
    step.expected.push({ by, lines: open })
  }
  checkOrder(steps)
  return { name, text, steps }
}

function checkOrder(steps: readonly Step[]): void {
  const [first, second] = steps
  if (first?.action.type !== 'clock' || first.action.timeZone === undefined) {
    throw new StoryMistake(
      first?.line ?? 1,
      'a story begins with its clock: clock 2026-03-20 09:00 America/New_York',
    )
  }
  if (second?.action.type !== 'people') {
    throw new StoryMistake(
      second?.line ?? first.line,
      'then come its people: people Dana biller, Lee approver',
    )
  }
  const late = steps
    .slice(opening({ steps }).length)
    .find(({ action }) => action.type === 'people' || action.type === 'rules')
  if (late !== undefined) throw new StoryMistake(late.line, 'people and rules stand at the beginning')
}

function actionOf(source: string, line: number): Action {
  const [keyword = '', ...words] = source.split(/\s+/)
  const rest = words.join(' ')
  if (keyword.startsWith('@')) return clickOf(source) ?? sayOf(source, line)
  const read = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
  const action = read?.(rest)
  if (action !== undefined) return action
  throw new StoryMistake(
    line,
    read === undefined
      ? `“${keyword}” begins no line of a story; ${Object.keys(KEYWORDS).join(', ')}, @somebody and bot do`
      : `“${rest}” cannot follow “${keyword}”`,
  )
}

const KEYWORDS: Readonly<Record<string, (rest: string) => Action | undefined>> = {
  clock: (rest) => {
    const [, date, time, timeZone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(?: (\S+))?$/.exec(rest) ?? []
    if (date === undefined || time === undefined) return undefined
    return { type: 'clock', date, time, ...(timeZone === undefined ? {} : { timeZone }) }
  },
  people: (rest) => {
    const people = rest.split(',').map((entry) => /^ ?([A-Z][a-z]+) ([a-z]+)$/.exec(entry))
    if (people.includes(null)) return undefined
    return {
      type: 'people',
      people: people.map((entry) => ({ name: entry?.[1] ?? '', role: entry?.[2] ?? '' })),
    }
  },
  policy: (rest) => {
    const settings = rest.split(',').map((entry) => /^ ?(\w+) (\S+)$/.exec(entry))
    if (settings.includes(null)) return undefined
    return {
      type: 'policy',
      settings: settings.map((entry) => ({ name: entry?.[1] ?? '', value: entry?.[2] ?? '' })),
    }
  },
  rules: (rest) => (rest === '' ? undefined : { type: 'rules', rules: rest }),
  ingram: (rest) => (rest === '' ? undefined : { type: 'ingram', happening: rest }),
  psa: (rest) => {
    const [, psa, happening] = /^(connectwise|autotask) (.+)$/.exec(rest) ?? []
    if (happening === undefined || (psa !== 'connectwise' && psa !== 'autotask')) return undefined
    return { type: 'psa', psa, happening }
  },
  tick: (rest) => (rest === '' ? { type: 'tick' } : undefined),
  observe: (rest) => (rest === '' ? { type: 'observe' } : undefined),
  later: (rest) => {
    const [, count, unit = ''] = /^(\d+) ?(h|hour|day|minute)s?$/.exec(rest) ?? []
    const length = UNITS[unit]
    return length === undefined ? undefined : { type: 'later', milliseconds: Number(count) * length }
  },
}

/** "@lee clicks Reject on APR-0001: the seats are wrong", "@lee clicks Approve twice", "@lee and @sam click Approve at once" */
function clickOf(source: string): Action | undefined {
  const pattern =
    /^@(\w+)(?: and @(\w+))?\s+clicks? ([A-Z][\w ]*?)(?: on ([A-Z]+-\d+))?(?: (twice|at once)|: (.+))?$/
  const [, who, other, button, on, times, reason] = pattern.exec(source) ?? []
  if (who === undefined || button === undefined) return undefined
  if ((other !== undefined) !== (times === 'at once')) return undefined
  const people = other === undefined ? (times === 'twice' ? [who, who] : [who]) : [who, other]
  return { type: 'click', who: people, press: { button, on, reason } }
}

function sayOf(source: string, line: number): Action {
  const [, who, text] = /^@(\w+)\s+(.+)$/.exec(source) ?? []
  if (who === undefined || text === undefined) throw new StoryMistake(line, 'somebody says nothing')
  return { type: 'say', who, text }
}

/** A line and what belongs to it: short keywords share a line with what they begin, long ones do not. */
export function writeSaid({ by, lines }: Said): string[] {
  const indent = ' '.repeat(COLUMN)
  if (lines.length === 0) return [by]
  if (by.length >= COLUMN) return [by, ...lines.map((line) => indent + line)]
  return lines.map((line, index) => (index === 0 ? by.padEnd(COLUMN) : indent) + line)
}

/** The text of a story with `said` after each step in place of what stood there. Comments and empty lines stay. */
export function writeStory(story: Story, said: readonly (readonly Said[])[]): string {
  const lines = story.text.split('\n')
  const written: string[] = []
  let step = -1
  for (const [index, line] of lines.entries()) {
    const begins = story.steps.findIndex((candidate) => candidate.line === index + 1)
    if (begins >= 0) {
      step = begins
      const type = story.steps[begins]?.action.type
      // These are what they tell.
      if (type !== 'auditor' && type !== 'holds') written.push(line)
      for (const one of said[step] ?? []) written.push(...writeSaid(one))
    } else if (line === '' || line.startsWith('#')) written.push(line)
  }
  return written.join('\n')
}
