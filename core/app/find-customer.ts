import { distance } from 'fastest-levenshtein'
import type { BillRun } from '../billrun/run.js'
import { customerAmbiguous, customerNotFound } from './problems.js'

/** Names offered when none fits, and how different they may be. */
const SUGGESTIONS = 3

/**
 * The customer a person means: the exact name, else the only name that begins with or contains what was typed, in any
 * case. Several or none: a Problem that says which names come near.
 *
 * @param among whose customers these are, if not all: "of BR-0007".
 */
export function findCustomer(
  customers: ReadonlyMap<string, { readonly name: string }>,
  typed: string,
  among?: string,
): { readonly id: string; readonly name: string } {
  const matches = matchesOf(customers, typed)
  const [match, ...others] = matches
  if (match === undefined) {
    const names = [...customers.values()].map(({ name }) => name)
    throw customerNotFound(typed, nearestNames(names, typed), among)
  }
  if (others.length > 0)
    throw customerAmbiguous(
      typed,
      matches.map(({ name }) => name),
    )
  return match
}

/** Ids of all customers a text can mean. */
export function customersNamed(
  customers: ReadonlyMap<string, { readonly name: string }>,
  typed: string,
): readonly string[] {
  return matchesOf(customers, typed).map(({ id }) => id)
}

/** Customers by their exact name, else by its beginning, else by a part of it; none for an empty text. */
function matchesOf(
  customers: ReadonlyMap<string, { readonly name: string }>,
  typed: string,
): readonly { readonly id: string; readonly name: string; readonly folded: string }[] {
  const wanted = fold(typed)
  if (wanted === '') return []
  const all = [...customers].map(([id, { name }]) => ({ id, name, folded: fold(name) }))
  const exact = all.filter(({ folded, id }) => folded === wanted || id === typed.trim())
  const starting = exact.length > 0 ? exact : all.filter(({ folded }) => folded.startsWith(wanted))
  return starting.length > 0 ? starting : all.filter(({ folded }) => folded.includes(wanted))
}

/**
 * Whether all of a text names a customer although its last words could be a month: "tab sep" of Tab Separated Partners.
 * Not where the words before those are the exact name of another: "contoso mar" is Contoso in March.
 */
export function isNameToItsEnd(
  customers: ReadonlyMap<string, { readonly name: string }>,
  whole: string,
  before: string,
): boolean {
  const wanted = fold(whole)
  const matches = matchesOf(customers, whole)
  if (matches.some(({ folded }) => folded === wanted)) return true
  return matches.length > 0 && !matchesOf(customers, before).some(({ folded }) => folded === fold(before))
}

/** The customer of a run a person means, billed by it or held out of it. Problem `notFound` or `input`. */
export function findRunCustomer(
  { id, customers, held }: Pick<BillRun, 'id' | 'customers' | 'held'>,
  typed: string,
): { readonly id: string; readonly name: string } {
  const names = new Map([...customers, ...held].map(({ customerId, name }) => [customerId, { name }]))
  return findCustomer(names, typed, `of ${id}`)
}

/** The names whose beginning comes nearest to what was typed, the nearest first; none when nothing comes near. */
export function nearestNames(names: readonly string[], typed: string): readonly string[] {
  const wanted = fold(typed)
  const limit = Math.max(2, Math.floor(wanted.length / 2))
  return names
    .map((name) => ({ name, far: distance(fold(name).slice(0, wanted.length + 2), wanted) }))
    .filter(({ far }) => far <= limit)
    .sort((left, right) => left.far - right.far)
    .slice(0, SUGGESTIONS)
    .map(({ name }) => name)
}

/** Case and surrounding space do not matter; what a person sees as equal is equal. */
function fold(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}
