import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Psas } from '../../../core/app/read-psa.js'
import type { AuditEntry } from '../../../core/audit/chain.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { openStorage } from '../../../adapters/storage/open.js'
import { createLog } from '../../../adapters/system/log.js'
import type { Activity } from '../../emulators/teams/player.js'
import type { SlackMessageRecord } from '../../emulators/slack/workspace.js'
import { type Outside, type Served, openOutside, serveProduct } from '../../support/both-platforms.js'
import { createStoryClock } from '../../support/story/clock.js'
import { settled } from '../../support/story/settle.js'
import { type Knocker, createKnocker } from './knock.js'

/** A channel everybody and the bot are in, and one where only people are. */
export const CHANNEL = 'C1'
export const OTHER_CHANNEL = 'C2'

/** Everybody of a stage by name; Kim is nobody to the bot. Dana asks for what the others decide. */
const PEOPLE = new Map([
  ['Dana', 'approver'],
  ['Lee', 'approver'],
  ['Sam', 'approver'],
  ['Vic', 'viewer'],
  ['Ada', 'admin'],
  ['Bob', 'biller'],
  ['Gus', 'approver'],
  ['Kim', undefined],
])

export interface StageOptions {
  /** Date and time it is, in New York. */
  readonly at?: readonly [date: string, time: string]
  /** Customers with something to bill. */
  readonly customers?: number
  /** What they are called, before their number. */
  readonly called?: string
  readonly psas?: Psas
  readonly mspId?: string
  /** Of another stage, whose product is closed: two MSPs in one database, or the same one again. */
  readonly folder?: string
}

/** Rows of the database by table. */
export type Tables = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>

/** The real product between emulated platforms, and what an attacker and an auditor can reach of it. */
export interface Stage {
  readonly outside: Outside
  readonly folder: string
  readonly knocker: Knocker
  readonly served: () => Served
  /** Asks for a bill run at the terminal, where nothing of chat is touched. */
  propose(text: string): Promise<ApprovalRecord>
  /** Carries something out at the terminal as this person. */
  terminal(handle: string, text: string): Promise<void>
  trail(): Promise<readonly AuditEntry[]>
  /** Waits until everything acknowledged is done. */
  settled(): Promise<void>
  /** A card of the bot in Slack that offers a request, as it could be clicked. */
  slackCard(channel?: string): SlackMessageRecord
  /** A card of the bot in Teams, by the id of its message. */
  teamsCard(): string
  /** A click in Teams: `approveSure` is the second of the two it takes, `submit` sends off why it is rejected. */
  teamsClick(handle: string, verb: string, value: Target, card: string, form?: string): Activity
  /** Stops the product and starts it again with other settings. */
  restart(settings: Readonly<Record<string, string>>): Promise<void>
  /** Stops the product and reads its whole database. */
  stop(): Promise<Tables>
  close(): Promise<void>
}

export interface Target {
  readonly id: string
  readonly revision: string
}

/** What the buttons of a request carry. */
export function targetOf({ approval }: ApprovalRecord): Target {
  return { id: approval.id, revision: approval.fingerprint.slice(0, 16) }
}

/** Thousands of answers may be under way. */
const SETTLE_MILLISECONDS = 300_000

/** An empty database of this version of the product, to be copied: making it takes seconds. */
export async function createTemplate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-billing-hostile-template-'))
  await (await openDatabase(join(folder, 'data'), 'nobody')).close()
  return folder
}

function openDatabase(dataDirectory: string, mspId: string) {
  return openStorage({ dataDirectory, mspId, log: createLog({ level: 'silent', secrets: [] }) })
}

export function copyTemplate(template: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-billing-hostile-'))
  cpSync(template, folder, { recursive: true })
  return folder
}

export async function openOutsideFor({ at = ['2026-03-11', '14:00'] }: StageOptions = {}): Promise<Outside> {
  return await openOutside({
    people: PEOPLE,
    slackChannels: [CHANNEL, OTHER_CHANNEL],
    clock: createStoryClock(at[0], at[1], 'America/New_York'),
  })
}

export function addCustomers(outside: Outside, customers: number, called = 'Customer'): void {
  for (let index = 1; index <= customers; index += 1) {
    outside.tell(`${called} ${index} buys ${index + 4} × Business Premium at 22.00 a month on 2025-02-01`)
  }
}

