import type { Environment } from './house.js'
import type { Said } from './story.js'

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
