import type { ApprovalRecord } from '../../../core/ports.js'
import { type Activity, resultOf } from '../../emulators/teams/player.js'
import { decisions, listen } from './clicks.js'
import { DENIED, playMatrix, refusals } from './rights.js'
import { Faults, type Scenario, pick } from './scenario.js'
import { CHANNEL, type Stage, type Tables, targetOf } from './stage.js'

const OTHERS = 'Alpha'
const OTHER_TEAM = 'T2'
const OTHER_TENANT = '11111111-2222-4333-8444-555555555555'

/**
 * What must come of an attempt: a denial that is told and written down, a plain refusal, nothing at all, a closed door, or
 * one that is closed and written down.
 */
type Outcome = 'denied' | 'refused' | 'ignored' | 'closed' | 'turnedAway'

interface Attempt {
  readonly what: string
  readonly outcome: Outcome
  send(): Promise<{ readonly status: number; readonly words?: string | undefined }>
}

interface Setting {
  readonly stage: Stage
  readonly draw: () => number
  /** Requests of another MSP in the same database. */
  readonly foreign: readonly ApprovalRecord[]
  /** Our own, asked for by Dana. */
  readonly own: ApprovalRecord
}

type Make = (setting: Setting) => Attempt

const TEXTS = [
  'propose march',
  'approve APR-0001',
  'export csv BR-0001',
  'audit',
  'people',
  'who march',
  'observe',
] as const

function slackBody(stage: Stage, handle: string, draw: () => number, own: ApprovalRecord) {
  const { request } = stage.served().sender
  const { slackUser } = stage.outside.member(handle)
  const value = JSON.stringify(targetOf(own))
  const kind = pick(draw, ['command', 'mention', 'click'] as const)
  if (kind === 'command') return { kind, body: request.command(slackUser, CHANNEL, pick(draw, TEXTS)).body }
  if (kind === 'mention') return { kind, body: request.mention(slackUser, CHANNEL, pick(draw, TEXTS)).body }
  return {
    kind,
    body: request.click(slackUser, stage.slackCard(), pick(draw, ['approve', 'download', 'page']), value)
      .body,
  }
}

/** The same request as another workspace's: the ids of people are unique only within one. */
function ofOtherTeam(kind: 'command' | 'mention' | 'click', body: string): string {
  if (kind === 'command') {
    const fields = new URLSearchParams(body)
    fields.set('team_id', OTHER_TEAM)
    return fields.toString()
  }
  if (kind === 'mention') {
    const parsed = JSON.parse(body) as { event: Record<string, unknown> }
    return JSON.stringify({ ...parsed, event: { ...parsed.event, team: OTHER_TEAM, user_team: OTHER_TEAM } })
  }
  const payload = JSON.parse(new URLSearchParams(body).get('payload') ?? '') as { user: object }
  const user = { ...payload.user, team_id: OTHER_TEAM }
  return new URLSearchParams({ payload: JSON.stringify({ ...payload, user }) }).toString()
}

const otherTeam: Make = ({ stage, draw, own }) => {
  const { kind, body } = slackBody(stage, pick(draw, ['lee', 'ada']), draw, own)
  const { sender } = stage.served()
  const type = kind === 'mention' ? 'json' : 'form'
  return {
    what: `a ${kind} of the same user id in another workspace`,
    outcome: 'denied',
    send: () => sender.send(sender.sign(ofOtherTeam(kind, body), type)),
  }
}

const slackBot: Make = ({ stage, draw }) => {
  const { sender } = stage.served()
  const { body } = sender.request.mention(stage.outside.member('lee').slackUser, CHANNEL, pick(draw, TEXTS))
  const parsed = JSON.parse(body) as { event: Record<string, unknown> }
  const mark = pick(draw, [
    { bot_id: 'B0002' },
    { subtype: 'bot_message' },
    { subtype: 'message_changed' },
    { edited: {} },
  ])
  const event = JSON.stringify({ ...parsed, event: { ...parsed.event, ...mark } })
  return {
    what: `a mention with ${JSON.stringify(mark)}`,
    outcome: 'ignored',
    send: () => sender.send(sender.sign(event, 'json')),
  }
}

