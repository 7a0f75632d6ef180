import type { ActionName, FormName } from '../../../bot/cards/model.js'
import type { CommandName } from '../../../bot/commands/catalog.js'
import type { Verb } from '../../../bot/teams/schema.js'
import type { Right, Role } from '../../../core/access/rights.js'
import { resultOf } from '../../emulators/teams/player.js'
import { listen } from './clicks.js'
import { type Faults, type Trouble, pick } from './scenario.js'
import { CHANNEL, type Stage } from './stage.js'

/** Who may do what, written out by hand a second time. */
const MAY: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['read'],
  biller: ['read', 'observe', 'propose', 'map', 'price', 'download'],
  approver: ['read', 'observe', 'propose', 'map', 'price', 'decide', 'void', 'download', 'audit'],
  admin: [
    'read',
    'observe',
    'propose',
    'map',
    'price',
    'decide',
    'void',
    'download',
    'audit',
    'people',
    'settings',
  ],
}

/** One of each role, and somebody without any. */
const WHO: readonly { readonly handle: string; readonly role: Role | undefined }[] = [
  { handle: 'vic', role: 'viewer' },
  { handle: 'bob', role: 'biller' },
  { handle: 'lee', role: 'approver' },
  { handle: 'ada', role: 'admin' },
  { handle: 'kim', role: undefined },
]

type Asked = readonly [text: string, right: Right]

/** Every command, in each form that needs another right. A new command is missing here until it is added. */
const COMMANDS: Readonly<Record<CommandName, readonly Asked[]>> = {
  help: [['help', 'read']],
  who: [['who march', 'read']],
  customer: [['customer Customer 1', 'read']],
  explain: [['explain nothing', 'read']],
  changes: [['changes', 'read']],
  upcoming: [['upcoming 10', 'read']],
  calendar: [['calendar march', 'read']],
  home: [['home', 'read']],
  status: [['status', 'read']],
  approvals: [['approvals', 'read']],
  approval: [
    ['approval APR-9999', 'read'],
    ['approval APR-9999 page 2', 'read'],
  ],
  people: [
    ['people', 'read'],
    ['people add Lee viewer console:other', 'people'],
    ['people role Vic viewer', 'people'],
    ['people remove Nobody', 'people'],
  ],
  settings: [
    ['settings', 'read'],
    ['settings increases', 'read'],
    ['settings invoice day 32', 'settings'],
  ],
  observe: [['observe', 'observe']],
  propose: [['propose march Customer 1', 'propose']],
  sync: [['sync', 'propose']],
  map: [
    ['map', 'map'],
    ['map Customer 1 remove', 'map'],
  ],
  price: [
    ['price', 'read'],
    ['price Customer', 'read'],
    ['price Customer 1 20.50', 'price'],
    ['price remove 999', 'price'],
    ['price yes nothing', 'price'],
  ],
  describe: [
    ['describe', 'read'],
    ['describe Customer 1 Business "Office"', 'price'],
    ['describe remove 999', 'price'],
  ],
  approve: [['approve APR-9999', 'decide']],
  reject: [['reject APR-9999 because no', 'decide']],
  void: [['void BR-9999 because no', 'void']],
  export: [['export csv BR-9999', 'download']],
  audit: [['audit', 'audit']],
}

/** Every button. */
const CLICKS: Readonly<Record<ActionName, Right>> = {
  approve: 'decide',
  download: 'download',
  again: 'propose',
  page: 'read',
  map: 'map',
  mapPage: 'map',
  look: 'read',
  propose: 'propose',
  setPrice: 'price',
}

/** Every form, to be opened and to be sent off. */
const FORMS: Readonly<Record<FormName, Right>> = {
  reject: 'decide',
  addPerson: 'people',
  changeRole: 'people',
  removePerson: 'people',
  mapByHand: 'map',
  price: 'price',
  describe: 'price',
  chooseSetting: 'settings',
  setting: 'settings',
}

/**
 * Every button of a card in Teams, also those of a question and of the form of a rejection. Only what clients ask for by
 * themselves, unnoticed by people, is refused without a word.
 */
const VERBS: Readonly<Record<Exclude<Verb, 'refresh'>, Right>> = {
  ...CLICKS,
  ...FORMS,
  submit: 'decide',
  back: 'decide',
  approveSure: 'decide',
  mapSure: 'map',
  show: 'read',
  mapShow: 'map',
}

/** Buttons no card has. */
const UNKNOWN = [
  'destroy',
  '__proto__',
  'constructor',
  'toString',
  'APPROVE',
  'approve ',
  'people',
  'hasOwnProperty',
] as const

/** What a refusal of a right says. */
export const DENIED = /Your role \(\w+\) may not do that|You have no role here yet/

interface Try {
  readonly what: string
  readonly handle: string
  readonly mayDo: boolean
  send(): Promise<string | undefined>
}

