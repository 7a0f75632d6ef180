import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createIngramMarketplace } from '../../adapters/ingram/client.js'
import { Problem } from '../../core/problem.js'
import { scriptedServer, sendJson } from '../adapters/http/scripted-server.js'
import type { Fault } from '../emulators/ingram/faults.js'
import { checkContract } from './command.js'
import { startRecordedEmulator } from './emulator.js'
import { MINI_DOCUMENT } from './mini-document.js'
import { SLACK_MANIFEST_SCHEMA } from './manifests.js'
import { MINI_JSON_DOCUMENT } from './mini-json-document.js'
import { MINI_MANIFEST_SCHEMA } from './mini-manifest-schema.js'
import { recordTraffic } from './recorder.js'
import { SERVICES } from './services.js'
import { readTraffic } from './traffic.js'

const folders: string[] = []

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true })
})

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'contract-'))
  folders.push(made)
  return made
}

function run(...args: string[]): { code: number; text: string } {
  let text = ''
  const code = checkContract(args, (part) => {
    text += part
  })
  return { code, text }
}

/** A folder with a small document for each service, under the name of the vendor's. */
function miniDocuments(manifestSchema: object = MINI_MANIFEST_SCHEMA): string {
  const specs = folder()
  writeFileSync(path.join(specs, SLACK_MANIFEST_SCHEMA), JSON.stringify(manifestSchema))
  for (const { document } of Object.values(SERVICES)) {
    writeFileSync(
      path.join(specs, document),
      document.endsWith('.json') ? JSON.stringify(MINI_JSON_DOCUMENT) : MINI_DOCUMENT,
    )
  }
  return specs
}

/** Reads an emulated marketplace of one customer and one subscription, with its traffic recorded. */
async function recordedRead(faults: readonly Fault[] = []): Promise<string> {
  const directory = folder()
  const emulator = await startRecordedEmulator(
    { now: () => new Date('2026-03-20T13:00:00Z'), world: [], faults },
    directory,
  )
  const customerId = emulator.world.createCustomer({ name: 'Contoso' })
  emulator.world.createSubscription({
    customerId,
    mpn: 'BP',
    productName: 'Business Premium',
    seats: 20,
    unitPrice: '22.00',
  })
  const { username, password, subscriptionKey, marketplace } = emulator.credentials
  const reader = createIngramMarketplace({
    baseUrl: emulator.url,
    subscriptionKey,
    auth: { kind: 'basic-token', username, password, marketplace },
    sleep: async () => undefined,
  })
  await reader
    .read({ ordersSince: new Date('2026-03-01T00:00:00Z'), settledOrders: new Map() })
    .catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
    })
  await emulator.close()
  return directory
}

describe('the command', () => {
  it('says how it is called', () => {
    for (const args of [[], ['--spec', 'x'], ['--traffic', 'x']]) {
      const { code, text } = run(...args)
      expect(code).toBe(2)
      expect(text).toContain('--specs DIR')
    }
  })

  it('fails when the folder or any of the documents is missing', () => {
    for (const specs of [path.join(tmpdir(), 'no-such-folder'), folder()]) {
      const { code, text } = run('--specs', specs, '--traffic', folder())
      expect(code).toBe(1)
      expect(text).toContain('does not exist, so nothing was checked')
    }
    const documents = [...Object.values(SERVICES).map(({ document }) => document), SLACK_MANIFEST_SCHEMA]
    for (const document of documents) {
      const specs = miniDocuments()
      rmSync(path.join(specs, document))
      const { code, text } = run('--specs', specs, '--traffic', folder())
      expect(code).toBe(1)
      expect(text).toContain(`${document} does not exist, so nothing was checked`)
    }
  })

  it('fails when nothing was recorded of a service, or a needed operation never happened', () => {
    const { code, text } = run('--specs', miniDocuments(), '--traffic', folder())
    expect(code).toBe(1)
    for (const name of Object.keys(SERVICES)) expect(text).toContain(`no traffic of ${name} was recorded`)
    expect(text).toContain('never answered in this run: POST /token')
    expect(text).toContain('no answer to plant a wrong field in: GET /orders/{id}')
    expect(text).toContain(`contract: broken (${Object.keys(SERVICES).length} of`)
  })

  it('checks the app manifests, those broken on purpose included', () => {
    const { text } = run('--specs', miniDocuments(), '--traffic', folder())
    expect(text).toContain('broken on purpose: 3 of 3 caught\nslack manifest: kept')
    expect(text).toContain('broken on purpose: 5 of 5 caught\nteams manifest: kept')
    expect(text).not.toContain('app manifests')
  })

  it('fails on a manifest its schema refuses, and on a schema that refuses nothing', () => {
    const strict = { ...MINI_MANIFEST_SCHEMA, required: ['display_information', 'surprise'] }
    const refused = run('--specs', miniDocuments(strict), '--traffic', folder())
    expect(refused.text).toContain("fault:  must have required property 'surprise'")
    expect(refused.text).toContain('slack manifest: broken (1 faults)')
    const blind = run('--specs', miniDocuments({}), '--traffic', folder())
    expect(blind.text).toContain('broken on purpose: 0 of 3 caught\n  not caught: no name\n')
    expect(blind.text).toContain('slack manifest: broken (0 faults)')
    for (const { code, text } of [refused, blind]) {
      expect(code).toBe(1)
      expect(text).toContain('contract: broken (app manifests), so no traffic was looked at')
      expect(text).not.toContain('was recorded')
    }
  })

  it('fails on traffic that the document does not describe', async () => {
    const { code, text } = run('--specs', miniDocuments(), '--traffic', await recordedRead())
    expect(code).toBe(1)
    expect(text).toContain('GET /subscriptions: the document has no such operation')
  })
})

