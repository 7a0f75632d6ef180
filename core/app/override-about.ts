import type { LocalDate } from '../calendar/date.js'
import { foldName } from '../mapping/names.js'
import { formatUnitPrice } from '../money/money.js'
import type { OverrideRule, OverrideScope } from '../pricing/overrides.js'
import type { OverrideSays } from '../pricing/recorded.js'
import type { AskedRule } from '../pricing/typed-rule.js'
import { Problem } from '../problem.js'
import { type ExplainAnswer, type ExplainView, explainRef } from './explain.js'
import { customersNamed, findCustomer, nearestNames } from './find-customer.js'
import { isInScope, pricePerPeriod } from './override-period.js'
import { type Named, pickNamed } from './map-named.js'
import type { Portfolio } from './portfolio.js'
import { customerNotFound } from './problems.js'
import { productsNamed, termWords } from './product-terms.js'
import { isKnownBy } from './who.js'

/** Whom an override is for, as it was typed: words, where a name in quotes is one of them. */
export interface AskedAbout {
  /** "all" was said in the place of a customer. */
  readonly everyone: boolean
  readonly words: readonly string[]
  /** A product that was said apart, so that no word of it can be part of a customer's name. */
  readonly product?: string
}

/** What people ask an override to say. */
export type AskedSays = AskedRule | Extract<OverrideSays, { kind: 'words' }>

const NOTHING = 'Nothing was recorded.'
const PRODUCT = { one: 'product', many: 'products' }
/** A line's reference, as cards show it. */
const REFERENCE = /^[a-z2-9]{8}$/

type Scopes = readonly [OverrideScope, ...OverrideScope[]]

/**
 * The scope that is meant; one for each term of a product that is sold for several. Problem `notFound` or `input` with
 * what there is otherwise.
 */
export function scopesOf(
  view: ExplainView,
  { everyone, words, product }: AskedAbout,
  today: LocalDate,
): Scopes {
  const { portfolio } = view
  if (everyone) {
    const named = product ?? words.join(' ')
    return named === '' ? [{}] : pickedOf(productsOf(portfolio), {}, named)
  }
  if (product !== undefined) return productOfCustomer(portfolio, words.join(' '), product)
  const found = customerAndProduct(portfolio, words)
  if (found !== undefined) return found
  const [ref = ''] = words
  const isReference = words.length === 1 && REFERENCE.test(ref.toLowerCase())
  return [isReference ? { lineageId: lineageOf(view, ref, today) } : refuseName(portfolio, words)]
}

/** Nobody is called like that: of the words that may be a name, those that nearly are one are told. */
function refuseName({ customers }: Portfolio, words: readonly string[]): never {
  const names = [...customers.values()].map(({ name }) => name)
  for (let count = words.length; count > 0; count -= 1) {
    const typed = words.slice(0, count).join(' ')
    const near = nearestNames(names, typed)
    if (near.length > 0) throw customerNotFound(typed, near)
  }
  throw customerNotFound(words.join(' '), [])
}

/**
 * Names stand one behind the other: the longest beginning that names a customer is one, where what follows names a
 * product of theirs. undefined: no beginning names a customer.
 */
function customerAndProduct(portfolio: Portfolio, words: readonly string[]): Scopes | undefined {
  const { customers } = portfolio
  let refuse: (() => never) | undefined
  for (let count = words.length; count > 0; count -= 1) {
    const typed = words.slice(0, count).join(' ')
    const ids = customersNamed(customers, typed)
    if (ids.length === 0) continue
    const rest = words.slice(count).join(' ')
    if (rest === '') return [{ customerId: findCustomer(customers, typed).id }]
    const only = onlyWithProduct(portfolio, ids, rest)
    if (only !== undefined) return ofCustomer(portfolio, only, rest)
    refuse ??= () => {
      ofCustomer(portfolio, findCustomer(customers, typed).id, rest)
      throw new Problem({
        kind: 'notFound',
        what: `“${rest}” is no product of “${typed}”.`,
        notDone: NOTHING,
      })
    }
  }
  return refuse?.()
}

/** Where several customers can be meant, the one that has the product. */
function productOfCustomer(portfolio: Portfolio, typed: string, product: string): Scopes {
  const { customers } = portfolio
  const only = onlyWithProduct(portfolio, customersNamed(customers, typed), product)
  return ofCustomer(portfolio, only ?? findCustomer(customers, typed).id, product)
}

function onlyWithProduct(portfolio: Portfolio, ids: readonly string[], product: string): string | undefined {
  const [only, ...others] = ids.filter((id) => productsNamed(productsOf(portfolio, id), product).length > 0)
  return others.length === 0 ? only : undefined
}

function ofCustomer(portfolio: Portfolio, customerId: string, product: string): Scopes {
  return pickedOf(productsOf(portfolio, customerId), { customerId }, product)
}

/** What one name means: one product, or all terms of it that are sold under that very name. */
function pickedOf(products: readonly Named[], base: OverrideScope, typed: string): Scopes {
  const [first, ...others] = productsNamed(products, typed)
  const isOne = first !== undefined && others.every(({ name }) => name === first.name)
  if (!isOne) return [{ ...base, mpn: pickNamed(products, typed, PRODUCT, NOTHING).id }]
  const ids = [first, ...others].map(({ id }) => id).sort()
  const [mpn = first.id, ...more] = ids
  return [{ ...base, mpn }, ...more.map((each) => ({ ...base, mpn: each }))]
}

/** What one customer has, or everybody, by part number. */
function productsOf({ subscriptions }: Portfolio, customerId?: string): readonly Named[] {
  const products = new Map<string, Named>()
  for (const { subscription } of subscriptions) {
    if (customerId !== undefined && subscription.customerId !== customerId) continue
    const { mpn, productName } = subscription
    products.set(mpn, { id: mpn, name: productName })
  }
  return [...products.values()]
}

