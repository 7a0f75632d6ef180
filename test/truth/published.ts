import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One number, date span or rule as its source published it. */
export interface PublishedValue {
  readonly label: string
  readonly text: string
}

export interface PublishedCase {
  readonly id: string
  readonly values: readonly PublishedValue[]
}

/** What a person can put right: a folder, a file, an entry. */
export class TruthFault extends Error {
  override readonly name = 'TruthFault'
}

/** Reads the published cases of `folder`. Throws {@link TruthFault} when they are not there or not readable. */
export function readPublished(folder: string): readonly PublishedCase[] {
  const file = join(folder, 'proration.json')
  const { cases } = fields(readJson(file), file)
  if (!Array.isArray(cases) || cases.length === 0) throw new TruthFault(`${file} lists no cases.`)
  return cases.map((entry: unknown, index) => readCase(entry, `${file}: cases[${index}]`))
}

function readCase(entry: unknown, where: string): PublishedCase {
  const { id, expected } = fields(entry, where)
  if (typeof id !== 'string' || !Array.isArray(expected) || expected.length === 0) {
    throw new TruthFault(`${where} has no id, or nothing expected.`)
  }
  return {
    id,
    values: expected.map((value: unknown, index) => readValue(value, `${where}.expected[${index}]`)),
  }
}

/** A factor is published twice: as the fraction, and as the digits the source's own test compares (`value`). */
function readValue(entry: unknown, where: string): PublishedValue {
  const { label, expected, value } = fields(entry, where)
  const text = value ?? expected
  if (typeof text !== 'string') throw new TruthFault(`${where} has no text to compare with.`)
  return { label: typeof label === 'string' ? label : '', text }
}

export function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new TruthFault(`${file} is not there. Name the folder of the published cases: --cases DIR.`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new TruthFault(`${file} is not JSON: ${String(error)}.`)
  }
}

export function fields(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TruthFault(`${where} is not an object.`)
  return value as Readonly<Record<string, unknown>>
}
