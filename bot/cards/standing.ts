import type { Standing } from '../../core/app/standing.js'
import type { Staleness } from '../../core/approval/stale.js'
import type { RunLine } from '../../core/billrun/run.js'
import { CARD_RUN_PART } from '../../core/limits.js'
import { EXCEPTION_WORDS } from '../../core/timeline/exceptions.js'
import { itemWords } from './lines.js'
import { besideWords, driftWords, namedPriceWords } from './psa.js'
import type { Block } from './model.js'
import { type Section, shortSections } from './sections.js'
import { URGENCY } from './who.js'
import { oldDataWords, plural } from './words.js'

/**
 * What a person must know before they decide: whether the lines are still right, then what to look at first.
 *
 * @param all what to type for all of it.
 */
export function standingBlocks(
  standing: Standing | undefined,
  all: (part: 'changes' | 'exceptions') => string,
): Block[] {
  if (standing === undefined) return []
  const { changes, exceptions, unchecked, age, drifts = [], beside = [], prices = [] } = standing
  const old = age === undefined ? undefined : oldDataWords(age)
  const blocks: Block[] = []
  if (unchecked !== undefined) {
    blocks.push({ type: 'text', style: 'strong', text: `Not compared with what is due now: ${unchecked}` })
  }
  if (changes !== undefined) {
    blocks.push(...shortSections([changesSection(changes)], CARD_RUN_PART, all('changes')))
  }
  if (drifts.length > 0) {
    const heading = 'Changed by hand in the PSA; a yes writes over it'
    blocks.push(...shortSections([{ heading, items: drifts.map(driftWords) }], CARD_RUN_PART, 'status'))
  }
  if (beside.length > 0) {
    const heading = 'Put beside it by hand in the PSA; a yes writes ours on top of it'
    blocks.push(...shortSections([{ heading, items: beside.map(besideWords) }], CARD_RUN_PART, 'status'))
  }
  if (prices.length > 0) {
    const heading = 'At another price than ours'
    blocks.push(...shortSections([{ heading, items: prices.map(namedPriceWords) }], CARD_RUN_PART, 'who'))
  }
  const count = exceptions.length + (old === undefined ? 0 : 1)
  if (count > 0) {
    const first = count === 1 ? 'this' : `these ${count}`
    blocks.push({ type: 'text', style: 'strong', text: `Look at ${first} first` })
    if (old !== undefined) blocks.push({ type: 'text', style: 'plain', text: old })
    blocks.push(...shortSections(exceptionSections(exceptions), CARD_RUN_PART, all('exceptions')))
  }
  return blocks
}

/** Exceptions kind by kind, what keeps money out of the bill first. */
export function exceptionSections(exceptions: Standing['exceptions']): Section[] {
  return URGENCY.flatMap((kind) => {
    const some = exceptions.filter((exception) => exception.kind === kind)
    if (some.length === 0) return []
    const [{ why: first } = { why: '' }] = some
    const isSame = some.every(({ why }) => why === first)
    const words = isSame ? first : EXCEPTION_WORDS[kind]
    const items = some.map(({ customerName, product, why }) => {
      const more = isSame ? '' : withoutWords(why, words)
      return [customerName, product, more].filter((part) => part !== '').join(' · ')
    })
    return [{ heading: `${some.length} × ${words}`, items }]
  })
}

/** What it says beyond the words of its kind, which stand above it. */
function withoutWords(why: string, words: string): string {
  return why.startsWith(words) ? why.slice(words.length).replace(/^\W+/, '') : why
}

export function changesSection(changes: Staleness): Section {
  return { heading: `Out of date, ${changedWords(changes)}`, items: changeItems(changes) }
}

/** "3 lines changed since it was shown" */
export function changedWords({ added, gone, reworded, steps }: Staleness): string {
  const lines = added.length + gone.length + reworded.length
  const written = steps === undefined ? 0 : steps.added.length + steps.gone.length
  const parts = [
    ...(lines > 0 || written === 0 ? [plural(lines, 'line')] : []),
    ...(written > 0 ? [plural(written, 'step')] : []),
  ]
  return `${parts.join(' and ')} changed since it was shown`
}

/** What changed, line by line. */
export function changeItems({ added, gone, reworded, steps }: Staleness): string[] {
  return [
    ...(steps?.gone ?? []).map(({ words }) => `no longer to be written: ${words}`),
    ...(steps?.added ?? []).map(({ words }) => `now to be written: ${words}`),
    ...gone.map((line) => `gone: ${lineWords(line)}`),
    ...added.map((line) => `new: ${lineWords(line)}`),
    ...reworded.map((line) => `renamed: ${lineWords(line)}`),
  ]
}

function lineWords(line: RunLine): string {
  return `${line.customerName} · ${itemWords(line)}`
}
