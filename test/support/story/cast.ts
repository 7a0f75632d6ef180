import type { Story } from './story.js'

/** Everybody of a story, wherever they are met. */
export interface Member {
  /** "Lee" */
  readonly name: string
  /** "lee", as in "@lee" and on the console. */
  readonly handle: string
  readonly slackUser: string
  /** Id of the person in Entra. */
  readonly aadObjectId: string
  /** undefined: the bot does not know them. */
  readonly role: string | undefined
}

export type Cast = ReadonlyMap<string, Member>

export const SLACK_TEAM = 'T1'
export const TEAMS_TENANT = '7f3b1f0a-2f0c-4d5e-8a60-1b7f5f9f2d22'

/** Everybody with these roles, by name; undefined for somebody the bot does not know. */
export function castWith(roles: ReadonlyMap<string, string | undefined>): Cast {
  return new Map(
    [...roles].map(([name, role], index) => {
      const number = index + 1
      const handle = name.toLowerCase()
      const aadObjectId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
      return [handle, { name, handle, slackUser: `U${number}`, aadObjectId, role }] as const
    }),
  )
}

/** The people the story names, and whoever else speaks in it: strangers to the bot, but not to Slack and Teams. */
export function castOf({ steps }: Story): Cast {
  const roles = new Map<string, string>()
  const names = new Set<string>()
  for (const { action } of steps) {
    if (action.type === 'people') {
      for (const { name, role } of action.people) {
        names.add(name)
        roles.set(name, role)
      }
    }
    const speakers = action.type === 'say' ? [action.who] : action.type === 'click' ? action.who : []
    for (const handle of speakers) names.add(`${handle.slice(0, 1).toUpperCase()}${handle.slice(1)}`)
  }
  return castWith(new Map([...names].map((name) => [name, roles.get(name)])))
}

/** Everybody with a role, known on every surface; the program's own terminal is the first one's. */
export function peopleSettings(cast: Cast): { readonly PEOPLE: string; readonly CONSOLE_USER: string } {
  const known = [...cast.values()].filter(({ role }) => role !== undefined)
  const entries = known.map(({ name, handle, slackUser, aadObjectId, role }) => {
    return `${identitiesOf({ handle, slackUser, aadObjectId }).join('+')}=${role}:${name}`
  })
  return { PEOPLE: entries.join(','), CONSOLE_USER: known[0]?.handle ?? '' }
}

function identitiesOf({
  handle,
  slackUser,
  aadObjectId,
}: Pick<Member, 'handle' | 'slackUser' | 'aadObjectId'>) {
  return [`slack:${SLACK_TEAM}:${slackUser}`, `teams:${TEAMS_TENANT}:${aadObjectId}`, `console:${handle}`]
}

/** "people add Eve biller @eve" as somebody types it there: a mention where people are mentioned, else the identity. */
export function withIdentities(cast: Cast, surface: string, text: string): string {
  if (!/^people\b/i.test(text)) return text
  return text.replace(/@(\w+)/g, (typed, handle: string) => {
    const member = cast.get(handle)
    if (member === undefined) return typed
    if (surface === 'slack') return `@${member.slackUser}`
    return identitiesOf(member).find((identity) => identity.startsWith(surface)) ?? typed
  })
}

/** "Eve, approver, @eve" as somebody fills it in there: picked where people are picked, else by the identity. */
export function withPicked(cast: Cast, surface: string, answers: string): string {
  return answers.replace(/(?<=^|, )@(\w+)(?=, |$)/g, (typed, handle: string) => {
    const member = cast.get(handle)
    if (member === undefined) return typed
    if (surface === 'slack') return member.slackUser
    return identitiesOf(member).find((identity) => identity.startsWith(surface)) ?? typed
  })
}

/** The answers to the fields of a form, in order. */
export function answersTo(fields: number, said: string | undefined): readonly string[] {
  if (said === undefined) return []
  return fields === 1 ? [said] : said.split(', ')
}

/** What the bot calls people by where it means their account: each surface has its own, stories say "@dana". */
export function withHandles(cast: Cast, text: string): string {
  const handles = new Map(
    [...cast.values()].flatMap((member) => identitiesOf(member).map((identity) => [identity, member.handle])),
  )
  // Teams lets long words break at characters without width.
  return text.replaceAll('\u200b', '').replace(/\b(?:slack|teams|console):[\w.:-]*\w/g, (identity) => {
    const handle = handles.get(identity)
    return handle === undefined ? identity : `@${handle}`
  })
}
