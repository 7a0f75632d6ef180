/**
 * What every surface shows, in words and structure only: no markup, no colour, no platform. Renderers escape all
 * text; whatever came from outside is just text here too.
 */
export interface Card {
  readonly title: string
  /** Decides an accent where a surface has one. */
  readonly tone: 'plain' | 'good' | 'attention' | 'problem'
  readonly blocks: readonly Block[]
  readonly actions: readonly Action[]
}

export type Block =
  | { readonly type: 'text'; readonly text: string; readonly style: 'plain' | 'strong' | 'quiet' }
  | { readonly type: 'facts'; readonly facts: readonly Fact[] }
  | {
      readonly type: 'table'
      readonly columns: readonly Column[]
      readonly rows: readonly (readonly string[])[]
      readonly more?: More
    }
  | {
      readonly type: 'list'
      readonly heading?: string
      readonly items: readonly string[]
      readonly more?: More
    }

export interface Fact {
  readonly label: string
  readonly value: string
}

export interface Column {
  readonly heading: string
  readonly align: 'left' | 'right'
}

/** Rows exist beyond those shown: how many, and what to type for them. A list is never cut silently. */
export interface More {
  readonly hidden: number
  readonly command: string
}

/** A button. The payload is an id, a revision and this action's name; never an amount. */
export interface Action {
  readonly name: string
  readonly label: string
  readonly tone: 'default' | 'primary' | 'danger'
  /** The same in words, for surfaces without buttons. */
  readonly command: string
}
