import type { ApprovalRecord } from '../../../core/ports.js'
import { Faults, type Scenario, pick } from './scenario.js'
import { CHANNEL, OTHER_CHANNEL, type Stage, type Target, rowsOf, targetOf } from './stage.js'

const CUSTOMERS = 3

/** What a button is made to carry. */
interface Tampered {
  readonly what: string
  /** As JSON text; a platform without text on buttons gets what it parses to. */
  readonly value: string
  /** It still names a request and its own revision: it decides that one, by the server's own row. */
  readonly means?: ApprovalRecord
}

type Tamper = (draw: () => number, own: ApprovalRecord, other: ApprovalRecord) => Tampered

function edited(what: string, edit: (own: Target, other: Target) => object): Tamper {
  return (_, own, other) => ({ what, value: JSON.stringify(edit(targetOf(own), targetOf(other))) })
}

/** One digit of the revision is another one. */
function otherDigit(draw: () => number, text: string): string {
  const at = Math.floor(draw() * text.length)
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`
}

/** Everything that must be refused, on both platforms alike. */
const REFUSED: readonly Tamper[] = [
  edited('another request’s id', ({ revision }, { id }) => ({ id, revision })),
  edited('another request’s revision', ({ id }, { revision }) => ({ id, revision })),
  edited('no revision', ({ id }) => ({ id, revision: '' })),
  edited('the revision left out', ({ id }) => ({ id })),
  edited('the id left out', ({ revision }) => ({ revision })),
  edited('a revision that is a number', ({ id }) => ({ id, revision: 0 })),
  edited('a revision that is true', ({ id }) => ({ id, revision: true })),
  edited('a revision that is a list', ({ id, revision }) => ({ id, revision: [revision] })),
  edited('an id that is a list', ({ id, revision }) => ({ id: [id], revision })),
  edited('an id of nobody', ({ revision }) => ({ id: 'APR-9999', revision })),
  edited('the id of a run', ({ revision }) => ({ id: 'BR-0001', revision })),
  edited('an id with a wildcard', ({ revision }) => ({ id: 'APR-%', revision })),
  edited('an id with a statement', ({ revision }) => ({ id: "APR-0001' OR '1'='1", revision })),
  edited('a very long id', ({ id, revision }) => ({ id: id.repeat(50), revision })),
  edited('a longer revision', ({ id, revision }) => ({ id, revision: `${revision}0` })),
  edited('a revision in capitals', ({ id, revision }) => ({ id, revision: `${revision.toUpperCase()}G` })),
  (draw, own) => {
    const { id, revision } = targetOf(own)
    return {
      what: 'one digit of the revision',
      value: JSON.stringify({ id, revision: otherDigit(draw, revision) }),
    }
  },
  (draw, own) => {
    const value = JSON.stringify(targetOf(own))
    return { what: 'cut short', value: value.slice(0, 1 + Math.floor(draw() * (value.length - 2))) }
  },
  (draw, own) => {
    const revision = Array.from({ length: 16 }, () => Math.floor(draw() * 16).toString(16)).join('')
    return { what: 'a guessed revision', value: JSON.stringify({ id: own.approval.id, revision }) }
  },
]

/** Fields nobody asked for: Slack’s buttons are read strictly, Teams’ carry what its client adds. Never an amount. */
const EXTRAS: readonly Readonly<Record<string, unknown>>[] = [
  { amount: 1 },
  { amount: '0.01', currency: 'USD', total: 0 },
  { runId: 'BR-9999', customerId: 'C9' },
  { role: 'admin', identity: 'console:ada' },
  { verdict: 'approved', decidedBy: 'ada' },
  { expiresAt: '2099-01-01T00:00:00Z' },
  { lines: [], customers: [] },
]

function withExtras(draw: () => number, own: ApprovalRecord, isTeams: boolean): Tampered {
  const extra = pick(draw, EXTRAS)
  const value = JSON.stringify({ ...targetOf(own), ...extra })
  const what = `beside it ${JSON.stringify(extra)}`
  return isTeams ? { what, value, means: own } : { what, value }
}

export const tampering: Scenario = {
  row: 'S-11',
  title: 'tampered buttons',
  play: async ({ open, count, draw }) => {
    const stage = await open({ customers: CUSTOMERS })
    const faults = new Faults()
    const total = count(1000, 120)
    let requests = [
      await stage.propose('propose march Customer 1'),
      await stage.propose('propose march Customer 2'),
    ]
    const shown = new Set(requests.flatMap(({ run }) => run.lines.map(({ key }) => key)))
    let decided = 0
    for (let index = 0; index < total; index += 1) {
      const [own, other] = draw() < 0.5 ? requests : requests.toReversed()
      if (own === undefined || other === undefined) throw new Error('no requests')
      const isTeams = draw() < 0.5
      const tampered = draw() < 0.15 ? withExtras(draw, own, isTeams) : pick(draw, REFUSED)(draw, own, other)
      await press(stage, tampered, isTeams, draw)
      const gone = await decidedOf(stage, requests)
      const isRight =
        tampered.means === undefined ? gone.length === 0 : gone.length === 1 && gone[0] === tampered.means
      const ids = gone.map(({ approval }) => approval.id).join(', ')
      faults.expect(
        isRight,
        `${tampered.what} (${isTeams ? 'Teams' : 'Slack'}) decided ${ids === '' ? 'nothing' : ids}`,
      )
      for (const record of gone) {
        decided += 1
        const fresh = await askAgain(stage, record)
        requests = [...requests.filter((one) => one !== record), fresh]
        for (const { key } of fresh.run.lines) shown.add(key)
      }
    }
    const billed = rowsOf(await stage.stop(), 'billed_line').map(({ key }) => String(key))
    for (const key of billed) faults.expect(shown.has(key), `a line nobody was shown is billed: ${key}`)
    const words = `${total} tampered values in Slack and Teams: ${total - decided} refused, ${decided} with fields of no meaning decided the server's own row (voided and asked for again), ${billed.length} lines billed, each as shown`
    return { words, faults: faults.list() }
  },
}

/** What was billed is made due again, and asked for again. */
async function askAgain(stage: Stage, { run }: ApprovalRecord): Promise<ApprovalRecord> {
  const { approval } = await stage.propose(`void ${run.id} because it was a mistake`)
  await stage.terminal('sam', `approve ${approval.id}`)
  return await stage.propose(`propose march ${run.customers[0]?.name ?? ''}`)
}

/** Requests that wait no more. */
async function decidedOf(
  stage: Stage,
  requests: readonly ApprovalRecord[],
): Promise<readonly ApprovalRecord[]> {
  await stage.settled()
  const open = await stage.served().running.studio.billing.open()
  const waiting = new Set(open.map(({ approval }) => approval.id))
  return requests.filter(({ approval }) => !waiting.has(approval.id))
}

async function press(
  stage: Stage,
  { value, means }: Tampered,
  isTeams: boolean,
  draw: () => number,
): Promise<void> {
  const { outside, served } = stage
  if (isTeams) {
    // Approving takes two clicks there; the second is the one that decides.
    const verb = means === undefined ? pick(draw, ['approve', 'approveSure', 'submit']) : 'approveSure'
    await served().player.deliver(stage.teamsClick('lee', verb, parsed(value) as Target, stage.teamsCard()))
    return
  }
  // As from the other channel's card, too: where was clicked says nothing about what is decided.
  const message = stage.slackCard(pick(draw, [CHANNEL, OTHER_CHANNEL]))
  await served().sender.click(outside.member('lee').slackUser, message, 'approve', value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { id: text, revision: text }
  }
}
