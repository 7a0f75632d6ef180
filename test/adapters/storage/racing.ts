import { afterAll, beforeAll, expect } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { verifyChain } from '../../../core/audit/chain.js'
import { ENGINE, type TestDatabase, type TestDatabases } from '../../support/database.js'
import { observation } from '../../support/observations.js'

// On a server two storages with a pool each stand for two programs; the embedded engine has one owner and one session.

/**
 * Gives the storages of as many programs as the engine allows, for an MSP nobody has written for. Call it once, at the
 * top of a file: it closes them at the end.
 */
export function racingPrograms(databases: TestDatabases): () => Promise<readonly Storage[]> {
  let database: TestDatabase
  const storages: Storage[] = []
  let msps = 0
  beforeAll(async () => {
    database = await (ENGINE === 'server' ? databases.createOwn() : databases.create())
  })
  afterAll(async () => {
    for (const storage of storages) await storage.close()
  })
  return async () => {
    for (const storage of storages.splice(0)) await storage.close()
    msps += 1
    const count = ENGINE === 'server' ? 2 : 1
    for (let index = 0; index < count; index += 1) {
      storages.push(await database.open({ mspId: `msp-${msps}` }))
    }
    await storages[0]?.ledger.record(observation('a', undefined))
    return storages
  }
}

/** `count` attempts at once, dealt to the programs in turn. */
export function atOnce<T>(
  count: number,
  all: readonly Storage[],
  work: (storage: Storage, index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const attempts = Array.from({ length: count }, (_, index) => {
    const storage = all[index % all.length]
    if (storage === undefined) throw new Error('no program')
    return work(storage, index)
  })
  return Promise.allSettled(attempts)
}

export async function expectWholeTrail(all: readonly Storage[], entries: number): Promise<void> {
  for (const { billing, verifyAudit } of all) {
    const trail = await billing.trail()
    expect(trail).toHaveLength(entries)
    expect(verifyChain(trail)).toBeUndefined()
    expect(await verifyAudit()).toEqual({ entries, fault: undefined })
  }
}

export function firstProgram(all: readonly Storage[]): Storage {
  const [storage] = all
  if (storage === undefined) throw new Error('no program')
  return storage
}
