import type { AnswerDraft } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { LineageAnswer } from '../../core/timeline/types.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, saveBooks } from './billing-books.js'
import type { Cell, Query, Transaction } from './database.js'
import { latestHeader, takeTurn } from './observation.js'
import { instant, instantColumn, integer, optionalText, text, writeInstant, writeText } from './values.js'

/**
 * Keeps an answer with its entry in the trail, and moves the books on, so that nothing computed without it can still be
 * decided. Nobody observes meanwhile: what the answer was checked against still holds when it is written.
 */
export async function addAnswer(
  tx: Transaction,
  mspId: string,
  { recordKey, continues, audit, version, observation }: AnswerDraft,
): Promise<void> {
  await takeTurn(tx, mspId)
  const books = await lockBooks(tx, mspId)
  const latest = await latestHeader(tx, mspId)
  if (books.version !== version || latest?.sequence !== observation) throw movedOn()
  const next = version + 1
  await tx.$executeRaw`
    INSERT INTO lineage_answer (msp_id, version, record_key, continues, answered_by, answered_at)
    VALUES (${mspId}, ${next}, ${writeText(recordKey, 'a licence line')}, ${continues ?? null}, ${audit.actor},
      ${writeInstant(audit.at)}::timestamptz)`
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, audit)
  await saveBooks(tx, mspId, { ...books, version: next, lastEntry })
}

function movedOn(): Problem {
  return new Problem({
    kind: 'conflict',
    what: 'Something was observed, said or decided meanwhile.',
    notDone: 'What you said was not kept.',
    next: 'Look again, and say it again if it still fits.',
  })
}

/** Version of the last answer; 0: none was given. */
export async function lastAnswer(prisma: Pick<Transaction, 'lineageAnswer'>, mspId: string): Promise<number> {
  const { _max: last } = await prisma.lineageAnswer.aggregate({ where: { mspId }, _max: { version: true } })
  return last.version ?? 0
}

type AnswerRow = readonly [version: Cell, recordKey: Cell, continues: Cell, by: Cell, at: Cell]

/** Every answer, in order: a handful. */
export function readAnswers(query: Query, mspId: string): Promise<readonly LineageAnswer[]> {
  const select = `SELECT version, record_key, continues, answered_by, ${instantColumn('answered_at')} FROM lineage_answer
     WHERE msp_id = $1 ORDER BY version`
  return query(select, [mspId], ([version, recordKey, continues, by, at]: AnswerRow) => ({
    recordKey: text(recordKey),
    continues: optionalText(continues),
    by: text(by),
    at: instant(at),
    version: integer(version),
  }))
}
