import type { StageOptions, Stage } from './stage.js'

/** What a row of trouble is played with. */
export interface Trouble {
  /** Repeatable draws from 0 to below 1; each row has its own. */
  readonly draw: () => number
  /** How many of `full` in this run: a share of it, and never fewer than `least`. */
  count(full: number, least: number): number
  /** A product of its own, served over HTTP between emulated platforms; closed when the row ends. */
  open(options?: StageOptions): Promise<Stage>
  /** A product of its own in a process of its own, as settings for it: where its database is. */
  place(): { readonly settings: Readonly<Record<string, string>> }
}

/** What was sent and what held, in words, and what did not hold. */
export interface Played {
  readonly words: string
  readonly faults: readonly string[]
}

/** One row of the list of what chat must survive. */
export interface Scenario {
  /** "S-1" */
  readonly row: string
  readonly title: string
  play(trouble: Trouble): Promise<Played>
}

/** One of the values, drawn. */
export function pick<T>(draw: () => number, values: readonly T[]): T {
  if (values.length === 0) throw new Error('nothing to draw from')
  return values[Math.floor(draw() * values.length)] as T
}

/** Faults that were found, each told once with how often: thousands of the same say no more than one. */
export class Faults {
  /** What is looked for: when one of this kind was found, the row need not go on. */
  static until: RegExp | undefined
  readonly #counts = new Map<string, number>()
  #isFound = false

  add(words: string): void {
    this.#isFound ||= Faults.until?.test(words) === true
    this.#counts.set(words, (this.#counts.get(words) ?? 0) + 1)
  }

  /** Adds the words when it is not so. */
  expect(isSo: boolean, words: string): void {
    if (!isSo) this.add(words)
  }

  /** Enough to see what is wrong: what goes on without its guard may take for ever. */
  get isEnough(): boolean {
    return this.#isFound || this.#counts.size >= 20
  }

  list(): readonly string[] {
    return [...this.#counts].map(([words, count]) => (count === 1 ? words : `${words} (${count} times)`))
  }
}

/** Times of answers, for a figure beside its target. */
export class Times {
  readonly #milliseconds: number[] = []

  add(milliseconds: number): void {
    this.#milliseconds.push(milliseconds)
  }

  /** "p99 12 ms (at most 500)" */
  words(most: number): string {
    return `p99 ${this.p99()} ms (at most ${most})`
  }

  /** The same of the first and of the second half: what grows with what was sent before shows between them. */
  halves(): string {
    const middle = this.#milliseconds.length / 2
    const halves = [this.#milliseconds.slice(0, middle), this.#milliseconds.slice(middle)]
    return halves.map((half) => `${this.p99(half)} ms`).join(' in the first half and ')
  }

  p99(milliseconds: readonly number[] = this.#milliseconds): number {
    const sorted = milliseconds.toSorted((left, right) => left - right)
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0)
  }
}