const removed: Make = ({ stage, draw, own }) => {
  const { kind, body } = slackBody(stage, 'gus', draw, own)
  const { sender } = stage.served()
  if (draw() < 0.5) {
    const click = stage.teamsClick('gus', 'approveSure', targetOf(own), stage.teamsCard())
    return {
      what: 'a click in Teams of somebody removed since',
      outcome: 'denied',
      send: () => deliver(stage, click),
    }
  }
  return {
    what: `a ${kind} in Slack of somebody removed since`,
    outcome: 'denied',
    send: () => sender.send(sender.sign(body, kind === 'mention' ? 'json' : 'form')),
  }
}

async function deliver({ served }: Stage, activity: Activity) {
  const { status, words, card } = resultOf(await served().player.deliver(activity))
  return { status, words: words ?? JSON.stringify(card ?? '') }
}

function teamsActivity({ stage, draw, own }: Setting, handle: string): Activity {
  const { outside, served } = stage
  if (draw() < 0.5) return stage.teamsClick(handle, 'approveSure', targetOf(own), stage.teamsCard())
  return served().player.message(outside.teamsUser(handle), outside.teamsChannel, pick(draw, TEXTS))
}

function withSender(activity: Activity, changes: object): Activity {
  return { ...activity, from: { ...(activity['from'] as object), ...changes } }
}

const teamsGuest: Make = (setting) => {
  const activity = withSender(teamsActivity(setting, 'lee'), {
    aadObjectId: '99999999-0000-4000-8000-000000000000',
  })
  return { what: 'a guest in Teams', outcome: 'denied', send: () => deliver(setting.stage, activity) }
}

const teamsOutsider: Make = (setting) => {
  const activity = teamsActivity(setting, 'lee')
  const conversation = { ...(activity['conversation'] as object), tenantId: OTHER_TENANT }
  const channelData = { tenant: { id: OTHER_TENANT } }
  const send = () => deliver(setting.stage, { ...activity, conversation, channelData })
  return { what: 'somebody of another tenant', outcome: 'closed', send }
}

/** What bots write is not for the bot; a click of theirs cannot be one of a person, and is written down. */
const teamsBot: Make = (setting) => {
  const activity = withSender(teamsActivity(setting, 'lee'), { aadObjectId: undefined })
  const isClick = activity['type'] === 'invoke'
  const send = () => deliver(setting.stage, activity)
  return {
    what: `a ${isClick ? 'click' : 'message'} of a bot in Teams`,
    outcome: isClick ? 'turnedAway' : 'ignored',
    send,
  }
}

const ownRun: Make = ({ stage, own, draw }) => {
  const { outside, served } = stage
  const send = async () => {
    if (draw() < 0.5)
      return await deliver(stage, stage.teamsClick('dana', 'approveSure', targetOf(own), stage.teamsCard()))
    const value = JSON.stringify(targetOf(own))
    return await served().sender.click(outside.member('dana').slackUser, stage.slackCard(), 'approve', value)
  }
  return { what: 'approving what they asked for themselves', outcome: 'refused', send }
}

/** Somebody who may do everything guesses what another MSP has. */
const foreignIds: Make = ({ stage, foreign, draw }) => {
  const { outside, served } = stage
  const record = pick(draw, foreign)
  const { approval, run } = record
  const texts = [
    `approval ${approval.id}`,
    `export csv ${run.id}`,
    `void ${run.id} because mine`,
    `approval ${approval.id} page 1`,
  ]
  const kind = pick(draw, ['text', 'slack', 'teams'] as const)
  const send = async () => {
    const user = outside.member('ada').slackUser
    if (kind === 'text') return await served().sender.command(user, CHANNEL, pick(draw, texts))
    if (kind === 'teams')
      return await deliver(stage, stage.teamsClick('ada', 'approveSure', targetOf(record), stage.teamsCard()))
    const [name, id] = pick(draw, [
      ['approve', approval.id],
      ['download', run.id],
      ['page', approval.id],
    ] as const)
    const value = JSON.stringify({ ...targetOf(record), id })
    return await served().sender.click(user, stage.slackCard(), name, value)
  }
  return { what: `a guess at another MSP’s ${approval.id} (${kind})`, outcome: 'refused', send }
}