export async function openStage(template: string, options: StageOptions = {}): Promise<Stage> {
  const { customers = 3, mspId = 'hostile', psas } = options
  const folder = options.folder ?? copyTemplate(template)
  const outside = await openOutsideFor(options)
  addCustomers(outside, customers, options.called)
  const dataDirectory = join(folder, 'data')
  const fixed = { MSP_ID: mspId, DATA_DIR: dataDirectory, BILLING_OPENS_ON: '2026-03-01' }
  const begin = async (settings: Readonly<Record<string, string>>) =>
    await serveProduct(outside, { ...fixed, ...settings }, psas === undefined ? {} : { psas })
  let served = await begin({})
  let knocker = createKnocker(served.server.url)
  let isServed = true
  const end = async () => {
    if (!isServed) return
    isServed = false
    knocker.close()
    await served.close()
  }
  const terminal = async (handle: string, text: string) => {
    const reply = await served.running.desk.ask(`console:${handle}`, text)
    if (reply.problem !== undefined) throw new Error(`“${text}”: ${reply.problem.message}`)
    return reply
  }
  if (customers > 0) await terminal('dana', 'observe')
  return {
    outside,
    folder,
    get knocker() {
      return knocker
    },
    served: () => served,
    terminal: async (handle, text) => void (await terminal(handle, text)),
    propose: async (text) => {
      const { approval } = await terminal('dana', text)
      if (approval === undefined) throw new Error(`“${text}” asked for nothing`)
      return approval
    },
    trail: () => served.running.studio.billing.trail(),
    settled: () => settled(served.server.url, SETTLE_MILLISECONDS),
    ...cardsOn(outside, () => served),
    restart: async (settings) => {
      await end()
      served = await begin(settings)
      knocker = createKnocker(served.server.url)
      isServed = true
    },
    stop: async () => {
      await end()
      return await readTables(dataDirectory, mspId)
    },
    close: async () => {
      await end()
      await outside.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function cardsOn(
  { slack, teams, teamsChannel, teamsUser }: Outside,
  served: () => Served,
): Pick<Stage, 'slackCard' | 'teamsCard' | 'teamsClick'> {
  return {
    slackCard: (id = CHANNEL) => {
      const channel = slack.world.channels.get(id)
      if (channel === undefined) throw new Error(`no channel ${id}`)
      return slack.world.say(channel, slack.world.botUser, { text: 'card', blocks: [], threadTs: undefined })
    },
    teamsCard: () => teams.world.post(teamsChannel.id, { type: 'message' }).id,
    teamsClick: (handle, verb, value, card, form = 'reject') => {
      // A form tells by its key that it is the same one; here it is the card it was opened on.
      const data = { ...value, form, key: card.slice(-16) }
      const inputs = form === 'reject' ? { reason: 'not yet' } : {}
      const { player } = served()
      return verb === 'submit' || verb === 'back'
        ? player.invoke(teamsUser(handle), card, { verb, data }, inputs)
        : player.invoke(teamsUser(handle), card, { verb, data: { ...value } })
    },
  }
}

/** The database opened anew when nobody has it any more, all of it. */
async function readTables(dataDirectory: string, mspId: string): Promise<Tables> {
  const storage = await openDatabase(dataDirectory, mspId)
  const tables = new Map<string, Readonly<Record<string, unknown>>[]>()
  let rows: Readonly<Record<string, unknown>>[] = []
  let left = 0
  try {
    for await (const line of storage.exportLines()) {
      const value = JSON.parse(line) as Readonly<Record<string, unknown>>
      if (left > 0) {
        rows.push(value)
        left -= 1
      } else if (typeof value['table'] === 'string') {
        rows = []
        left = Number(value['rows'])
        tables.set(value['table'], rows)
      }
    }
    const { fault } = await storage.verifyAudit()
    if (fault !== undefined) throw new Error(`the trail is broken at ${fault.sequence}: ${fault.what}`)
    return tables
  } finally {
    await storage.close()
  }
}

export function rowsOf(tables: Tables, table: string): readonly Readonly<Record<string, unknown>>[] {
  const rows = tables.get(table)
  if (rows === undefined) throw new Error(`there is no table ${table}: ${[...tables.keys()].join(', ')}`)
  return rows
}