function lineageOf(view: ExplainView, ref: string, today: LocalDate): string {
  const answer = lineNamed(view, ref, today)
  switch (answer.type) {
    case 'due':
      return answer.line.subscription.subscription.lineageId
    case 'covered':
      return answer.covered.subscription.subscription.lineageId
    case 'billed': {
      const { lineageId } = answer.line
      const known = view.portfolio.subscriptions.find(({ subscription }) =>
        isKnownBy(subscription, lineageId),
      )
      return known?.subscription.lineageId ?? lineageId
    }
  }
}

/** Eight letters may as well be a customer's name with one too many. */
function lineNamed(view: ExplainView, ref: string, today: LocalDate): ExplainAnswer {
  try {
    return explainRef(view, ref, today)
  } catch (error) {
    const names = [...view.portfolio.customers.values()].map(({ name }) => name)
    const near = nearestNames(names, ref)
    if (error instanceof Problem && near.length > 0) throw customerNotFound(ref, near)
    throw error
  }
}

/** "Contoso · Microsoft 365 Business Premium", "everyone": whom a scope is for, in words. */
export function scopeWords(
  { customers, subscriptions }: Pick<Portfolio, 'customers' | 'subscriptions'>,
  { lineageId, customerId, mpn }: OverrideScope,
): string {
  if (lineageId !== undefined) {
    const own = subscriptions.find(({ subscription }) => isKnownBy(subscription, lineageId))?.subscription
    if (own === undefined) return lineageId
    return `${customers.get(own.customerId)?.name ?? own.customerId} · ${own.productName}, this subscription only`
  }
  const theirs = subscriptions.filter(
    ({ subscription }) => customerId === undefined || subscription.customerId === customerId,
  )
  const product = mpn === undefined ? undefined : nameOf(theirs, mpn)
  if (customerId === undefined) return product === undefined ? 'everyone' : `everyone · ${product}`
  const customer = customers.get(customerId)?.name ?? customerId
  return product === undefined ? customer : `${customer} · ${product}`
}

function nameOf(subscriptions: Portfolio['subscriptions'], mpn: string): string {
  const own = subscriptions.find(({ subscription }) => subscription.mpn === mpn)?.subscription
  if (own === undefined) return mpn
  const isOneOfSeveral = subscriptions.some(
    ({ subscription }) => subscription.productName === own.productName && subscription.mpn !== mpn,
  )
  return isOneOfSeveral ? `${own.productName} (${termWords(mpn) ?? mpn})` : own.productName
}

/**
 * What an override says, with the currency of those it is for. Problem `input` for a fixed price they cannot be billed
 * at (BILLING B17), and for a number that may as well be the end of a name.
 */
export function settledSays(
  portfolio: Portfolio,
  scopes: Scopes,
  asked: AskedSays,
  typed: readonly string[],
): OverrideSays {
  if (asked.kind !== 'fixed') return asked
  const { customers, subscriptions } = portfolio
  const { price, currency, bare, per } = asked
  const meant = subscriptions.filter(({ subscription }) =>
    scopes.some((scope) => isInScope(scope, subscription)),
  )
  const names = meant.map(({ subscription }) => subscription.productName)
  if (bare !== undefined) refuseNumberOfName(names, typed, bare)
  const ids = new Set(meant.map(({ subscription }) => subscription.customerId))
  const [{ customerId }] = scopes
  if (customerId !== undefined) ids.add(customerId)
  const billed = [...ids].flatMap((id) => customers.get(id)?.billingCurrency ?? [])
  const known = [...new Set(billed)].sort()
  const rule = (code: string): OverrideRule => {
    const billedAt = pricePerPeriod(portfolio, scopes, { price, currency: code, per })
    return { kind: 'fixed', price: billedAt, currency: code }
  }
  const [only, ...others] = known
  if (currency !== undefined) {
    if (known.length === 0 || known.includes(currency)) return rule(currency)
    throw otherCurrency(formatUnitPrice(price, currency), known)
  }
  if (only !== undefined && others.length === 0) return rule(only)
  throw new Problem({
    kind: 'input',
    what:
      only === undefined
        ? 'Nobody knows yet which currency is billed there.'
        : `There is billed in ${known.join(' and ')}, and which one the price is in is not said.`,
    notDone: NOTHING,
    next: `Type it with its currency, as in \`20.50 ${only ?? 'USD'}\`.`,
  })
}

function otherCurrency(price: string, known: readonly string[]): Problem {
  return new Problem({
    kind: 'input',
    what: `A price of ${price} could not be billed there: ${known.join(' and ')} is billed, and nothing is ever converted.`,
    notDone: NOTHING,
    next: `Type the price in ${known.join(' or ')}, as in \`20.50 ${known[0] ?? ''}\`, or a discount.`,
  })
}

/** "price contoso microsoft 365": half of a name is no price. */
function refuseNumberOfName(names: readonly string[], typed: readonly string[], bare: string): void {
  const last = typed.at(-1)
  if (last === undefined) return
  const wanted = foldName(`${last} ${bare}`).words.join(' ')
  const name = names.find((each) => foldName(each).words.join(' ').includes(wanted))
  if (name === undefined) return
  throw new Problem({
    kind: 'input',
    what: `“${last} ${bare}” is part of the name of ${name}, or ${bare} is a price: nobody can tell.`,
    notDone: NOTHING,
    next: `Write a price of ${bare} as \`${bare}.00\`, and a price behind the whole name otherwise.`,
  })
}
