/** A story: what people do, and what the bot was seen to answer. Plain data, read from and written to text. */
export interface Story {
  /** "seats-added-mid-month" */
  readonly name: string
  readonly text: string
  readonly steps: readonly Step[]
}

/** One line of the story, and what it is said to lead to. */
export interface Step {
  /** Where it stands in the text, counted from 1. */
  readonly line: number
  readonly source: string
  readonly action: Action
  readonly expected: readonly Said[]
}

export type Action =
  | { readonly type: 'clock'; readonly date: string; readonly time: string; readonly timeZone?: string }
  | { readonly type: 'people'; readonly people: readonly { readonly name: string; readonly role: string }[] }
  | {
      readonly type: 'policy'
      readonly settings: readonly { readonly name: string; readonly value: string }[]
    }
  /** What may be written into PSAs without asking, as the configuration has it. */
  | { readonly type: 'rules'; readonly rules: string }
  | { readonly type: 'ingram'; readonly happening: string }
  /** Something a person does in an emulated PSA, or that happens to it. */
  | { readonly type: 'psa'; readonly psa: PsaName; readonly happening: string }
  | { readonly type: 'observe' }
  /** The job that runs every minute. */
  | { readonly type: 'tick' }
  | { readonly type: 'later'; readonly milliseconds: number }
  | { readonly type: 'say'; readonly who: string; readonly text: string }
  | { readonly type: 'click'; readonly who: readonly string[]; readonly press: Press }
  | { readonly type: 'auditor' }
  /** What the emulated PSAs hold now. */
  | { readonly type: 'holds' }

export type PsaName = 'connectwise' | 'autotask'

/** The steps before anything happens: when it is, who is there, and how they bill. A later `policy` is an edit. */
export function opening({ steps }: Pick<Story, 'steps'>): readonly Step[] {
  const begun = steps.findIndex(({ action }) => !['clock', 'people', 'policy', 'rules'].includes(action.type))
  return begun < 0 ? steps : steps.slice(0, begun)
}

/** A button of a card. */
export interface Press {
  readonly button: string
  /** Id of the request whose card it is; undefined: the newest card with such a button. */
  readonly on: string | undefined
  /** What is filled into the form it opens: one answer, or one for each field with commas between. */
  readonly reason: string | undefined
}

/** Something that became visible, as the lines people read. */
export interface Said {
  /** "bot", "bot to @lee", "asks", "card", "file", "invoice", "auditor", "holds" */
  readonly by: string
  readonly lines: readonly string[]
}

/** The text of a story says something nobody understands, or something that cannot happen. */
export class StoryMistake extends Error {
  readonly line: number

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`)
    this.name = 'StoryMistake'
    this.line = line
  }
}
