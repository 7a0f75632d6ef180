import { escalation } from './escalation.js'
import { fuzz } from './fuzz.js'
import { lateClicks } from './late.js'
import { injection } from './injection.js'
import { races } from './races.js'
import { retries } from './retries.js'
import type { Scenario } from './scenario.js'
import { badSignatures, replays } from './signatures.js'
import { staleClicks } from './stale.js'
import { tampering } from './tampering.js'
import { forgedTokens, resentInvokes } from './tokens.js'

/** Every row, in the order in which they are played. A double click of many people (S-4) has its own program, bursts. */
export const SCENARIOS: readonly Scenario[] = [
  badSignatures,
  replays,
  retries,
  forgedTokens,
  resentInvokes,
  fuzz,
  injection,
  escalation,
  tampering,
  lateClicks,
  staleClicks,
  races,
]
