import { CALCULATOR_DEPTH_LEVELS, CALCULATOR_TEXT_CHARACTERS } from '../../../core/limits.js'
import type { Reading } from './fault.js'

const BYTE_ORDER_MARK = '\ufeff'

/** Parses JSON of bounded size and depth, or says where it stops being JSON. Never throws. */
export function readBoundedJson(text: string): Reading<unknown> {
  if (text.length > CALCULATOR_TEXT_CHARACTERS) {
    return refused(
      `It has more than ${CALCULATOR_TEXT_CHARACTERS} characters. Divide it into several inputs.`,
    )
  }
  if (deeperThan(text, CALCULATOR_DEPTH_LEVELS)) {
    return refused(
      `It nests deeper than ${CALCULATOR_DEPTH_LEVELS} levels. Give one input, or a list of inputs.`,
    )
  }
  // Some shells put a mark before piped text; it is no part of JSON.
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  if (json.trim() === '') return refused('It is empty. Give one input, or a list of inputs, as JSON.')
  try {
    return { value: JSON.parse(json) as unknown }
  } catch (error) {
    return refused(
      `It is not JSON${placeOf(error, json)}. Correct it there, or give a file made by a JSON writer.`,
    )
  }
}

function refused(sentence: string): Reading<never> {
  return { faults: [{ path: [], sentence }] }
}

/** Counts brackets outside of strings, so that depth is known before anything recurses. */
function deeperThan(text: string, levels: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (inString) {
      if (character === '\\') index += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') {
      depth += 1
      if (depth > levels) return true
    } else if (character === '}' || character === ']') depth -= 1
  }
  return false
}

/** " at line 3, column 14", where the parser says so: it names a position, or that the text ends too early. */
function placeOf(error: unknown, json: string): string {
  const message = error instanceof SyntaxError ? error.message : ''
  const position = /position (\d+)/.exec(message)?.[1]
  if (position === undefined && !message.includes('end of JSON')) return ''
  const before = json.slice(0, position === undefined ? json.length : Number(position)).split('\n')
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}
