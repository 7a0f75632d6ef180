import type { Environment } from './house.js'
import type { PsaName, Said, Story } from './story.js'
import type { StoryClock } from './clock.js'

/** An emulated PSA of a story: what people do in it, and what it holds. */
export interface PsaOffice {
  /** How the product reaches it. */
  readonly settings: Environment
  /** Makes it happen, and tells what became visible there. Throws when nobody understands it, or it cannot happen. */
  tell(sentence: string): Promise<readonly Said[]>
  /** Everything it would bill, and what that comes to by its own arithmetic. */
  holds(): Promise<readonly string[]>
  close(): Promise<void>
}

export type PsaOffices = ReadonlyMap<PsaName, PsaOffice>

/** Starts the PSAs a story names, and no other. */
export async function openPsas({ steps }: Story, clock: StoryClock): Promise<PsaOffices> {
  const named = new Set(steps.flatMap(({ action }) => (action.type === 'psa' ? [action.psa] : [])))
  const offices = new Map<PsaName, PsaOffice>()
  if (named.has('connectwise')) {
    const { openConnectWise } = await import('./connectwise-office.js')
    offices.set('connectwise', await openConnectWise(clock))
  }
  if (named.has('autotask')) {
    const { openAutotask } = await import('./autotask-office.js')
    offices.set('autotask', await openAutotask(clock))
  }
  return offices
}

/** What can be told of a PSA, in the words of a story. */
export interface Telling<Office> {
  readonly pattern: RegExp
  readonly example: string
  readonly tell: (office: Office, words: readonly string[]) => readonly Said[] | Promise<readonly Said[]>
}

/** Finds what a sentence means, and makes it happen. */
export async function tellPsa<Office>(
  tellings: readonly Telling<Office>[],
  office: Office,
  sentence: string,
): Promise<readonly Said[]> {
  for (const { pattern, tell } of tellings) {
    const words = pattern.exec(sentence)
    if (words !== null) return tell(office, words.slice(1))
  }
  const examples = tellings.map(({ example }) => `“${example}”`).join(', ')
  throw new Error(`nobody understands “${sentence}”; what is understood: ${examples}`)
}

/** The vendor's number of a product, as the emulated marketplace has it. */
export function vendorNumber(productName: string): string {
  return productName.toUpperCase().replace(/[^A-Z0-9]+/g, '-')
}

/** "22" and "22.5" with cents: "22.00", "22.50". */
export function withCents(amount: string): string {
  const [whole = '', cents = ''] = amount.split('.')
  return `${whole}.${cents.padEnd(2, '0')}`
}
