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
  | Chart

/** Numbers people would rather look at than read: drawn where a surface can, and told in words on every one. */
export interface Chart {
  readonly type: 'chart'
  readonly title: string
  /** Places on the axis, all different. */
  readonly labels: readonly string[]
  readonly series: readonly ChartSeries[]
}

export interface ChartSeries {
  readonly name: string
  /** One for each label. */
  readonly points: readonly ChartPoint[]
}

export interface ChartPoint {
  /** As it is told: "$514.52". */
  readonly words: string
  /** For drawing only. */
  readonly height: number
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

/**
 * A button. Its payload is this action's name and target; never an amount. The name of a form opens that form, anything else
 * acts.
 */
export interface Action {
  readonly name: ActionName | FormName
  readonly label: string
  readonly tone: 'default' | 'primary' | 'danger'
  readonly target: ActionTarget
  /** The same in words, for surfaces without buttons. */
  readonly command: string
  /** Asked before it is done: money confirms by repeating amount, count and target. */
  readonly confirm?: Confirmation
}

export type ActionName =
  | 'approve'
  | 'download'
  | 'again'
  | 'page'
  | 'map'
  | 'mapPage'
  /** Asks for what its target says, which only shows something. */
  | 'look'
  | 'propose'
  /** Says yes to a price that was shown first. */
  | 'setPrice'

/** Every form there is (`form.ts` says how one is added). */
export const FORM_NAMES = [
  'reject',
  'addPerson',
  'changeRole',
  'removePerson',
  'mapByHand',
  'price',
  'describe',
  'chooseSetting',
  'setting',
] as const
export type FormName = (typeof FORM_NAMES)[number]

/** What a click or a form is about: an id and the revision of the content the person saw. */
export interface ActionTarget {
  readonly id: string
  /** First 16 characters of the fingerprint shown; empty where content does not matter. */
  readonly revision: string
}

export interface Confirmation {
  readonly title: string
  readonly text: string
  readonly yes: string
  readonly no: string
}
