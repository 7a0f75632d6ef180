import type { AuditEntry } from '../audit/chain.js'
import type { ApprovalRecord } from '../ports.js'
import { stepWords } from '../sync/words.js'

/** What names the step an entry of the trail is about; undefined: it is about none. */
export function toldKey({ subject, details }: Pick<AuditEntry, 'subject' | 'details'>): string | undefined {
  const key = details['key']
  return typeof key === 'string' && details['intent'] !== undefined ? keyOf(subject, key) : undefined
}

/** The steps of a request as a trail tells them, by {@link toldKey}: "Contoso · Business Premium: 20 → 25 seats …". */
export function toldSteps({
  approval,
  plan = [],
}: Pick<ApprovalRecord, 'approval' | 'plan'>): ReadonlyMap<string, string> {
  return new Map(
    plan.flatMap(({ customerName, currency, steps }) =>
      steps.map((step) => {
        const words = `${customerName} · ${step.product}: ${stepWords(step, currency)}`
        return [keyOf(approval.id, step.key), words] as const
      }),
    ),
  )
}

function keyOf(approvalId: string, stepKey: string): string {
  return `${approvalId} ${stepKey}`
}
