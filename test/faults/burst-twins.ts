import type { Removal } from '../support/twin.js'

/** The product without a guard, and what has to be reported about it. */
export interface Twin {
  readonly name: string
  readonly words: string
  readonly removals: readonly Removal[]
  readonly reports: RegExp
  /** Only where several connections write at once can this guard be missed. */
  readonly needsServer?: true
}

const DECIDED_IN_CORE: Removal = {
  file: 'dist/core/approval/approval.js',
  from: "return approval.decision === undefined ? undefined : { type: 'decided', decision: approval.decision };",
  to: 'break;',
}
const DECIDED_IN_TRANSACTION: Removal = {
  file: 'dist/adapters/storage/billing-store.js',
  from: 'if (standing?.decision !== undefined)',
  to: 'if (false)',
}
const DECIDED_IN_TABLE: Removal = {
  file: 'prisma/migrations/20261122203514_bill_runs/migration.sql',
  from: ',\n\n    CONSTRAINT "decision_pkey" PRIMARY KEY ("msp_id","approval_number")',
  to: '',
}

/** Nobody looks whether it is decided. */
export const NEVER_LOOKS: readonly Removal[] = [DECIDED_IN_CORE, DECIDED_IN_TRANSACTION]

export const TWINS: readonly Twin[] = [
  {
    name: 'once',
    words: 'that carries out a request as often as it is sent',
    removals: [
      { file: 'dist/adapters/storage/once.js', from: 'resolve(first.delete(hash));', to: 'resolve(true);' },
    ],
    reports: /clicks were refused instead of|had \d+ outcomes/,
  },
  {
    name: 'decision',
    words: 'that never looks whether it is decided, with a table that takes a second decision',
    removals: [...NEVER_LOOKS, DECIDED_IN_TABLE],
    reports: /decided [2-9]\d* times/,
  },
  {
    name: 'key',
    words: 'that never looks whether it is decided: the table alone refuses, and people see it break',
    removals: NEVER_LOOKS,
    reports: /was answered: .*broke on our side/,
  },
  {
    name: 'fingerprint',
    words: 'that does not compare what was seen with what is asked',
    removals: [
      {
        file: 'dist/bot/commands/desk-billing.js',
        from: "const seen = isThis ? fingerprint : (command.seen ?? '');",
        to: 'const seen = fingerprint;',
      },
    ],
    reports: /approved by max, who may not|decided 1 times instead of 0/,
  },
  {
    name: 'own',
    words: 'that lets people approve what they asked for',
    removals: [
      {
        file: 'dist/core/approval/approval.js',
        from: "if (attempt.verdict === 'approved' && isOwnToLeave(approval, person, people))",
        to: 'if (false)',
      },
    ],
    reports: /approved by dana, who may not|decided 1 times instead of 0/,
  },
  {
    name: 'rights',
    words: 'that asks nobody for their rights',
    removals: [
      {
        file: 'dist/core/access/rights.js',
        from: 'return RIGHTS[person.role].has(right);',
        to: 'return true;',
      },
    ],
    reports: /approved by vic, who may not|decided 1 times instead of 0|clicks were refused instead of/,
  },
  {
    name: 'cards',
    words: 'that leaves the cards of the other platform as they were',
    removals: [
      {
        file: 'dist/bot/commands/board.js',
        from: 'await cardSurface?.update(address, card);',
        to: "if (surface === 'slack') await cardSurface?.update(address, card);",
      },
    ],
    reports: /the card in Teams does not say/,
  },
  {
    name: 'lock',
    words: 'that decides without waiting for others who write',
    removals: [
      { file: 'dist/adapters/storage/billing-books.js', from: '${mspId} FOR UPDATE`', to: '${mspId}`' },
    ],
    reports: /was answered: .*broke on our side|decided [02-9]\d* times|clicks were refused instead of/,
    needsServer: true,
  },
]
