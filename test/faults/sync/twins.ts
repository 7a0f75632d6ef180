import type { Removal } from '../../support/twin.js'
import { editsSeen, editsUnseen } from './edits.js'
import type { Scenario } from './scenario.js'
import { decisions, lateEffects, lostAnswers, lostOutcome, stalledOwner } from './scenarios.js'

/** The product without a guard, the trouble that guard is for, and what the auditor has to say about it. */
export interface Twin {
  readonly name: string
  readonly words: string
  readonly removals: readonly Removal[]
  readonly scenario: Scenario
  readonly reports: RegExp
}

const DISPATCH = 'dist/core/app/dispatch.js'
const JUDGE = 'dist/core/sync/judge.js'
const STORE = 'dist/adapters/storage/billing-store.js'

export const TWINS: readonly Twin[] = [
  {
    name: 'marker',
    words: 'that does not look for what it wrote before',
    removals: [
      { file: JUDGE, from: 'if (line === undefined)\n        return BEFORE;', to: 'return BEFORE;' },
    ],
    scenario: lostAnswers,
    reports: /^doubled: .* took effect again/,
  },
  {
    name: 'settle',
    words: 'that sends again at once',
    removals: [{ file: 'dist/core/limits.js', from: 'SETTLE_SECONDS = 180', to: 'SETTLE_SECONDS = 0' }],
    scenario: lateEffects,
    reports: /^doubled: .* took effect again/,
  },
  {
    name: 'sending',
    words: 'that writes without having said so first',
    removals: [
      {
        file: DISPATCH,
        from: 'await ports.sync.sending(work.claim, intent.id, now, after(now, SETTLE_SECONDS))',
        to: 'true',
      },
      {
        file: DISPATCH,
        from: 'return readBack(work, intent, await sent(work, intent));',
        to: `const outcome = await sent(work, intent);
    await ports.sync.sending(work.claim, intent.id, now, after(now, SETTLE_SECONDS));
    return readBack(work, intent, outcome);`,
      },
    ],
    scenario: lostOutcome,
    reports: /^doubled: .* took effect again/,
  },
  {
    name: 'fence',
    words: 'that goes on with a claim it has lost',
    removals: [
      { file: 'dist/adapters/storage/sync-claim.js', from: 'return rows.length > 0;', to: 'return true;' },
    ],
    scenario: stalledOwner,
    reports: /^doubled: .* took effect again/,
  },
  {
    name: 'before',
    words: 'that does not compare with what was approved',
    removals: [
      { file: JUDGE, from: 'return value === before ? BEFORE : other(EDITED);', to: 'return BEFORE;' },
      {
        file: JUDGE,
        from: "return other('the counts are neither what they were nor what they should be');",
        to: 'return BEFORE;',
      },
      { file: 'dist/adapters/connectwise/write.js', from: 'if (now !== before)', to: 'if (false)' },
    ],
    scenario: editsSeen,
    reports: /^unexplained: .* went over/,
  },
  {
    name: 'beside',
    words: 'that does not look beside its lines',
    removals: [
      { file: JUDGE, from: 'return why === undefined ? BEFORE : other(why);', to: 'return BEFORE;' },
    ],
    scenario: editsSeen,
    reports: /^doubled: item .* seats, not/,
  },
  {
    name: 'transaction',
    words: 'that decides first and promises afterwards',
    removals: [
      {
        file: STORE,
        from: 'decide: (record) => write((tx) => decide(database, tx, mspId, record)),',
        to: `decide: async (record) => {
            const decided = await write((tx) => decide(database, tx, mspId, { ...record, send: false }));
            if (!record.send || decided.outcome !== 'written') return decided;
            await write(async (tx) => {
                const approvalNumber = numberOf('APR', record.approvalId);
                const books = await lockBooks(tx, mspId);
                const { runNumber } = await findStanding(tx, mspId, approvalNumber);
                await addIntents(tx, mspId, { approvalNumber, runNumber });
                await saveBooks(tx, mspId, { ...books, syncVersion: books.syncVersion + 1 });
            });
            return decided;
        },`,
      },
    ],
    scenario: decisions,
    reports: /^lost: .* was approved and is no promise/,
  },
  {
    name: 'read-back',
    words: 'that believes the answer',
    removals: [
      {
        file: DISPATCH,
        from: "case 'accepted':\n            break;",
        to: "case 'accepted':\n            return end(work, intent, 'confirmed', undefined);",
      },
    ],
    scenario: editsUnseen,
    reports: /^doubled: item .* seats, not/,
  },
]
