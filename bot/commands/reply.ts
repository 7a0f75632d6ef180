import type { Deliveries, ExportFile, FileMaker } from '../../core/chat-ports.js'
import type { Studio } from '../../core/app/studio.js'
import type { ApprovalRecord, Clock } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import type { Connection } from '../cards/settings.js'
import { problemCard } from '../cards/status.js'

/** What a command or a click ended in, for a surface to show. */
export interface Reply {
  readonly card: Card
  /** `asker`: a refusal or a hint, for the one who asked only. */
  readonly audience: 'everyone' | 'asker'
  /** undefined: it did what was asked. */
  readonly problem: Problem | undefined
  /** The request this card shows: its cards everywhere follow its fate. */
  readonly approval: ApprovalRecord | undefined
  /** The request was decided just now: update every card of it. */
  readonly decided: boolean
  readonly file: ExportFile | undefined
  /** More cards, for what is asked apart from the first (SYNC S3). */
  readonly also?: readonly Reply[]
  /** What remains to be done when the answer was given; returns the requests whose cards have changed by it. */
  readonly after?: () => Promise<readonly ApprovalRecord[]>
}

export interface DeskParts {
  readonly studio: Studio
  readonly files: FileMaker
  readonly clock: Clock
  readonly timeZone: string
  /** What people in chat were not told. */
  readonly deliveries: Pick<Deliveries, 'standing'>
  /** What the program is connected to. */
  readonly connections: readonly Connection[]
}

/** A card for everybody that is the whole answer. */
export function shown(card: Card): Reply {
  return {
    card,
    audience: 'everyone',
    problem: undefined,
    approval: undefined,
    decided: false,
    file: undefined,
  }
}

/** A refusal, for the one who asked only. A bug is thrown on. */
export function refused(error: unknown): Reply {
  if (!(error instanceof Problem)) throw error
  return { ...shown(problemCard(error)), audience: 'asker', problem: error }
}
