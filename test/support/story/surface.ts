import type { Member } from './cast.js'
import type { House } from './house.js'
import type { Press } from './story.js'
import type { Words } from './words.js'

export type SurfaceName = 'console' | 'slack' | 'teams'

/** A file as it reached somebody. */
export interface Handed {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What became visible since the last look, in the order in which it did. */
export interface Seen {
  /** What everybody reads. */
  readonly posts: readonly Words[]
  /** Cards that were there already and say something else now; each wording once. */
  readonly cards: readonly Words[]
  /** What one person reads alone, by handle. */
  readonly whispers: readonly { readonly to: string; readonly words: Words }[]
  readonly files: readonly Handed[]
  /** What people were asked before their clicks were carried out, with the buttons to answer. */
  readonly questions: readonly Words[]
}

/** The product as it runs: started once, and again when its settings are edited. */
export interface Program {
  readonly house: House
  /** Where its server listens; empty on a surface without one. */
  readonly url: string
}

/** Where a story is played: people speak and click here, and what they see is read here. */
export interface Surface {
  /** Types a command or a question. */
  say(member: Member, text: string): Promise<void>
  /**
   * Presses a button of one card, and whatever the surface asks before it does it: all these people at the same moment,
   * each once; somebody named twice clicks twice. Throws when nobody sees such a button.
   */
  click(members: readonly Member[], press: Press): Promise<void>
  /** The program was started again: from here on it is this one that is spoken to. */
  meet(program: Program): void
  /** What runs every minute where nobody serves: on a terminal, what the next command does first. */
  tick(): Promise<void>
  /** Waits until nothing is under way any more, then tells what is new. */
  look(): Promise<Seen>
  close(): Promise<void>
}
