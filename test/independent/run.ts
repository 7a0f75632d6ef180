/**
 * `npm run test:playground [-- --out FOLDER]`: two people with Microsoft's own client for agents, in a real browser, against
 * the product as it is served: ask, get the card, see a yes of one's own refused, approve it as somebody else in two steps,
 * see it resolved for both, download the file. The activities are signed as the channel signs them (signing-door.ts).
 * Needs `npm ci --prefix test/clients` and Chromium. With --out the pictures of each step stay there.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Outside, openOutside, serveProduct } from '../support/both-platforms.js'
import { createStoryClock } from '../support/story/clock.js'
import { freePorts } from './ports.js'
import { openSigningDoor } from './signing-door.js'

const CLIENT = fileURLToPath(new URL('../../../test/clients/playground.mjs', import.meta.url))

interface Act {
  readonly who: string
  readonly do: 'say' | 'click' | 'read' | 'buttons' | 'link' | 'picture'
  readonly text?: string
  readonly button?: string
  readonly shows?: readonly string[]
  readonly hides?: readonly string[]
  readonly name?: string
}

type Answer = { readonly value?: unknown } | { readonly fault: string; readonly seen: string }

/** The client's programs, asked one act at a time. */
class Client {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(plan: string, folder: string) {
    this.#child = spawn(process.execPath, [CLIENT, plan, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async ready(): Promise<void> {
    assert.equal(await this.#next(), '{"ready":true}', 'the Playgrounds did not start')
  }

  async act(act: Act): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(act)}\n`)
    const answer = JSON.parse((await this.#next()) ?? '{"fault":"the client is gone","seen":""}') as Answer
    if ('fault' in answer) {
      throw new Error(
        `${act.who} could not ${act.do} ${act.text ?? act.button ?? ''}: ${answer.fault}\n${answer.seen}`,
      )
    }
    return answer.value
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = new Promise((over) => this.#child.once('exit', over))
    this.#child.stdin.end()
    await gone
  }

  async #next(): Promise<string | undefined> {
    const next = await this.#lines.next()
    return next.done === true ? undefined : next.value
  }
}

const PEOPLE = ['dana', 'lee'] as const

function planOf(outside: Outside, bot: string, ports: readonly number[]) {
  const people = PEOPLE.map((handle, index) => {
    const { name, aadObjectId } = outside.member(handle)
    return { handle, name, aadObjectId, port: ports[index], bot }
  })
  return { tenantId: outside.teams.tenantId, botId: outside.teams.botId, people }
}

/** Contoso: 20 × $22.00 = $440.00, and 5 × $22.00 × 21/31 = $74.52; together $514.52. */
async function story(client: Client): Promise<number> {
  let steps = 0
  const act = async (one: Act) => {
    const value = await client.act(one)
    steps += 1
    await client.act({
      who: one.who,
      do: 'picture',
      name: `${String(steps).padStart(2, '0')}-${one.who}-${one.do}`,
    })
    return value
  }
  await act({ who: 'dana', do: 'say', text: 'observe' })
  await act({ who: 'dana', do: 'read', shows: ['1 customer'] })
  await act({ who: 'dana', do: 'say', text: 'who do I bill this month?' })
  await act({ who: 'dana', do: 'read', shows: ['Contoso', '$514.52'] })
  await act({ who: 'dana', do: 'say', text: 'propose' })
  await act({ who: 'dana', do: 'read', shows: ['APR-0001', 'Total $514.52 (2 lines)', '$74.52'] })
  const offered = await act({ who: 'dana', do: 'buttons' })
  assert.deepEqual(offered, ['Approve', 'Reject'], 'the card of a request offers the two answers')
  await act({ who: 'lee', do: 'say', text: 'approval APR-0001' })
  await act({ who: 'lee', do: 'read', shows: ['$514.52'] })
  await act({ who: 'lee', do: 'click', button: 'Approve' })
  await act({ who: 'lee', do: 'read', shows: ['$514.52 (2 lines) to 1 customer'] })
  await act({ who: 'lee', do: 'click', button: 'Approve' })
  await act({ who: 'lee', do: 'read', shows: ['Approved by Lee'] })
  await act({ who: 'dana', do: 'read', shows: ['Approved by Lee'] })
  const left = await act({ who: 'dana', do: 'buttons' })
  assert.deepEqual(left, ['Download CSV'], 'a decided card has lost its answers')
  await act({ who: 'dana', do: 'click', button: 'Download CSV' })
  const link = await act({ who: 'dana', do: 'link', button: 'Download BR-0001.csv' })
  const file = await (await fetch(String(link))).text()
  assert.match(file, /Contoso/)
  assert.ok(file.includes('440.00') && file.includes('74.52'), `the file is not the run: ${file}`)
  return steps
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  const temporary = mkdtempSync(join(tmpdir(), 'cloud-billing-playground-'))
  const folder = values.out === undefined ? temporary : resolve(values.out)
  mkdirSync(folder, { recursive: true })
  const outside = await openOutside({
    people: new Map([
      ['Dana', 'approver'],
      ['Lee', 'approver'],
    ]),
    slackChannels: [],
    clock: createStoryClock('2026-03-20', '09:00', 'America/New_York'),
  })
  outside.tell('Contoso buys 20 × Microsoft 365 Business Premium at 22.00 a month on 2025-02-01')
  outside.tell('Contoso · Microsoft 365 Business Premium · 20 → 25 seats on 2026-03-11')
  const [publicPort = 0, ...ports] = await freePorts(3)
  const served = await serveProduct(outside, {
    DATA_DIR: join(temporary, 'data'),
    BILLING_OPENS_ON: '2026-03-01',
    TEAMS_SERVICE_URLS: ports.map((port) => `http://localhost:${port}`).join(','),
    PUBLIC_URL: `http://127.0.0.1:${publicPort}`,
    PORT: String(publicPort),
  })
  const door = await openSigningDoor(outside.teams, () => served.server.url)
  const plan = join(temporary, 'plan.json')
  writeFileSync(plan, JSON.stringify(planOf(outside, door.url, ports)))
  const client = new Client(plan, folder)
  try {
    await client.ready()
    const steps = await story(client)
    const refused = door.statuses.filter((status) => status >= 400).length
    process.stdout.write(
      `playground: ${steps} steps, ${door.statuses.length} activities, ${refused} refused\n`,
    )
    process.exitCode = refused === 0 ? 0 : 1
  } finally {
    await client.close()
    await door.close()
    await served.close()
    await outside.close()
    rmSync(temporary, { recursive: true, force: true })
  }
}

await main()
