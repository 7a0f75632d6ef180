import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fields, readJson, TruthFault } from './published.js'
import type { Read } from './read.js'

/** How one published case is put to the calculator. It never holds a published value. */
export interface OurCase {
  readonly case: string
  /** How the inputs state the case's own convention. */
  readonly says: string
  /** Calculator inputs by a name of ours. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** The lines one input's output shows are given to another as `billed`. */
  readonly billedBy?: Readonly<Record<string, string>>
  /** Which output each published value, by its place in the case, is compared with. */
  readonly values: readonly { readonly expected: number; readonly read: Read }[]
}

export interface NotReproduced {
  readonly case: string
  /** The concept our calculator does not have. */
  readonly lacks: string
}

export interface OurSide {
  readonly cases: readonly OurCase[]
  readonly notReproduced: readonly NotReproduced[]
}

const NOT_REPRODUCED = 'not-reproduced.json'

/** Reads our input files. Their inside is only checked by use: a mistake in one shows as a case that differs. */
export function readOurSide(folder: string): OurSide {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== NOT_REPRODUCED)
  return {
    cases: files.sort().map((name) => readOurCase(join(folder, name), name)),
    notReproduced: readJson(join(folder, NOT_REPRODUCED)) as readonly NotReproduced[],
  }
}

function readOurCase(file: string, name: string): OurCase {
  const read = fields(readJson(file), file)
  if (`${String(read['case'])}.json` !== name)
    throw new TruthFault(`${file} is named for another case than it holds.`)
  return read as unknown as OurCase
}
