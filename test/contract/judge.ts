import type { ValidateFunction } from 'ajv'

/** A mistake put into something good: the value at the end of the path, or nothing there. */
export interface Breakage {
  readonly what: string
  readonly at: readonly (string | number)[]
  readonly value: unknown
}

/** What is made for a platform, and what that platform accepts. */
export interface Checked {
  readonly name: string
  readonly shown: readonly { readonly label: string; readonly content: unknown }[]
  readonly accepts: ValidateFunction
  /** Each has to be rejected in the first of `shown`, else the schema proves nothing. */
  readonly broken: readonly Breakage[]
}

/** Faults listed before the rest is only counted. */
const LISTED_FAULTS = 20

/** What counts as a fault where the schema only says no. */
const NO_REASON = { instancePath: '', message: 'is not accepted' }

/** Says whether everything is accepted and everything broken is not. */
export function judge({ name, shown, accepts, broken }: Checked, write: (text: string) => void): boolean {
  write(`\n${name}\n`)
  const faults = shown.flatMap(({ label, content }) => {
    if (accepts(content)) return []
    return (accepts.errors ?? [NO_REASON]).map(
      ({ instancePath, message }) => `${label}${instancePath} ${message}`,
    )
  })
  const [first] = shown
  const blind = broken.filter((breakage) => accepts(withBreakage(first?.content, breakage)))
  for (const fault of faults.slice(0, LISTED_FAULTS)) write(`fault: ${fault}\n`)
  if (faults.length > LISTED_FAULTS) write(`… and ${faults.length - LISTED_FAULTS} more\n`)
  write(
    `checked: ${shown.length}, broken on purpose: ${broken.length - blind.length} of ${broken.length} caught\n`,
  )
  for (const { what } of blind) write(`  not caught: ${what}\n`)
  const kept = shown.length > 0 && faults.length + blind.length === 0
  write(`${name}: ${kept ? 'kept' : `broken (${faults.length} faults)`}\n`)
  return kept
}

function withBreakage(content: unknown, { at, value }: Breakage): unknown {
  const copy: unknown = structuredClone(content)
  const last = at.at(-1) ?? ''
  const parent = at
    .slice(0, -1)
    .reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], copy)
  Object.assign(parent as object, { [last]: value })
  if (value === undefined) delete (parent as Record<string, unknown>)[last]
  return copy
}
