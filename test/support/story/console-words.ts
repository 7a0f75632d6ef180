import { type Words, buttonLine, wordsOf } from './words.js'

const ITEM = /^ {2}- (.*)$/
/** What to type for the rest stands bare here, and in code elsewhere. */
const MORE = /^ {2}(… and \d+ more: )(.*)$/
const BUTTON = /^\[([^\]]+)\] \S/
/** A table of two columns looks like facts, but for its headings. */
const HEADINGS_OF_TWO = new Set([
  'Type To see',
  'Customer To bill',
  'Invoice from Ingram Predicted',
  'Day Amount',
])

/** A command that stands beside a button: what clicking it means in a terminal. */
export interface ConsoleButton {
  readonly label: string
  readonly command: string
}

/** What a terminal shows, as words. */
export function consoleWords(text: string): Words {
  const [title = '', ...parts] = text.trimEnd().split('\n\n')
  const buttons = consoleButtons(text)
  const body = (buttons.length > 0 ? parts.slice(0, -1) : parts).flatMap((part) =>
    partLines(part.split('\n')),
  )
  return wordsOf([title, ...body, ...buttonLine(buttons.map(({ label }) => label))])
}

/** The buttons at the end, with what to type for each. */
export function consoleButtons(text: string): readonly ConsoleButton[] {
  const lines = text.trimEnd().split('\n\n').slice(1).at(-1)?.split('\n') ?? []
  if (!lines.every((line) => BUTTON.test(line))) return []
  return lines.map((line) => {
    const end = line.indexOf('] ')
    return { label: line.slice(1, end), command: line.slice(end + 2) }
  })
}

function partLines(lines: readonly string[]): string[] {
  const [first = ''] = lines
  const isHeading = first.endsWith(':') && lines.slice(1).some((line) => ITEM.test(line) || MORE.test(line))
  const isTable = HEADINGS_OF_TWO.has(cellsOf(first).join(' '))
  return lines.map((line, index) => {
    if (index === 0 && isHeading) return first.slice(0, -1)
    const [, more, command] = MORE.exec(line) ?? []
    if (more !== undefined) return `${more}"${command}"`
    const [, item] = ITEM.exec(line) ?? []
    if (item !== undefined) return `- ${item}`
    const cells = cellsOf(line)
    return cells.length === 2 && !isTable ? cells.join(': ') : cells.join(' · ')
  })
}

/** Columns stand two spaces or more apart; a text has single spaces only. */
function cellsOf(line: string): string[] {
  return line.trim().split(/ {2,}/)
}
