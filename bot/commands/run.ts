import type { Studio } from '../../core/app/studio.js'
import type { Progress } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { changesCard } from '../cards/changes.js'
import { customerCard, explainCard } from '../cards/customer.js'
import type { Card } from '../cards/model.js'
import { helpCard, observedCard, problemCard, statusCard } from '../cards/status.js'
import { whoCard } from '../cards/who.js'
import { type Command, parseCommand } from './parse.js'

/** What a command ended in: a card for people, and whether it did what was asked. */
export interface Outcome {
  readonly card: Card
  /** undefined: done. */
  readonly problem: Problem | undefined
}

/** Understands and carries out what a person typed; an expected failure becomes a card, a bug is thrown. */
export async function runCommand(
  studio: Studio,
  text: string,
  onProgress?: (progress: Progress) => void,
): Promise<Outcome> {
  try {
    const command = parseCommand(text, await studio.today())
    return { card: await answer(studio, command, onProgress), problem: undefined }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { card: problemCard(error), problem: error }
  }
}

async function answer(
  studio: Studio,
  command: Command,
  onProgress?: (progress: Progress) => void,
): Promise<Card> {
  switch (command.name) {
    case 'help':
      return helpCard(command.about)
    case 'who': {
      const view = await studio.who(command.month, command.filter)
      return whoCard({ ...view, filter: command.filter })
    }
    case 'customer':
      return customerCard(await studio.customer(command.customer, command.month))
    case 'explain':
      return explainCard(await studio.explain(command.line))
    case 'changes':
      return changesCard(await studio.changes(command.since, command.filter), command.filter)
    case 'status':
      return statusCard(await studio.status())
    case 'observe':
      return observedCard(await studio.observe(onProgress))
  }
}