const MAKES: readonly Make[] = [
  otherTeam,
  slackBot,
  removed,
  teamsGuest,
  teamsOutsider,
  teamsBot,
  ownRun,
  foreignIds,
  foreignIds,
]

async function attempt(setting: Setting, faults: Faults): Promise<void> {
  const { stage, draw } = setting
  const { what, outcome, send } = pick(draw, MAKES)(setting)
  const heard = listen(stage)
  const [denied, decided] = [await refusals(stage), await decisions(stage)]
  const { status, words = '' } = await send()
  await stage.settled()
  const told = `${words}\n${heard()}`.trim()
  const noted = (await refusals(stage)) - denied
  faults.expect((await decisions(stage)) === decided, `${what}: decided`)
  faults.expect(!told.includes(OTHERS), `${what}: told of another MSP’s customers`)
  const isClosed = outcome === 'closed' || outcome === 'turnedAway'
  faults.expect(status === (isClosed ? 403 : 200), `${what}: answered with ${status}`)
  faults.expect(
    noted === (outcome === 'denied' || outcome === 'turnedAway' ? 1 : 0),
    `${what}: ${noted} denials in the trail`,
  )
  const isDenied = DENIED.test(told)
  faults.expect(isDenied === (outcome === 'denied'), `${what}: told “${told.slice(0, 120)}”`)
  if (outcome === 'ignored' || isClosed) {
    const isSilent = heard() === ''
    faults.expect(isSilent, `${what}: answered “${told.slice(0, 120)}”`)
  }
}

/** Rows of one MSP in all tables. */
function rowsOfMsp(tables: Tables, mspId: string): string {
  return JSON.stringify(
    [...tables].map(([table, rows]) => [table, rows.filter((row) => (row['msp_id'] ?? row['id']) === mspId)]),
  )
}

export const escalation: Scenario = {
  row: 'S-10',
  title: 'rights',
  play: async ({ open, count, draw }) => {
    const faults = new Faults()
    const first = await open({ mspId: 'alpha', called: OTHERS, customers: 8 })
    const foreign: ApprovalRecord[] = []
    for (let index = 1; index <= 8; index += 1)
      foreign.push(await first.propose(`propose march ${OTHERS} ${index}`))
    await first.terminal('lee', `approve ${foreign[7]?.approval.id ?? ''}`)
    const before = rowsOfMsp(await first.stop(), 'alpha')
    const stage = await open({ mspId: 'hostile', folder: first.folder })
    const matrix = await playMatrix(stage, { draw, count }, faults)
    await stage.terminal('ada', 'people remove Gus')
    const own = await stage.propose('propose march Customer 3')
    const attempts = count(1000, 80)
    // Beyond what this MSP has itself, or with the other's revision: neither opens anything.
    const setting: Setting = { stage, draw, own, foreign }
    for (let index = 0; index < attempts && !faults.isEnough; index += 1) await attempt(setting, faults)
    const after = rowsOfMsp(await stage.stop(), 'alpha')
    faults.expect(after === before, 'rows of the other MSP changed')
    const words = `${matrix.tried} of everybody × every command, button and window in Slack and Teams: ${matrix.denied} denied, each in the trail, all others allowed; ${attempts} drawn attempts (another workspace, guests, bots, another tenant, somebody removed, their own run, ids of another MSP in the same database): nothing decided, nothing shown`
    return { words, faults: faults.list() }
  },
}
