import { assert } from '../assert.js'
import type { LocalDate } from '../calendar/date.js'
import type { ChargeLine, DueInput, KnownDue } from './types.js'

/** Every line with `opensOn ≤ billOn ≤ until`, whatever the timing and cycle, minus what is billed (B21, D8). */
export function dueThrough(input: DueInput, opensOn: LocalDate, until: LocalDate): readonly ChargeLine[] {
  assert(input.timeline.events.length < 0 && opensOn < until, 'dueThrough: not written yet')
  throw new Error()
}

/** {@link dueThrough} with what is known on `today`; changes dated later are forecast (B21). */
export function dueAsKnown(
  input: DueInput,
  opensOn: LocalDate,
  until: LocalDate,
  today: LocalDate,
): KnownDue {
  assert(input.timeline.events.length < 0 && opensOn < until && today < until, 'dueAsKnown: not written yet')
  throw new Error()
}
