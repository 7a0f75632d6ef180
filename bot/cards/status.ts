import type { DeliveryStanding } from '../../core/chat-ports.js'
import { DELIVERY_TOLD_DAYS } from '../../core/chat-limits.js'
import { CARD_NAMES } from '../../core/limits.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import type { Answer, StatusAnswer } from '../../core/app/studio.js'
import type { PolicyStatus } from '../../core/app/policy-status.js'
import type { Observed } from '../../core/app/observe.js'
import { EXCEPTION_WORDS } from '../../core/timeline/exceptions.js'
import type { Problem } from '../../core/problem.js'
import { COMMANDS, type CommandName } from '../commands/catalog.js'
import type { Block, Card } from './model.js'
import { writeBlocks } from './psa.js'
import { aheadWords } from './settings.js'
import { ageWords, plural } from './words.js'

/** How old the data is, what it holds, what a person should look at. */
export function statusCard(answer: Answer<StatusAnswer>, unsaid: DeliveryStanding): Card {
  const { observation } = answer.age
  const blocks: Block[] = [
    {
      type: 'facts',
      facts: [
        {
          label: 'Last observation',
          value: `${observation.sequence}, ${ageWords(answer.age).toLowerCase()}`,
        },
        {
          label: 'Marketplace',
          value: `${plural(observation.customers, 'customer')}, ${plural(observation.subscriptions, 'licence line')}, ${plural(observation.requests, 'request')}`,
        },
        { label: 'Running subscriptions', value: String(answer.subscriptions) },
        { label: 'Held, not billed', value: someOf(answer.held) },
        { label: 'Waiting for approval', value: someOf(answer.waiting) },
        ...(answer.writes.open === 0
          ? []
          : [{ label: 'Being written into PSAs', value: plural(answer.writes.open, 'step') }]),
        ...(unsaid.waiting === 0
          ? []
          : [{ label: 'Waiting to be said in chat', value: plural(unsaid.waiting, 'answer') }]),
        { label: 'Bills from', value: dayMonthYear(answer.opensOn) },
        ...policyFacts(answer.policy),
      ],
    },
  ]
  if (answer.exceptions.length > 0) {
    const words = new Map<string, string>(Object.entries(EXCEPTION_WORDS))
    blocks.push({
      type: 'list',
      heading: 'To look at',
      items: answer.exceptions.map(({ kind, count }) => `${count} × ${words.get(kind) ?? kind}`),
    })
  }
  blocks.push(...writeBlocks(answer), ...unsaidBlocks(unsaid))
  const { held, writes, drifts, beside } = answer
  const unheard = unsaid.givenUp + unsaid.unknown
  const needsYou = held.length + writes.parked.length + drifts.length + beside.length + unheard > 0
  return { title: 'Status', tone: needsYou ? 'attention' : 'good', blocks, actions: [] }
}

/** What did not arrive in chat: "2 answers could not be delivered in the last 7 days, the last one in Slack: …" */
function unsaidBlocks({ givenUp, unknown, last }: DeliveryStanding): Block[] {
  if (givenUp + unknown === 0) return []
  const days = `in the last ${plural(DELIVERY_TOLD_DAYS, 'day')}`
  const where = last === undefined ? '' : `; the last one in ${SURFACE_NAMES[last.surface]}: ${last.reason}`
  const items = [
    ...(givenUp === 0 ? [] : [`${plural(givenUp, 'answer')} could not be delivered ${days}`]),
    ...(unknown === 0 ? [] : [`${plural(unknown, 'answer')} may not have arrived ${days}`]),
  ]
  return [
    {
      type: 'list',
      heading: 'Not told in chat',
      items: items.map((item, index) => (index === items.length - 1 ? `${item}${where}` : item)),
    },
    { type: 'text', style: 'plain', text: 'Nothing else depends on it. Next: `approvals` shows what waits.' },
  ]
}

const SURFACE_NAMES = { slack: 'Slack', teams: 'Teams' } as const

/** "0", or how many and which: "5: Contoso · Visio, Fabrikam · Azure, Fabrikam · Visio and 2 more". */
function someOf(names: readonly string[]): string {
  const hidden = names.length - CARD_NAMES
  const more = hidden > 0 ? ` and ${hidden} more` : ''
  return names.length === 0 ? '0' : `${names.length}: ${names.slice(0, CARD_NAMES).join(', ')}${more}`
}

/** How this MSP bills, first what is not the default, and what changes when: "From 1 Apr 2026: decreases credited". */
function policyFacts({ inForce, byDefault, ahead }: PolicyStatus): { label: string; value: string }[] {
  const usual = byDefault.join(', ')
  const value =
    inForce.length === 0
      ? `as by default: ${usual}`
      : `${inForce.join(', ')}; otherwise as by default: ${usual}`
  const changes = ahead.map((change) => ({
    label: `From ${dayMonthYear(change.from)}`,
    value: `${change.words.join(', ')}${aheadWords(change)}`,
  }))
  return [{ label: 'Policy', value }, ...changes]
}

export function observedCard({ header, first, changed }: Observed): Card {
  const text = first
    ? `First observation: ${plural(header.customers, 'customer')}, ${plural(header.subscriptions, 'licence line')}, ${plural(header.orders, 'order')}.`
    : changed === 0
      ? 'Nothing changed since the last observation.'
      : `${plural(changed, 'licence line')} changed since the last observation. Next: \`changes\`.`
  return {
    title: `Observation ${header.sequence}`,
    tone: 'good',
    blocks: [{ type: 'text', style: 'plain', text }],
    actions: [],
  }
}

export function helpCard(about: CommandName | undefined): Card {
  const command = COMMANDS.find(({ name }) => name === about)
  if (command !== undefined) {
    return {
      title: command.usage,
      tone: 'plain',
      blocks: [
        { type: 'text', style: 'plain', text: doesWords(command.does) },
        { type: 'list', heading: 'For example', items: command.examples },
      ],
      actions: [],
    }
  }
  return {
    title: 'What you can ask',
    tone: 'plain',
    blocks: [
      {
        type: 'table',
        columns: [
          { heading: 'Type', align: 'left' },
          { heading: 'To see', align: 'left' },
        ],
        rows: COMMANDS.map(({ usage, does }) => [usage, does]),
      },
      { type: 'text', style: 'quiet', text: 'Plain questions work too: “who do I bill this month?”' },
    ],
    actions: [],
  }
}

/** "Shows the lines of one customer.", "Reads the marketplace now.": what a command does, or what it shows. */
function doesWords(does: string): string {
  const isDeed = /^(?:reads|says|asks) /.test(does)
  return isDeed ? `${does.charAt(0).toUpperCase()}${does.slice(1)}.` : `Shows ${does}.`
}

/** A refusal: what happened, where, what was not done, what to do next. */
export function problemCard({ what, where, notDone, next }: Problem): Card {
  const lines = [where === undefined ? what : `${where}: ${what}`, notDone, next].filter(
    (line) => line !== undefined,
  )
  return {
    title: 'That did not work',
    tone: 'problem',
    blocks: lines.map((text, index) => ({ type: 'text', style: index === 0 ? 'strong' : 'plain', text })),
    actions: [],
  }
}
