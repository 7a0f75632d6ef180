/** The classes of expected failure. Each decides an exit code or a reply, never the wording. */
export type ProblemKind =
  | 'input' // what was typed, configured or received cannot be used
  | 'notFound' // the thing named does not exist here
  | 'forbidden' // this person may not do this
  | 'conflict' // somebody or something was faster
  | 'unavailable' // a system we depend on did not answer, or answered nonsense
  | 'held' // a rule stops it until a person decides

export interface ProblemDetail {
  readonly kind: ProblemKind
  /** What happened, one sentence, in the words of the person reading it. */
  readonly what: string
  /** Where: a path in the input, a line of a file, an address with its correlation id. */
  readonly where?: string
  /** What was not done because of it ("Nothing was stored."). */
  readonly notDone?: string
  /** What to do or type next. */
  readonly next?: string
  readonly cause?: unknown
}

/** An expected failure: a sentence with a way out. The only error type besides assertions. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly what: string
  readonly where: string | undefined
  readonly notDone: string | undefined
  readonly next: string | undefined

  constructor(detail: ProblemDetail) {
    const { kind, what, where, notDone, next, cause } = detail
    super(problemSentence(detail), cause === undefined ? undefined : { cause })
    this.kind = kind
    this.what = what
    this.where = where
    this.notDone = notDone
    this.next = next
  }
}

/** The whole refusal as one line of text: what, where, what was not done, what to do next. */
function problemSentence({ what, where, notDone, next }: ProblemDetail): string {
  const first = where === undefined ? what : `${where}: ${what}`
  return [first, notDone, next].filter((part) => part !== undefined && part !== '').join(' ')
}
