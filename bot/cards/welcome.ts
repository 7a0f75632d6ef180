import { hasAdmin } from '../../core/access/everybody.js'
import type { Person } from '../../core/access/people.js'
import { NO_ADMIN } from './people.js'
import type { Card } from './model.js'

/** Said once to somebody who added the bot for themselves. @param person undefined: nobody with a role yet */
export function welcomeCard(person: Person | undefined, people: readonly Person[], identity: string): Card {
  const role =
    person === undefined
      ? hasAdmin(people)
        ? `none yet: an admin types \`people add <name> <role> ${identity}\`, or you type \`people link\` where you have one`
        : `none yet. ${NO_ADMIN}`
      : `${person.role} (as ${person.name})`
  return {
    title: 'Cloud Billing Studio',
    tone: 'plain',
    blocks: [
      {
        type: 'text',
        style: 'plain',
        text: 'Whom you bill this month, how much and why. Nothing is billed or written into a PSA before a person approved exactly that.',
      },
      { type: 'facts', facts: [{ label: 'Your role here', value: role }] },
      {
        type: 'list',
        heading: 'To begin',
        items: [
          '`help`: what can be asked',
          '`who`: whom to bill this month',
          '`people`: who may do what',
          '`people link`: one role for your accounts in Slack and Teams',
        ],
      },
    ],
    actions: [],
  }
}

/** Said once where somebody added the bot for others: a line, because nobody asked it anything. */
export function helloCard(): Card {
  return {
    title: 'Hello. Name me and type “help”: I say what can be asked here.',
    tone: 'plain',
    blocks: [],
    actions: [],
  }
}
