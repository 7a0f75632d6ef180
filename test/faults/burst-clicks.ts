import type { Activity } from '../emulators/teams/player.js'
import { resultOf } from '../emulators/teams/player.js'
import { buttonsOf } from '../emulators/teams/cards.js'
import type { SignedRequest } from '../emulators/slack/request.js'
import type { SlackMessageRecord, ViewRecord } from '../emulators/slack/workspace.js'
import type { Outside, Served } from '../support/both-platforms.js'
import { settled } from '../support/story/settle.js'

export type Platform = 'slack' | 'teams'
export type Wish = 'approve' | 'reject'

/** Somebody who clicks, and what comes of it. */
export interface Clicker {
  readonly handle: string
  /** How often, beside the others. */
  readonly share: number
  /**
   * `may`: their click can decide. `other`: their button shows other content. `own`: they asked for it themselves.
   * `viewer`: their role may not decide.
   */
  readonly kind: 'may' | 'other' | 'own' | 'viewer'
}

export const CLICKERS: readonly Clicker[] = [
  { handle: 'lee', share: 5, kind: 'may' },
  { handle: 'sam', share: 5, kind: 'may' },
  { handle: 'ada', share: 5, kind: 'may' },
  { handle: 'max', share: 3, kind: 'other' },
  { handle: 'dana', share: 3, kind: 'own' },
  { handle: 'vic', share: 2, kind: 'viewer' },
]

/** Share of clicks that are an earlier one, sent again as it was. */
const SENT_AGAIN = 0.15
const REJECTING = 0.3

export interface Plan {
  readonly clicker: Clicker
  readonly platform: Platform
  readonly wish: Wish
  /** Place in the list of the click this one repeats byte for byte; undefined: it is a click of its own. */
  readonly repeats: number | undefined
}

/** Who clicks what where, `count` times. */
export function drawClicks(random: () => number, count: number): readonly Plan[] {
  const plans: Plan[] = []
  const all = CLICKERS.flatMap((clicker) => Array.from({ length: clicker.share }, () => clicker))
  for (let index = 0; index < count; index += 1) {
    const earlier = Math.floor(random() * index)
    const repeated = plans[earlier]
    if (repeated !== undefined && random() < SENT_AGAIN) {
      plans.push({ ...repeated, repeats: repeated.repeats ?? earlier })
      continue
    }
    const clicker = all[Math.floor(random() * all.length)]
    if (clicker === undefined) throw new Error('nobody clicks')
    const platform = random() < 0.5 ? 'slack' : 'teams'
    const wish = clicker.kind === 'may' && random() < REJECTING ? 'reject' : 'approve'
    plans.push({ clicker, platform, wish, repeats: undefined })
  }
  return plans
}

/** The two cards of one request. */
export interface Cards {
  readonly approvalId: string
  readonly runId: string
  readonly slack: SlackMessageRecord
  /** Id of the message in Teams. */
  readonly teams: string
}

/** How a click was answered over its own connection. */
export interface Answer {
  readonly status: number
  /** Teams only: words for the clicker, or that a card took the place of the clicked one. */
  readonly words: string | undefined
  readonly card: boolean
}

type Send = () => Promise<Answer>

/** Makes every click ready to be sent: nothing is left to do but to send them all at once. */
export async function armClicks(
  outside: Outside,
  replicas: readonly Served[],
  plans: readonly Plan[],
  cards: Cards,
): Promise<readonly Send[]> {
  const [first] = replicas
  const last = replicas.at(-1)
  if (first === undefined || last === undefined) throw new Error('nothing is served')
  const windows = await openWindows(outside, first, plans, cards)
  const sends: Send[] = []
  for (const plan of plans) {
    const earlier = plan.repeats === undefined ? undefined : sends[plan.repeats]
    if (earlier !== undefined) sends.push(earlier)
    else if (plan.platform === 'slack') sends.push(slackClick(outside, first, plan, cards, windows))
    else sends.push(teamsClick(outside, last, plan, cards))
  }
  return sends
}

/** Rejecting in Slack means sending off a window that asks why: each such click has one of its own open. */
async function openWindows(
  { slack, member }: Outside,
  { sender, server }: Served,
  plans: readonly Plan[],
  cards: Cards,
): Promise<ReadonlyMap<Plan, ViewRecord>> {
  const windows = new Map<Plan, ViewRecord>()
  for (const plan of plans) {
    const { clicker, platform, wish, repeats } = plan
    if (platform !== 'slack' || wish !== 'reject' || repeats !== undefined) continue
    const before = slack.world.views.length
    await sender.click(member(clicker.handle).slackUser, cards.slack, 'reject')
    await settled(server.url)
    const view = slack.world.views[before]
    if (view === undefined) throw new Error(`no window was opened for ${clicker.handle}`)
    windows.set(plan, view)
  }
  return windows
}

/** The same id with the revision of other lines. */
function ofOtherContent(value: string): string {
  const target = JSON.parse(value) as { readonly id: string; readonly revision: string }
  return JSON.stringify({ ...target, revision: '0'.repeat(target.revision.length) })
}

function slackClick(
  { member }: Outside,
  { sender }: Served,
  plan: Plan,
  { slack: message }: Cards,
  windows: ReadonlyMap<Plan, ViewRecord>,
): Send {
  const { handle, kind } = plan.clicker
  const { slackUser } = member(handle)
  const request = (): SignedRequest => {
    const view = windows.get(plan)
    if (view !== undefined) return sender.request.submit(view, 'not yet')
    const value = kind === 'other' ? ofOtherContent(slackValue(message)) : undefined
    return sender.request.click(slackUser, message, 'approve', value)
  }
  const signed = request()
  return async () => {
    const { status } = await sender.send(signed)
    return { status, words: undefined, card: false }
  }
}

interface ButtonBlock {
  readonly type: string
  readonly elements?: readonly { readonly action_id?: string; readonly value?: string }[]
}

/** What the button that approves carries; empty when there is none (any more). */
export function slackValue({ blocks }: Pick<SlackMessageRecord, 'blocks'>): string {
  const buttons = (blocks as readonly ButtonBlock[])
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements)
  return buttons.find(({ action_id: action }) => action === 'approve')?.value ?? ''
}

function teamsClick(
  { teams: { world }, teamsUser }: Outside,
  { player }: Served,
  { clicker: { handle, kind }, wish }: Plan,
  { teams: id }: Cards,
): Send {
  const card = world.find(id)?.card ?? {}
  const button = buttonsOf(card).find(({ verb }) => verb === wish)
  if (button === undefined) throw new Error(`the card in Teams has no button that would ${wish}`)
  const data =
    kind === 'other'
      ? (JSON.parse(ofOtherContent(JSON.stringify(button.data))) as typeof button.data)
      : button.data
  const inputs = { form: 'reject', key: world.nextId(), reason: 'not yet' }
  const activity: Activity =
    wish === 'reject'
      ? player.invoke(teamsUser(handle), id, { verb: 'submit', data }, inputs)
      : player.invoke(teamsUser(handle), id, { verb: 'approveSure', data })
  return async () => {
    const result = resultOf(await player.deliver(activity))
    return { status: result.status, words: result.words, card: result.card !== undefined }
  }
}
