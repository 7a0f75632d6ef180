import { identityOf } from '../../core/access/people.js'
import { parseLocalDate } from '../../core/calendar/date.js'
import { FORM_VALUE_CHARACTERS } from '../../core/limits.js'
import { parseDecimal } from '../../core/money/decimal.js'
import { Problem } from '../../core/problem.js'
import type { Action, ActionTarget, Block, Card, FormName } from './model.js'

/**
 * Something to fill in and send off, the same on every surface: a window in Slack, a card with inputs in Teams, words and
 * the command to type on the console. Words and structure only, like a card.
 *
 * A form does nothing that cannot be typed: what is sent off becomes the same command. To add one:
 *
 * 1. its name in `FORM_NAMES` (`model.ts`), and the right it needs in `FORM_RIGHTS` (`bot/commands/authorise.ts`);
 * 2. its words and fields in a file of its own beside this one (`reject-form.ts` is the model);
 * 3. how it is made, and which command its values are, in `FORMS` (`bot/commands/forms.ts`);
 * 4. on a card, an action with its name, a target and the command in words: clicking it opens the form;
 * 5. a sample in `test/support/card-samples.ts`, and its right in `test/bot/commands/forms.test.ts`.
 *
 * Surfaces need no change. What comes back is checked by the desk: the right, the target, and each value against the
 * fields of a form made afresh. Choices of more than `FORM_OPTIONS` are a text instead.
 */
export interface Form {
  readonly name: FormName
  /** Short: a window of Slack shows 24 characters of it. */
  readonly title: string
  /** What it is about, above the fields. */
  readonly introduction: readonly Block[]
  readonly fields: readonly Field[]
  readonly submit: { readonly label: string; readonly tone: Action['tone'] }
  /** An id and the revision of what was seen; never an amount. */
  readonly target: ActionTarget
  /** The same in words, for whoever has no forms: "reject APR-0001 because <reason>". */
  readonly command: string
}

interface FieldBase {
  /** A word of letters; a surface names the value by it. */
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly required: boolean
  /** Said where it is required and empty. */
  readonly missing?: string
  /** What stands in it when the form opens. */
  readonly value?: string
}

export type Field = FieldBase &
  (
    | { readonly type: 'text'; readonly lines: 'one' | 'many'; readonly most: number }
    /** Without options nothing is known of them yet: they are filled in when the form is made. */
    | { readonly type: 'choice'; readonly options: readonly Option[] }
    /** Somebody by where they are met: "slack:T1:U1". Picked where a surface knows who is there, typed elsewhere. */
    | { readonly type: 'person' }
    /** A local date, as "2026-03-01". */
    | { readonly type: 'date' }
    /** A decimal, as text: "22.5". */
    | { readonly type: 'number' }
  )

export interface Option {
  readonly label: string
  /** At most 75 characters. */
  readonly value: string
  /** What it stands for, where that is longer. */
  readonly means?: string
}

/** What each field was filled with, trimmed; empty where it was left out. */
export type FormValues = ReadonlyMap<string, string>

/** What is wrong, by the field's id; empty: nothing. */
export type Mistakes = ReadonlyMap<string, string>

/**
 * What was sent, as values of these fields. Problem `input` for what no form of ours sends: other fields, values that are
 * no text, far more text than anybody could type.
 */
export function valuesOf(fields: readonly Field[], sent: ReadonlyMap<string, unknown>): FormValues {
  const known = new Set(fields.map(({ id }) => id))
  const isOurs = [...sent].every(
    ([id, value]) =>
      known.has(id) &&
      (value === undefined || (typeof value === 'string' && value.length <= FORM_VALUE_CHARACTERS)),
  )
  if (!isOurs) throw notOurs()
  return new Map(
    fields.map(({ id }) => {
      const value = sent.get(id)
      return [id, typeof value === 'string' ? value.trim() : '']
    }),
  )
}

function notOurs(): Problem {
  return new Problem({
    kind: 'input',
    what: 'What was sent is not what the form asks for.',
    notDone: 'Nothing was done.',
    next: 'Open the form again, or type `help`.',
  })
}

/** What is wrong with each value. Problem `input` for a choice that is not offered (any more). */
export function mistakesIn(fields: readonly Field[], values: FormValues): Mistakes {
  return new Map(
    fields.flatMap((field) => {
      const mistake = mistakeIn(field, values.get(field.id) ?? '')
      return mistake === undefined ? [] : [[field.id, mistake] as const]
    }),
  )
}

function mistakeIn(field: Field, value: string): string | undefined {
  if (value === '') return field.required ? (field.missing ?? 'This is needed.') : undefined
  switch (field.type) {
    case 'text':
      if (value.length > field.most) return `At most ${field.most} characters; these are ${value.length}.`
      return field.lines === 'one' && /\p{Cc}/u.test(value) ? 'One line, all of it visible.' : undefined
    case 'choice':
      if (field.options.length > 0 && !field.options.some((option) => option.value === value))
        throw notOffered(field)
      return undefined
    case 'person':
      return identityOf(value) === undefined
        ? 'An identity is written as slack:T1:U1, teams:<tenant>:<id> or console:dana.'
        : undefined
    case 'date':
      return parseLocalDate(value) === undefined ? 'A date is written as 2026-03-01.' : undefined
    case 'number':
      return parseDecimal(value) === undefined ? 'A number is written as 22.50.' : undefined
  }
}

function notOffered({ label }: Field): Problem {
  return new Problem({
    kind: 'input',
    what: `What was chosen for “${label}” is not offered (any more).`,
    notDone: 'Nothing was done.',
    next: 'Open the form again.',
  })
}

/** What was chosen or typed in a field. */
export function meantBy({ fields }: Form, values: FormValues, id: string): string {
  const value = values.get(id) ?? ''
  const field = fields.find((each) => each.id === id)
  if (field?.type !== 'choice') return value
  return field.options.find((option) => option.value === value)?.means ?? value
}

/** The form with what somebody has filled in. */
export function filled(form: Form, values: FormValues): Form {
  return { ...form, fields: form.fields.map((field) => ({ ...field, value: values.get(field.id) ?? '' })) }
}

/** A form in words, with the command to type, for where it cannot be filled in. @param note said first. */
export function formCard({ title, introduction, fields, command }: Form, note: string): Card {
  return {
    title,
    tone: 'plain',
    blocks: [
      { type: 'text', style: 'plain', text: `${note} Type \`${command}\`.` },
      ...introduction,
      { type: 'list', heading: 'It asks for', items: fields.map(fieldWords) },
    ],
    actions: [],
  }
}

function fieldWords(field: Field): string {
  const { label, hint, required } = field
  return [
    label,
    ...(required ? [] : ['may be left out']),
    ...(hint === undefined ? [] : [hint]),
    ...(field.type === 'choice' ? [field.options.map((option) => option.label).join(', ')] : []),
  ].join(' · ')
}