describe('a recorded read of the emulated marketplace', () => {
  it('is there to the byte, with every request and its answer', async () => {
    const exchanges = readTraffic(await recordedRead())
    const spoken = exchanges.map(
      ({ request, response }) => `${request.startLine.split(/[? ]H|[?]/)[0]} ${response?.startLine.slice(9)}`,
    )
    expect(spoken.toSorted(byText)).toEqual([
      'GET /marketplace/us/customers 200 OK',
      'GET /marketplace/us/orders 200 OK',
      `GET /marketplace/us/orders/${idBehind(exchanges, '/orders/')} 200 OK`,
      'GET /marketplace/us/subscriptions 200 OK',
      `GET /marketplace/us/subscriptions/${idBehind(exchanges, '/subscriptions/')} 200 OK`,
      'POST /marketplace/us/token 200 OK',
    ])
    expect(exchanges.every(({ notes }) => !notes.disturbed && !notes.rewritten)).toBe(true)
  })

  it('says when answers were broken or changed on purpose', async () => {
    const disturbed = readTraffic(await recordedRead([{ kind: 'html', path: '/customers', times: 1 }]))
    expect(disturbed[0]?.notes).toMatchObject({ disturbed: true, rewritten: false })
    const rewritten = readTraffic(
      await recordedRead([{ kind: 'rewrite', path: '/customers', change: () => ({}) }]),
    )
    expect(rewritten[0]?.notes).toMatchObject({ disturbed: false, rewritten: true })
  })

  it('leaves everything as it is when recording is off', async () => {
    const emulator = await startRecordedEmulator({ now: () => new Date(0), world: [] }, '')
    expect(new URL(emulator.url).origin).toBe(new URL(emulator.credentials.keycloak.tokenUrl).origin)
    await emulator.close()
  })
})

describe('the recorder', () => {
  it('passes on a dropped connection as a dropped connection, and keeps what had passed', async () => {
    const directory = folder()
    const server = await scriptedServer((received, response) => {
      if (received.url.pathname === '/drop') response.socket?.resetAndDestroy()
      else sendJson(response, { text: 'ü'.repeat(100_000) })
    })
    const recorder = await recordTraffic(directory, server.url, {
      service: 'ingram',
      basePaths: [''],
      outside: [],
      disturbed: true,
      rewritten: false,
    })
    const whole = await (await fetch(`${recorder.root}/whole`)).json()
    expect(whole).toEqual({ text: 'ü'.repeat(100_000) })
    await expect(fetch(`${recorder.root}/drop`)).rejects.toThrow('fetch failed')
    await recorder.close()
    await server.close()
    const exchanges = readTraffic(directory)
    expect(exchanges.map(({ request }) => request.startLine)).toEqual([
      'GET /whole HTTP/1.1',
      'GET /drop HTTP/1.1',
    ])
    expect(exchanges[0]?.response?.body.toString('utf8')).toBe(JSON.stringify(whole))
    expect(exchanges[1]?.response).toBeUndefined()
    expect(readdirSync(directory).filter((file) => file.endsWith('.json'))).toHaveLength(1)
  })
})

function byText(left: string, right: string): number {
  return left < right ? -1 : 1
}

function idBehind(exchanges: ReturnType<typeof readTraffic>, part: string): string {
  const line = exchanges.map(({ request }) => request.startLine).find((text) => text.includes(part)) ?? ''
  return line.split(part)[1]?.split(' ')[0] ?? ''
}
