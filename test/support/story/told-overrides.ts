import { type LocalDate, formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { Books } from '../../../core/ports.js'
import type { RecordedOverride } from '../../../core/pricing/recorded.js'
import type { Behind, OverrideInput } from '../recompute/overrides.js'

/** The prices people set, as facts for the recomputation; a story sets none that is made from a cost. */
export function toldOverrides({ overrides, billed }: Books): readonly OverrideInput[] {
  return overrides.flatMap((override): OverrideInput[] => {
    if (override.says.kind === 'words') return []
    const { number, scope, from, to } = override
    if (scope.lineageId !== undefined)
      throw new Error('the auditor cannot tell one subscription from another')
    const behind = behindBilled(billed, override)
    const ends = override.ends.map((end) => ({ on: text(end.on), behind: behindBilled(billed, end) }))
    return [
      {
        number,
        customerId: scope.customerId,
        mpn: scope.mpn,
        rule: ruleOf(override.says),
        from: text(from),
        ends: [...(to === null ? [] : [{ on: text(to), behind: () => undefined }]), ...ends],
        behind,
      },
    ]
  })
}

function ruleOf(says: RecordedOverride['says']): OverrideInput['rule'] {
  if (says.kind === 'fixed') return { kind: 'fixed', value: formatDecimal(says.price) }
  if (says.kind === 'discount') return { kind: 'discount', value: formatDecimal(says.percent) }
  throw new Error(`the auditor does not know costs, so no ${says.kind}`)
}

function behindBilled(billed: Books['billed'], { version }: { readonly version: number }): Behind {
  return (customerId, mpn) => {
    const ends = billed
      .filter((line) => line.version < version && line.customerId === customerId && line.mpn === mpn)
      .map(({ period }) => period.to)
    return ends.length === 0 ? undefined : text(Math.max(...ends) as LocalDate)
  }
}

function text(day: LocalDate): string {
  return formatLocalDate(day)
}
