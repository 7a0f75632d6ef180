import type { Person } from '../../core/access/people.js'
import { type Form, type Mistakes, filled, mistakesIn, valuesOf } from '../cards/form.js'
import { type ActionTarget, FORM_NAMES, type FormName } from '../cards/model.js'
import { authorise, rightToFill } from './authorise.js'
import type { FormMade } from './form-kind.js'
import { FORMS } from './forms.js'
import type { Command } from './parse.js'
import { type DeskParts, type Reply, refused } from './reply.js'

/** A form as it came back. Nothing of it is trusted. */
export interface Submission {
  readonly name: string
  readonly target: ActionTarget
  readonly values: ReadonlyMap<string, unknown>
  /** Asked once, just before it is carried out: false when this very form was carried out before. */
  readonly isFirst: () => Promise<boolean>
}

export type Submitted =
  | ({ readonly type: 'done'; readonly reply: Reply } & SentAgain)
  /** Nothing was done. */
  | ({ readonly type: 'refused'; readonly reply: Reply } & SentAgain)
  /** Nothing was done; the form holds what was filled in. */
  | { readonly type: 'mistakes'; readonly form: Form; readonly mistakes: Mistakes }
  /** It was sent off twice. */
  | { readonly type: 'repeated' }

/** What was refused can be put right: the form, holding what was filled in. Without it there is nothing to send again. */
interface SentAgain {
  readonly again?: Form
}

/** Where surfaces bring forms. Rights are checked each time: to open one, and to send it off. */
export interface FormDesk {
  /** The form behind a button, as it is now, or why not. */
  form(identity: string, name: string, target: ActionTarget): Promise<FormMade>
  /** What the values alone show to be wrong, at once; sending off checks all of it. */
  mistakes(name: string, values: ReadonlyMap<string, unknown>): Mistakes
  submit(identity: string, submission: Submission): Promise<Submitted>
  /** The card a form was opened on, as it is now. */
  behind(identity: string, name: string, target: ActionTarget): Promise<Reply>
}

/** Carries out a command for somebody who may. */
export type Answer = (parts: DeskParts, person: Person, command: Command) => Promise<Reply>

export function isFormName(name: string): name is FormName {
  return FORM_NAMES.some((known) => known === name)
}

export function createFormDesk(parts: DeskParts, answer: Answer): FormDesk {
  return {
    form: (identity, name, target) =>
      make(parts, identity, name, target).then(({ made }) => made, sayRefused),
    mistakes: (name, values) => {
      if (!isFormName(name)) return new Map()
      const { fields } = FORMS[name]
      try {
        return mistakesIn(fields, valuesOf(fields, values))
      } catch (error) {
        // Refused when it is carried out, where that is written down.
        refused(error)
        return new Map()
      }
    },
    submit: (identity, submission) => submit(parts, answer, identity, submission).catch(sayRefused),
    behind: async (identity, name, target) => {
      try {
        const { person, kind } = await enter(parts, identity, name, target)
        return await answer(parts, person, kind.behind(target))
      } catch (error) {
        return refused(error)
      }
    },
  }
}

function sayRefused(error: unknown) {
  return { type: 'refused', reply: refused(error) } as const
}

/** The form's door: whoever has the right gets through, to a form there is. */
async function enter({ studio }: DeskParts, identity: string, name: string, { id }: ActionTarget) {
  const right = isFormName(name) ? rightToFill(name) : undefined
  const person = await authorise(studio, identity, right, `${name} ${id}`)
  return { person, kind: FORMS[name as FormName] }
}

async function make(parts: DeskParts, identity: string, name: string, target: ActionTarget) {
  const { person, kind } = await enter(parts, identity, name, target)
  return { person, kind, made: await kind.make(parts, person, target) }
}

async function submit(
  parts: DeskParts,
  answer: Answer,
  identity: string,
  { name, target, values: sent, isFirst }: Submission,
): Promise<Submitted> {
  const { person, kind, made } = await make(parts, identity, name, target)
  if (made.type === 'refused') return made
  const { form } = made
  const values = valuesOf(form.fields, sent)
  const mistakes = mistakesIn(form.fields, values)
  if (mistakes.size > 0) return { type: 'mistakes', form: filled(form, values), mistakes }
  const again = filled(form, values)
  try {
    const command = kind.command(form, values)
    if (!(await isFirst())) return { type: 'repeated' }
    const reply = await answer(parts, person, command)
    // A request that comes back with a problem is decided, or another by now: no form of it helps.
    const isOver = reply.problem === undefined || reply.approval !== undefined
    return isOver ? { type: 'done', reply } : { type: 'done', reply, again }
  } catch (error) {
    return { type: 'refused', reply: refused(error), again }
  }
}
