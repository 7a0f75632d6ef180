import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PsaName } from '../../../core/sync/types.js'
import { projectRoot } from '../../support/root.js'
import { type AuditReport, audit } from '../../support/auditor.js'
import { createServerDatabase } from '../../support/server-database.js'
import type { Order, Said, SyncChildConfig } from '../sync-child.js'
import { APPROVES, MSP, START, type Target, prepare } from './desk.js'
import { type Emulator, startEmulator } from './emulator.js'
import { type PlacedCustomer, type Size, furnish, nextInvoices, writesOf } from './office.js'

/** From dist/test/faults/sync to the project. */

/** A program of the product under test. */
export interface Life {
  /** undefined: it died over it. */
  order(act: Order['act'], more?: Partial<Order>): Promise<Said | undefined>
  kill(): Promise<void>
  /** Asks it to end, as a service manager does. */
  terminate(): void
  /** Resolves with its exit code when it is gone; null: it was killed. */
  readonly gone: Promise<number | null>
}

/** One database and one emulated PSA with approved, or still to be approved, writes between them: forty, or some of them. */
export interface Stage {
  readonly psa: PsaName
  readonly emulator: Emulator
  readonly customers: readonly PlacedCustomer[]
  /** How many there are. */
  readonly writes: number
  /** Moves the clocks of the product and of the PSA. */
  move(seconds: number): Promise<void>
  begin(kill?: SyncChildConfig['kill']): Promise<Life>
  audit(options?: {
    readonly unseenEdits?: boolean
    readonly edited?: ReadonlySet<string>
  }): Promise<AuditReport>
  close(): Promise<void>
}

/** A prepared database of each PSA, made once and copied for each stage. */
export interface Templates {
  open(psa: PsaName, size: Size, root?: string): Promise<Stage>
  /** On a PostgreSQL server (TEST_DATABASE_URL), so that several programs share the database. */
  openOnServer(psa: PsaName): Promise<Stage>
  close(): Promise<void>
}

export async function openTemplates(): Promise<Templates> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-billing-sync-'))
  const made = new Map<string, Promise<string>>()
  let stages = 0
  return {
    async open(psa, size, root = projectRoot) {
      const name = `${psa}-${size}`
      const template = made.get(name) ?? makeTemplate(join(folder, name), psa, size)
      made.set(name, template)
      stages += 1
      const own = join(folder, `stage-${stages}`)
      await cp(await template, join(own, 'data'), { recursive: true })
      return openStage(psa, size, own, root)
    },
    async openOnServer(psa) {
      const { url: databaseUrl, drop } = await createServerDatabase()
      stages += 1
      const own = join(folder, `stage-${stages}`)
      await mkdir(own)
      const stage = await openStage(psa, 'all', own, projectRoot, { databaseUrl })
      await prepare({ databaseUrl }, stage.emulator, stage.customers)
      const close = async () => {
        await stage.close()
        await drop()
      }
      return { ...stage, close }
    },
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

async function makeTemplate(dataDirectory: string, psa: PsaName, size: Size): Promise<string> {
  const emulator = await startEmulator(psa, `${dataDirectory}.jsonl`, START)
  try {
    await prepare({ dataDirectory }, emulator, await furnish(emulator, size))
  } finally {
    await emulator.close()
  }
  return dataDirectory
}

async function openStage(
  psa: PsaName,
  size: Size,
  folder: string,
  root: string,
  target: Target = { dataDirectory: join(folder, 'data') },
): Promise<Stage> {
  const ledgerFile = join(folder, 'ledger.jsonl')
  const emulator = await startEmulator(psa, ledgerFile, START)
  const customers = await furnish(emulator, size)
  const doubtful = new Set<string>()
  let now = START
  const hear = (said: Said) => {
    for (const id of said.doubtful) doubtful.add(id)
  }
  return {
    psa,
    emulator,
    customers,
    writes: writesOf(customers),
    async move(seconds) {
      now = new Date(now.getTime() + seconds * 1000)
      await emulator.setNow(now)
    },
    begin: (kill) =>
      beginLife(root, { target, emulator, ...(kill === undefined ? {} : { kill }) }, () => now, hear),
    async audit({ unseenEdits = false, edited = new Set() } = {}) {
      // What was sent and is still on its way counts too: nobody asks the PSA again once all is thought to be done.
      await emulator.call('settle')
      const invoices: { containerId: string; billed: bigint; due: bigint }[] = []
      for (const customer of customers) {
        if (edited.has(customer.containerId)) continue
        const { containerId } = customer
        for (const one of await nextInvoices(emulator, customer)) invoices.push({ containerId, ...one })
      }
      const seats = customers.flatMap(({ containerId, placed }) =>
        placed.map(({ itemId, after }) => ({ containerId, itemId, target: after })),
      )
      const given = { psa, ledgerFile, database: target, mspId: MSP }
      return audit({ ...given, approvers: [APPROVES.id], seats, doubtful, invoices, unseenEdits })
    },
    async close() {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function beginLife(
  root: string,
  { target, emulator: { psa, url, credentials }, kill }: SyncChildConfig,
  now: () => Date,
  hear: (said: Said) => void,
): Promise<Life> {
  const program = join(root, 'dist', 'test', 'faults', 'sync-child.js')
  const config: SyncChildConfig = {
    target,
    emulator: { psa, url, credentials },
    ...(kill === undefined ? {} : { kill }),
  }
  const child = spawn(process.execPath, [program, JSON.stringify(config)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // What it was told when it died is not read any more.
  child.stdin.on('error', () => undefined)
  const gone = once(child, 'exit').then(([code]) => code as number | null)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<Said | undefined> => {
    const line = await lines.next()
    if (line.done === true) return undefined
    const said = JSON.parse(line.value) as Said
    hear(said)
    return said
  }
  const opened = next()
  return {
    async order(act, more = {}) {
      await opened
      const order: Order = { now: now().toISOString(), act, ...more }
      child.stdin.write(`${JSON.stringify(order)}\n`)
      const said = await next()
      if (said === undefined) await gone
      return said
    },
    kill: () => stop(child, gone),
    terminate: () => void child.kill('SIGTERM'),
    gone,
  }
}

/** Ends only what was started here, at once and without a chance to tidy up. */
async function stop(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await gone
}

/** A fault that hits writes, whatever the PSA calls them. */
export function onWrites(psa: PsaName, fault: object): readonly object[] {
  if (psa === 'autotask') return [{ ...fault, only: 'writes' }]
  return ['POST', 'PATCH', 'DELETE'].map((method) => ({ ...fault, method }))
}
