import { assert } from '../assert.js'
import { type BillRun, type RunLine, voidFingerprint } from '../billrun/run.js'
import type { Approval, RunVoid } from './approval.js'

/** What one void made due again. */
export interface VoidedPart extends RunVoid {
  readonly lines: readonly RunLine[]
}

/** What a request is about, seen from what was voided of its run. */
export interface RequestContent {
  /** The lines it would bill, or make due again. */
  readonly lines: readonly RunLine[]
  /** Voided already when a void was asked for: no part of it. */
  readonly voidedBefore: readonly VoidedPart[]
  /** Of its lines, what other requests have voided since. */
  readonly voidedSince: readonly VoidedPart[]
}

/**
 * The lines a request is about. A void is asked for over what was billed then: its fingerprint names those lines, so
 * taking away what was voided, in the order of decision, comes to them.
 *
 * @param voids approved voids of the run, in the order in which they were decided.
 */
export function requestContent({
  approval,
  run,
  voids,
}: {
  readonly approval: Pick<Approval, 'id' | 'subject' | 'fingerprint'>
  readonly run: BillRun
  readonly voids: readonly RunVoid[]
}): RequestContent {
  const parts = partsOf(run, voids)
  const { id, subject, fingerprint } = approval
  if (subject.type !== 'void') return { lines: run.lines, voidedBefore: [], voidedSince: parts }
  let left = run.lines
  for (let count = 0; ; count += 1) {
    const lines = left.filter((line) => isOf(subject, line))
    if (voidFingerprint(run.id, keysOf(lines)) === fingerprint) {
      const others = parts.slice(count).filter(({ approvalId }) => approvalId !== id)
      return { lines, voidedBefore: parts.slice(0, count), voidedSince: within(others, lines) }
    }
    const part = parts[count]
    assert(part !== undefined, `${id} voids lines that ${run.id} never billed`)
    left = left.filter((line) => !isOf(part, line))
  }
}

/** Each void with what was left for it. */
function partsOf(run: BillRun, voids: readonly RunVoid[]): VoidedPart[] {
  let left = run.lines
  return voids.map((part) => {
    const lines = left.filter((line) => isOf(part, line))
    left = left.filter((line) => !isOf(part, line))
    return { ...part, lines }
  })
}

function isOf({ customerId }: Pick<RunVoid, 'customerId'>, line: RunLine): boolean {
  return customerId === undefined || line.customerId === customerId
}

function within(parts: readonly VoidedPart[], lines: readonly RunLine[]): VoidedPart[] {
  const keys = new Set(keysOf(lines))
  return parts
    .map((part) => ({ ...part, lines: part.lines.filter(({ key }) => keys.has(key)) }))
    .filter((part) => part.lines.length > 0)
}

function keysOf(lines: readonly RunLine[]): string[] {
  return lines.map(({ key }) => key)
}
