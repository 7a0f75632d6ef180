import type { AutoApproval } from '../core/app/alert.js'
import { parseDecimal } from '../core/money/decimal.js'

/** What a rule looks like, for the sentence that says it does not. */
const EXAMPLE = 'small=connectwise:5:100.00:Contoso+Fabrikam'

/**
 * Reads "small=connectwise:5:100.00:Contoso+Fabrikam, tiny=autotask:1:25": the rule's name, the PSA, the most seats, the
 * most money, and whose changes; without names, everybody's. Every mistake is a sentence.
 */
export function parseAutoApprove(text: string): {
  readonly rules: readonly AutoApproval[]
  readonly mistakes: readonly string[]
} {
  const rules: AutoApproval[] = []
  const mistakes: string[] = []
  const names = new Set<string>()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const rule = ruleOf(entry)
    if (rule === undefined) mistakes.push(`AUTO_APPROVE has “${entry}”: write it like ${EXAMPLE}`)
    else if (names.has(rule.name)) mistakes.push(`AUTO_APPROVE names two rules ${rule.name}`)
    else {
      names.add(rule.name)
      rules.push(rule)
    }
  }
  return { rules, mistakes }
}

function ruleOf(entry: string): AutoApproval | undefined {
  const [name = '', what = '', ...more] = entry.split('=').map((part) => part.trim())
  const [psa, seatsText = '', amountText = '', named = '', ...others] = what
    .split(':')
    .map((part) => part.trim())
  if (!/^[a-z0-9-]{1,40}$/i.test(name) || more.length + others.length > 0) return undefined
  if (psa !== 'connectwise' && psa !== 'autotask') return undefined
  const [seats, amount] = [parseDecimal(seatsText), parseDecimal(amountText)]
  if (seats === undefined || amount === undefined || seats < 0n || amount < 0n) return undefined
  const customers = named
    .split('+')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return { name, psa, seats, amount, customers }
}
