import type { ActionTarget, FormName } from '../cards/model.js'
import type { Verb } from './schema.js'

/** Adaptive Card 1.5, the elements we use. */
export interface AdaptiveCard {
  readonly type: 'AdaptiveCard'
  readonly $schema: string
  readonly version: string
  readonly fallbackText: string
  readonly msteams: { readonly width: 'Full' }
  readonly refresh?: Refresh
  readonly body: readonly Element[]
}

/** What a client sends by itself for these people, to be answered with what each of them sees. */
export interface Refresh {
  readonly action: Execute
  /** Teams' ids, 60 at most. */
  readonly userIds: readonly string[]
}

export type Element = RichText | Table | ChartElement | Input | ActionSet

/** Literal text: Teams reads Markdown in TextBlock and FactSet, and never here. */
export interface RichText {
  readonly type: 'RichTextBlock'
  readonly inlines: readonly (string | TextRun)[]
  readonly spacing?: 'None' | 'Small' | 'Medium'
  readonly separator?: boolean
  readonly horizontalAlignment?: 'Right'
}

export interface TextRun {
  readonly type: 'TextRun'
  readonly text: string
  readonly weight?: 'Bolder'
  readonly size?: 'Medium'
  readonly isSubtle?: true
  readonly fontType?: 'Monospace'
  readonly color?: 'Good' | 'Warning' | 'Attention'
}

export interface Table {
  readonly type: 'Table'
  /** A share of what is left, or a width of its own: "96px". */
  readonly columns: readonly { readonly width: number | string }[]
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly type: 'TableRow'
  readonly cells: readonly { readonly type: 'TableCell'; readonly items: readonly RichText[] }[]
}

/** Bars, one or several at each place of the axis: an extension of Teams, drawn where it is known, else its fallback. */
export type ChartElement = {
  readonly title: string
  readonly fallback: RichText
} & (
  | { readonly type: 'Chart.VerticalBar'; readonly data: readonly ChartBar[] }
  | {
      readonly type: 'Chart.VerticalBar.Grouped'
      readonly data: readonly { readonly legend: string; readonly values: readonly ChartBar[] }[]
    }
)

export interface ChartBar {
  readonly x: string
  readonly y: number
}

/** Something to fill in; its value comes with the button, under its id. */
export type Input = {
  readonly id: string
  readonly label: string
  readonly isRequired: boolean
  readonly errorMessage?: string
  readonly value?: string
} & (
  | { readonly type: 'Input.Text'; readonly isMultiline: boolean; readonly maxLength?: number }
  | { readonly type: 'Input.Date' }
  | {
      readonly type: 'Input.ChoiceSet'
      readonly style: 'compact'
      readonly choices: readonly { readonly title: string; readonly value: string }[]
    }
)

export interface ActionSet {
  readonly type: 'ActionSet'
  readonly actions: readonly (Execute | OpenUrl)[]
}

/** A button. Its data is what it is about and which content was seen; never an amount. */
export interface Execute {
  readonly type: 'Action.Execute'
  readonly title: string
  readonly verb: Verb
  readonly data: ActionTarget & { readonly form?: FormName; readonly key?: string }
  readonly style?: 'positive' | 'destructive'
  /** An empty field that must be filled stops no other button. */
  readonly associatedInputs?: 'none'
}

export interface OpenUrl {
  readonly type: 'Action.OpenUrl'
  readonly title: string
  readonly url: string
}

/** A message that is a file, or the question whether one is wanted. */
export interface FileMessage {
  readonly summary: string
  readonly attachment: {
    readonly contentType: string
    readonly name: string
    readonly contentUrl?: string
    readonly content: Readonly<Record<string, unknown>>
  }
}
