import type { Person } from '../../core/access/people.js'
import type { Field, Form, FormValues } from '../cards/form.js'
import type { ActionTarget } from '../cards/model.js'
import type { Command } from './parse.js'
import type { DeskParts, Reply } from './reply.js'

/** What became of the wish to fill in a form. */
export type FormMade =
  | { readonly type: 'form'; readonly form: Form }
  | { readonly type: 'refused'; readonly reply: Reply }

/** One form: how it is made, and which command is meant by what it is sent off with. */
export interface FormKind {
  /** What values alone can be checked against, without looking anything up; choices stand open. */
  readonly fields: readonly Field[]
  /** The form as it is now. Throws a Problem, or says a refusal, where there is nothing to fill in (any more). */
  make(parts: DeskParts, person: Person, target: ActionTarget): Promise<FormMade>
  /** @param values that fit the fields of `form`. Problem `input` for what is no command. */
  command(form: Form, values: FormValues): Command
  /** What shows the card the form was opened on. */
  behind(target: ActionTarget): Command
}
