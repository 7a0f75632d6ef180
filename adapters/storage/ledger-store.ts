import type { Ledger, LedgerStore, ObservationRecord } from '../../core/ports.js'
import { readCustomers, saveCustomers } from './customer.js'
import { inTransaction, readConsistently } from './database.js'
import type { Database, Transaction } from './database.js'
import { Problem } from '../../core/problem.js'
import { asStorageProblem } from './errors.js'
import { addAnswer, lastAnswer, readAnswers } from './lineage-answer.js'
import { addMembers, readMembers } from './lineage-member.js'
import { readOrders, saveOrders } from './marketplace-order.js'
import { addHeader, findHeader, latestHeader, readHeaders, takeTurn } from './observation.js'
import { addStates, readStates } from './subscription-state.js'

/** The observations of one MSP. */
export function ledgerStore(database: Database, mspId: string): LedgerStore {
  return {
    async latest() {
      try {
        return await latestHeader(database.prisma, mspId)
      } catch (error) {
        throw asStorageProblem(error, 'Nothing was read.')
      }
    },
    async answered() {
      try {
        return await lastAnswer(database.prisma, mspId)
      } catch (error) {
        throw asStorageProblem(error, 'Nothing was read.')
      }
    },
    answer: (draft) => inTransaction(database, (tx) => addAnswer(tx, mspId, draft)),
    ledger: () => readLedger(database, mspId),
    record: (record) => inTransaction(database, (tx) => recordWhole(database, tx, mspId, record)),
  }
}

async function recordWhole(
  database: Database,
  tx: Transaction,
  mspId: string,
  record: ObservationRecord,
): ReturnType<LedgerStore['record']> {
  await takeTurn(tx, mspId)
  const stored = await findHeader(tx, mspId, record.id)
  if (stored !== undefined) return { header: stored, repeated: true }
  refuseUnanswered(record, await lastAnswer(tx, mspId))
  const header = await addHeader(tx, mspId, record, await latestHeader(tx, mspId))
  const { sequence } = header
  await saveCustomers(database, tx, mspId, sequence, record.customers)
  await addStates(database, tx, mspId, sequence, record.states)
  await saveOrders(database, tx, mspId, sequence, record.orders)
  await addMembers(database, tx, mspId, sequence, record.memberships)
  return { header, repeated: false }
}

/** Identities are kept as answers have them: computed without the last one they may be others. */
function refuseUnanswered({ answered }: ObservationRecord, last: number): void {
  if (answered === last) return
  throw new Problem({
    kind: 'conflict',
    what: 'Somebody said meanwhile what a licence line continues.',
    notDone: 'Nothing of this observation was stored.',
    next: 'Observe again.',
  })
}

function readLedger(database: Database, mspId: string): Promise<Ledger> {
  return readConsistently(database, async (query) => {
    const { latest, observedAt } = await readHeaders(query, mspId)
    return {
      latest,
      observedAt,
      customers: await readCustomers(query, mspId),
      states: await readStates(query, mspId),
      orders: await readOrders(query, mspId),
      memberships: await readMembers(query, mspId),
      answers: await readAnswers(query, mspId),
    }
  })
}