/** Plays every try and looks whether it was denied, and written down, as it must be. */
async function playTries(stage: Stage, tries: readonly Try[], faults: Faults): Promise<number> {
  let denied = 0
  for (const { what, handle, mayDo, send } of tries) {
    if (faults.isEnough) break
    const heard = listen(stage)
    const before = await refusals(stage)
    const words = await send()
    await stage.settled()
    const told = `${words ?? ''}\n${heard()}`
    const noted = (await refusals(stage)) - before
    const isDenied = DENIED.test(told)
    faults.expect(
      isDenied === !mayDo,
      `${handle}, ${what}: ${isDenied ? 'denied' : `not denied: ${told.slice(0, 120)}`}`,
    )
    faults.expect(noted === (mayDo ? 0 : 1), `${handle}, ${what}: ${noted} entries in the trail`)
    if (isDenied) denied += 1
  }
  return denied
}

export async function refusals({ trail }: Stage): Promise<number> {
  return (await trail()).filter(({ action }) => action === 'right.refused').length
}

/** Of a run that plays less than a fiftieth of everything, so many combinations have to be enough. */
const FEWEST_TRIES = 60

/** Everybody × every command, button and window, through both doors. Returns how many were tried, and denied. */
export async function playMatrix(
  stage: Stage,
  { draw, count }: Pick<Trouble, 'draw' | 'count'>,
  faults: Faults,
) {
  const record = await stage.propose('propose march Customer 2')
  const target = { id: record.approval.id, revision: '' }
  const tries = WHO.flatMap(({ handle, role }) => {
    const mayDo = (right: Right | undefined) =>
      right !== undefined && role !== undefined && MAY[role].includes(right)
    const commands = Object.values(COMMANDS).flat()
    return [
      ...commands.flatMap(([text, right]) => [
        {
          what: `“${text}” in Slack`,
          handle,
          mayDo: mayDo(right),
          send: () => inSlack(stage, handle, text, draw),
        },
        {
          what: `“${text}” in Teams`,
          handle,
          mayDo: mayDo(right),
          send: () => inTeams(stage, handle, text, draw),
        },
      ]),
      ...[
        ...Object.entries({ ...CLICKS, ...FORMS }),
        ...UNKNOWN.map((name) => [name, undefined] as const),
      ].map(([name, right]) => ({
        what: `“${name}” clicked in Slack`,
        handle,
        mayDo: mayDo(right),
        send: () => clickInSlack(stage, handle, name, target),
      })),
      ...[...Object.entries(VERBS), ...UNKNOWN.map((name) => [name, undefined] as const)].map(
        ([verb, right]) => ({
          what: `“${verb}” clicked in Teams`,
          handle,
          mayDo: mayDo(right),
          send: () => clickInTeams(stage, handle, verb, target),
        }),
      ),
      // Sent off by somebody who never saw it; whoever may is told what is missing in it.
      ...Object.entries(FORMS).map(([form, right]) => ({
        what: `the form “${form}” sent off in Teams`,
        handle,
        mayDo: mayDo(right),
        send: () => clickInTeams(stage, handle, 'submit', target, form),
      })),
    ]
  })
  const most = Math.min(tries.length, count(50 * tries.length, FEWEST_TRIES))
  const drawn = most === tries.length ? tries : Array.from({ length: most }, () => pick(draw, tries))
  return { tried: drawn.length, denied: await playTries(stage, drawn, faults) }
}

/** In a channel, or alone with the bot: it makes no difference to what one may. */
async function inSlack({ outside, served }: Stage, handle: string, text: string, draw: () => number) {
  const { sender } = served()
  const { slackUser } = outside.member(handle)
  if (pick(draw, [true, false])) await sender.command(slackUser, CHANNEL, text)
  else await sender.direct(slackUser, text)
  return undefined
}

async function inTeams({ outside, served }: Stage, handle: string, text: string, draw: () => number) {
  const user = outside.teamsUser(handle)
  const { world } = outside.teams
  const own = [...world.conversations.values()].find(
    ({ type, members }) => type === 'personal' && members[0] === user,
  )
  const place = pick(draw, [true, false])
    ? outside.teamsChannel
    : (own ?? world.addConversation('personal', [user]))
  await served().player.say(user, place, text)
  return undefined
}

type Target = { readonly id: string; readonly revision: string }

/** A rejection asks why first: the window it opens is sent off. */
async function clickInSlack(stage: Stage, handle: string, name: string, target: Target) {
  const { outside, served, settled } = stage
  const { views } = outside.slack.world
  const before = views.length
  const value = JSON.stringify(target)
  await served().sender.click(outside.member(handle).slackUser, stage.slackCard(), name, value)
  await settled()
  const opened = views.slice(before).at(0)
  if (opened !== undefined && name === 'reject') await served().sender.submit(opened, 'too many seats')
  return undefined
}

async function clickInTeams(stage: Stage, handle: string, verb: string, target: Target, form?: string) {
  const click = stage.teamsClick(handle, verb, target, stage.teamsCard(), form)
  const { words, card } = resultOf(await stage.served().player.deliver(click))
  return words ?? JSON.stringify(card ?? {})
}
