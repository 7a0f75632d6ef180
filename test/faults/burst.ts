import { buttonsOf, linesOf } from '../emulators/teams/cards.js'
import type { SlackMessageRecord } from '../emulators/slack/workspace.js'
import type { Outside, Served } from '../support/both-platforms.js'
import { settled } from '../support/story/settle.js'
import {
  type Answer,
  type Cards,
  CLICKERS,
  type Plan,
  type Wish,
  armClicks,
  drawClicks,
  slackValue,
} from './burst-clicks.js'

export const SLACK_CHANNEL = 'C1'

export interface Stage {
  readonly outside: Outside
  /** Slack knocks at the first, Teams at the last: on a server database they are two programs' worth of product. */
  readonly replicas: readonly Served[]
}

export interface BurstResult {
  readonly approvalId: string
  readonly runId: string
  readonly plans: readonly Plan[]
  readonly decided: 'approved' | 'rejected' | undefined
  readonly faults: readonly string[]
}

/**
 * One burst: `text` is asked for by Dana on one platform, its card is shown on the other, and `count` clicks fall on both
 * at once. What must hold afterwards is checked from outside: by the answers, the cards and the request's own trail.
 */
export async function playBurst(
  { outside, replicas }: Stage,
  text: string,
  count: number,
  random: () => number,
): Promise<BurstResult> {
  const cards = await showCards({ outside, replicas }, text, random() < 0.5)
  const plans = drawClicks(random, count)
  const sends = await armClicks(outside, replicas, plans, cards)
  const whispersBefore = outside.slack.world.ephemerals.length
  const answers = await Promise.all(sends.map((send) => send()))
  for (const { server } of replicas) await settled(server.url)
  const { decisions, faults: trailFaults } = await readTrail(replicas, cards, plans, outside)
  const [decision] = decisions
  const whispers = outside.slack.world.ephemerals.slice(whispersBefore)
  return {
    ...cards,
    plans,
    decided: decision?.verdict,
    faults: [
      ...trailFaults,
      ...answerFaults(plans, answers),
      ...whisperFaults(outside, plans, answers, whispers, decision),
      ...cardFaults(outside, cards, decision),
    ].map((fault) => `${cards.approvalId}: ${fault}`),
  }
}

/** Asks for it on one platform and shows it on the other. */
async function showCards({ outside, replicas }: Stage, text: string, slackFirst: boolean): Promise<Cards> {
  const { teamsChannel, member, teamsUser } = outside
  const [first] = replicas
  const last = replicas.at(-1)
  if (first === undefined || last === undefined) throw new Error('nothing is served')
  const inSlack = async (handle: string, words: string) => {
    await first.sender.command(member(handle).slackUser, SLACK_CHANNEL, words)
    await settled(first.server.url)
    return newestInSlack(outside)
  }
  const inTeams = async (handle: string, words: string) => {
    await last.player.say(teamsUser(handle), teamsChannel, words)
    await settled(last.server.url)
    return newestInTeams(outside)
  }
  if (slackFirst) {
    const slack = await inSlack('dana', text)
    return sameRequest(outside, slack, await inTeams('sam', `approval ${idOn(slack)}`))
  }
  const teams = await inTeams('dana', text)
  const id = String(buttonsOf(outside.teams.world.find(teams)?.card ?? {})[0]?.data['id'])
  return sameRequest(outside, await inSlack('sam', `approval ${id}`), teams)
}

function newestInSlack({ slack }: Outside): SlackMessageRecord {
  const card = slack.world.channels
    .get(SLACK_CHANNEL)
    ?.messages.findLast(({ user }) => user === slack.world.botUser)
  if (card === undefined) throw new Error('no card was posted in Slack')
  return card
}

function newestInTeams({ teams }: Outside): string {
  const card = teams.world.posted.at(-1)
  if (card === undefined) throw new Error('no card was posted in Teams')
  return card.id
}

function idOn(message: SlackMessageRecord): string {
  const value = slackValue(message)
  if (value === '') throw new Error(`nothing can be approved on: ${JSON.stringify(message.blocks)}`)
  return (JSON.parse(value) as { readonly id: string }).id
}

function sameRequest(outside: Outside, slack: SlackMessageRecord, teams: string): Cards {
  const approvalId = idOn(slack)
  const shown = buttonsOf(outside.teams.world.find(teams)?.card ?? {})
  if (!shown.some(({ verb, data }) => verb === 'approve' && data['id'] === approvalId)) {
    throw new Error(`${approvalId} cannot be approved in Teams`)
  }
  const runId = /BR-\d+/.exec(JSON.stringify(slack.blocks))?.[0]
  if (runId === undefined) throw new Error(`${approvalId} names no bill run`)
  return { approvalId, runId, slack, teams }
}

interface DecisionSeen {
  readonly verdict: 'approved' | 'rejected'
  /** Handle of who decided. */
  readonly by: string
}

/** Clicks that are not another one sent again. */
function own(plans: readonly Plan[]): readonly Plan[] {
  return plans.filter(({ repeats }) => repeats === undefined)
}

