import { type Named, isNamed, matching } from './map-named.js'

/** The end of a part number that says for how long it is bought, and by what it is billed: "…:P1Y:P1M". */
const TERM = /:P(\d+)([DWMY]):P(\d+)([DWMY])$/i

const UNITS: Readonly<Record<string, string>> = { D: 'day', W: 'week', M: 'month', Y: 'year' }

/** "1-year term, billed monthly" of a part number that says so; undefined of any other. */
export function termWords(mpn: string): string | undefined {
  const [, count, unit = '', billed = '', by = ''] = TERM.exec(mpn) ?? []
  if (count === undefined) return undefined
  return `${count}-${UNITS[unit.toUpperCase()]} term, billed ${billedWords(billed, by.toUpperCase())}`
}

function billedWords(count: string, unit: string): string {
  const name = UNITS[unit] ?? ''
  if (count !== '1') return `every ${count} ${name}s`
  return unit === 'D' ? 'daily' : `${name}ly`
}

/** Whether a word names the term of a part number: "P1Y:P1M", or "monthly" and "yearly" for what it is billed by. */
function isTerm(mpn: string, word: string): boolean {
  const [suffix] = TERM.exec(mpn) ?? []
  if (suffix === undefined) return false
  const said = word.toLowerCase()
  return suffix.slice(1).toLowerCase() === said || termWords(mpn)?.endsWith(` billed ${said}`) === true
}

/** Products that are named, where the term may stand behind the name. */
export function productsNamed(products: readonly Named[], typed: string): readonly Named[] {
  const found = matching(products, typed)
  if (found.length > 0) return found
  const [last = '', ...before] = typed.trim().split(/\s+/).toReversed()
  const name = before.toReversed().join(' ')
  return name === '' || !isNamed(products, name)
    ? []
    : matching(products, name).filter(({ id }) => isTerm(id, last))
}
