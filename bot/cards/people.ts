import { hasAdmin } from '../../core/access/everybody.js'
import { type Person, approvers } from '../../core/access/people.js'
import { RIGHTS, ROLES, type Right, type Role } from '../../core/access/rights.js'
import type { LinkCode, PersonChanged } from '../../core/app/change-people.js'
import { CARD_ROWS } from '../../core/limits.js'
import type { Block, Card } from './model.js'
import { PEOPLE_ACTIONS } from './people-forms.js'

/** What to do where nobody may give roles. */
export const NO_ADMIN =
  'There is no admin yet: give somebody the role admin in PEOPLE in .env, and start again.'

/** Who may do what and where they are met, a page of it, admins first. */
export function peopleCard(people: readonly Person[], page: number, mayChange: boolean): Card {
  const sorted = [...people].sort(
    (left, right) => rank(right) - rank(left) || (left.name < right.name ? -1 : 1),
  )
  const shown = sorted.slice((page - 1) * CARD_ROWS, page * CARD_ROWS)
  const hidden = Math.max(0, sorted.length - page * CARD_ROWS)
  const next = mayChange
    ? 'Next: `people add <name> <role> <identity>`, `people role <name> <role>`, `people remove <name>`.'
    : 'Next: `people link` links where else you are met.'
  return {
    title: 'Who may do what',
    tone: hasAdmin(people) ? 'plain' : 'attention',
    blocks: [
      {
        type: 'list',
        items: shown.map(
          ({ name, role, identities }) => `${name} · ${role} · met as ${identities.join(', ')}`,
        ),
        ...(hidden > 0 ? { more: { hidden, command: `people page ${page + 1}` } } : {}),
      },
      quiet(hasAdmin(people) ? next : NO_ADMIN),
    ],
    actions: mayChange ? PEOPLE_ACTIONS : [],
  }
}

/** What somebody may do from now on, and what not any more. */
export function personChangedCard({ before, after, people }: PersonChanged): Card {
  if (after === undefined) return removedCard(before, people)
  const { name, role, identities } = after
  const lost =
    before === undefined ? [] : deedsOf(before.role).filter((deed) => !deedsOf(role).includes(deed))
  const title =
    before === undefined
      ? `${name} is ${role} here now`
      : `${name} is ${role} now, not ${before.role} any more`
  return {
    title,
    tone: 'good',
    blocks: [
      plain(`${name} may ${listed(deedsOf(role))}.`),
      ...(lost.length === 0 ? [] : [plain(`${name} may not ${listed(lost, 'or')} any more.`)]),
      plain(`Met as ${identities.join(', ')}.`),
      ...decidingBlocks(people, lost.length > 0 && before !== undefined),
      quiet('It counts from now on, everywhere. Next: `people`.'),
    ],
    actions: [],
  }
}

function removedCard(before: Person | undefined, people: readonly Person[]): Card {
  const name = before?.name ?? 'Somebody'
  return {
    title: `${name} has no role here any more`,
    tone: 'good',
    blocks: [
      plain(
        `${name} may do nothing here any more, wherever they are met. What they asked for and decided stays, under their name.`,
      ),
      ...decidingBlocks(people, true),
      quiet('It counts from now on, everywhere. Next: `people`.'),
    ],
    actions: [],
  }
}

/** The code that proves who asked for it, once. */
export function linkCodeCard({ code, minutes }: LinkCode): Card {
  return {
    title: 'Link where else you are met',
    tone: 'plain',
    blocks: [
      { type: 'text', style: 'strong', text: code },
      plain(
        `Type \`people link ${code}\` there, within ${minutes} minutes. It works once; a new code takes its place.`,
      ),
      quiet('Whoever types it is you from then on: show it to nobody.'),
    ],
    actions: [],
  }
}

/** Two identities are one person from now on. */
export function linkedCard({ before, after }: PersonChanged): Card {
  const { name, role, identities } = after ?? { name: '', role: 'viewer', identities: [] }
  const isLowered = before !== undefined && before.role !== role
  const lowered = isLowered
    ? [plain(`Your role is ${role} now, the lower of both. An admin can raise it.`)]
    : []
  return {
    title: `You are ${name} here, too`,
    tone: 'good',
    blocks: [
      plain(`${name} · ${role}, met as ${identities.join(', ')}.`),
      ...lowered,
      quiet('What was asked for under either counts as yours.'),
    ],
    actions: [],
  }
}

/** With fewer approvers left, who decides is worth a word. */
function decidingBlocks(people: readonly Person[], isFewer: boolean): readonly Block[] {
  const deciders = approvers(people)
  const [only, second] = deciders
  if (!isFewer || second !== undefined) return []
  if (only === undefined) return [plain('Nobody can approve or reject now.')]
  return [plain(`${only.name} alone can approve now, also what ${only.name} asked for.`)]
}

const DEEDS: Readonly<Record<Right, string>> = {
  read: 'look',
  observe: 'read the marketplace',
  propose: 'ask for approvals',
  map: 'map customers',
  price: 'set prices',
  decide: 'approve and reject',
  void: 'ask to void',
  download: 'take files',
  audit: 'read the trail',
  people: 'change people',
  settings: 'change settings',
}

function deedsOf(role: Role): readonly string[] {
  return [...RIGHTS[role]].map((right) => DEEDS[right])
}

/** "look, map customers and take files" */
function listed(words: readonly string[], word = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${word} ${words.at(-1)}`
}

function rank({ role }: Person): number {
  return ROLES.indexOf(role)
}

function plain(text: string): Block {
  return { type: 'text', style: 'plain', text }
}

function quiet(text: string): Block {
  return { type: 'text', style: 'quiet', text }
}