/** The request's trail: one decision where one was possible, by somebody who could; one entry for every other click. */
async function readTrail(
  [served]: readonly Served[],
  { approvalId }: Cards,
  plans: readonly Plan[],
  { cast }: Outside,
): Promise<{ readonly decisions: readonly DecisionSeen[]; readonly faults: readonly string[] }> {
  if (served === undefined) throw new Error('nothing is served')
  const { approval, trail } = await served.running.studio.billing.approval(approvalId)
  const entries = trail.filter(({ subject }) => subject === approvalId)
  const decisions = entries.flatMap(({ action, actor }): DecisionSeen[] => {
    const verdict = /\.(approved|rejected)$/.exec(action)?.[1]
    // Whoever decides is written down by the first of their identities.
    const by = [...cast.values()].find(({ slackUser }) => actor.endsWith(`:${slackUser}`))?.handle ?? actor
    return verdict === 'approved' || verdict === 'rejected' ? [{ verdict, by }] : []
  })
  const could = plans.filter(({ clicker }) => clicker.kind === 'may')
  const wanted = could.length > 0 ? 1 : 0
  const faults: string[] = []
  if (decisions.length !== wanted) faults.push(`decided ${decisions.length} times instead of ${wanted}`)
  for (const { verdict, by } of decisions) {
    const wish: Wish = verdict === 'approved' ? 'approve' : 'reject'
    const meant = could.some((plan) => plan.clicker.handle === by && plan.wish === wish)
    if (!meant) faults.push(`${verdict} by ${by}, who may not or did not want that`)
  }
  if (approval.decision?.verdict !== decisions[0]?.verdict)
    faults.push('its trail says something else than it does')
  const lost = own(plans).filter(({ clicker }) => clicker.kind !== 'viewer').length - wanted
  const refused = entries.filter(({ action }) => action === 'approval.refused').length
  if (refused !== lost) faults.push(`${refused} clicks were refused instead of ${lost}`)
  return { decisions, faults }
}

/** Words with which a click may be answered that did not decide. */
const REFUSALS = [
  'It is decided already: ',
  'You approved this already on ',
  'You rejected this already on ',
  'The button shows other content than the request.',
  'You asked for this, so somebody else has to approve it.',
  'may not do that.',
]
const TAKEN = 'This click was already taken.'
/** Teams does not wait for long; on a machine at work the answer follows in the personal chat. */
const LATE = 'This takes a moment longer. The answer follows.'

/** Every click is answered with success; in Teams also with words or a card, a click that came twice once. */
function answerFaults(plans: readonly Plan[], answers: readonly Answer[]): string[] {
  const faults: string[] = []
  const outcomes = new Map<number, number>()
  for (const [index, { status, words, card }] of answers.entries()) {
    if (status !== 200) faults.push(`a click was answered with ${status}`)
    const plan = plans[index]
    if (plan?.platform !== 'teams') continue
    if (words === undefined && !card) faults.push('a click in Teams was answered with nothing')
    if (words === TAKEN) continue
    const first = plan.repeats ?? index
    outcomes.set(first, (outcomes.get(first) ?? 0) + 1)
    if (words !== undefined && words !== LATE && !REFUSALS.some((refusal) => words.includes(refusal))) {
      faults.push(`a click in Teams was answered: ${words}`)
    }
  }
  for (const [index, { platform, repeats }] of plans.entries()) {
    const times = outcomes.get(index) ?? 0
    if (platform === 'teams' && repeats === undefined && times !== 1)
      faults.push(`a click in Teams had ${times} outcomes`)
  }
  const winners = answers.filter(({ card }) => card).length
  if (winners > 1) faults.push(`${winners} clicks in Teams were told that they decided`)
  return faults
}

/** In Slack whoever did not decide is told privately, once for every click. */
function whisperFaults(
  { member }: Outside,
  plans: readonly Plan[],
  answers: readonly Answer[],
  whispers: readonly { readonly user: string; readonly blocks: readonly unknown[] }[],
  decision: DecisionSeen | undefined,
): string[] {
  const inTeams = answers.some(({ card }) => card)
  const perhapsInTeams = inTeams || answers.some(({ words }) => words === LATE)
  const faults = whispers
    .map(({ blocks }) => wordsOf(blocks))
    .filter((words) => !REFUSALS.some((refusal) => words.includes(refusal)))
    .map((words) => `a click in Slack was answered: ${words}`)
  for (const { handle } of CLICKERS) {
    const clicks = own(plans).filter((plan) => plan.platform === 'slack' && plan.clicker.handle === handle)
    const lost = clicks.length - (decision?.by === handle && !inTeams ? 1 : 0)
    const told = whispers.filter(({ user }) => user === member(handle).slackUser).length
    const fits = told === lost || (perhapsInTeams && told === clicks.length)
    if (!fits) faults.push(`${handle} was told ${told} times in Slack instead of ${lost}`)
  }
  return faults
}

/** Everything written in a message, on one line. */
function wordsOf(blocks: readonly unknown[]): string {
  return [...JSON.stringify(blocks).matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join(' ')
}

/** Both cards say how it ended and offer it no more; an undecided one still does. */
function cardFaults({ cast, teams }: Outside, cards: Cards, decision: DecisionSeen | undefined): string[] {
  const card = teams.world.find(cards.teams)?.card ?? {}
  const shown = {
    Slack: { words: JSON.stringify(cards.slack.blocks), open: slackValue(cards.slack) !== '' },
    Teams: { words: linesOf(card).join('\n'), open: buttonsOf(card).some(({ verb }) => verb === 'approve') },
  }
  return Object.entries(shown).flatMap(([platform, { words, open }]) => {
    if (decision === undefined) return open ? [] : [`the card in ${platform} is closed, and nobody decided`]
    const name = cast.get(decision.by)?.name ?? decision.by
    const verb = decision.verdict === 'approved' ? 'Approved' : 'Rejected'
    return open || !words.includes(`${verb} by ${name} on`)
      ? [`the card in ${platform} does not say that ${name} ${decision.verdict} it`]
      : []
  })
}
