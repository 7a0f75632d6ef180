import type { Amount, Duration } from '../events.js'

/**
 * How a product is sold. `commitment`: a year, billed monthly. `turnover`: a month, each renewal a new record.
 * `rolling`: a month, renewed on the same record. `prepaid`: a year, billed once. `usage`: metered. `perpetual`:
 * bought once, its expiration date lies years ahead.
 */
export type Cadence = 'commitment' | 'turnover' | 'rolling' | 'prepaid' | 'usage' | 'perpetual'

export interface CatalogProduct {
  readonly code: string
  readonly name: string
  readonly vendor: string
  /** Price of a seat and month in US cents. */
  readonly monthlyCents: number
}

/** Invented part numbers and prices; real product names, because those are what a back office reads all day. */
export const MICROSOFT: readonly CatalogProduct[] = [
  ['M365BP', 'Microsoft 365 Business Premium', 2200],
  ['M365BS', 'Microsoft 365 Business Standard', 1250],
  ['M365BB', 'Microsoft 365 Business Basic', 600],
  ['M365AE', 'Microsoft 365 Apps for enterprise', 2000],
  ['M365AB', 'Microsoft 365 Apps for business', 825],
  ['M365E3', 'Microsoft 365 E3', 3600],
  ['M365E5', 'Microsoft 365 E5', 5700],
  ['M365F3', 'Microsoft 365 F3', 800],
  ['O365E1', 'Office 365 E1', 1000],
  ['EXOP1', 'Exchange Online (Plan 1)', 400],
  ['DEFBUS', 'Microsoft Defender for Business', 300],
  ['ENTRA1', 'Microsoft Entra ID P1', 600],
  ['TEAMSP', 'Teams Phone Standard', 1000],
  ['PBIPRO', 'Power BI Pro', 1400],
  ['VISIO2', 'Visio Plan 2', 1500],
  ['PROJ3', 'Project Plan 3', 3000],
].map(([code, name, monthlyCents]) => ({
  code: String(code),
  name: String(name),
  vendor: 'Microsoft',
  monthlyCents: Number(monthlyCents),
}))

export const OTHERS: readonly CatalogProduct[] = [
  { code: 'NLBKUP', name: 'Northlight Backup for Microsoft 365', vendor: 'Northlight', monthlyCents: 250 },
  { code: 'HMARCH', name: 'Harbor Mail Archive', vendor: 'Harbor Systems', monthlyCents: 175 },
  { code: 'SENTRY', name: 'Sentry Endpoint Protection', vendor: 'Sentry Labs', monthlyCents: 328 },
  {
    code: 'PTSIGN',
    name: 'Papertrail Sign — "Pro" & *more* <@here>',
    vendor: 'Papertrail',
    monthlyCents: 800,
  },
]

export const AZURE: CatalogProduct = {
  code: 'AZPLAN',
  name: 'Azure plan',
  vendor: 'Microsoft',
  monthlyCents: 0,
}

export const SERVER_LICENCE: CatalogProduct = {
  code: 'WSCAL',
  name: 'Windows Server CAL (perpetual)',
  vendor: 'Microsoft',
  monthlyCents: 350,
}

/** Units of a currency per US dollar, in hundredths: invented, fixed. */
const HUNDREDTHS_PER_DOLLAR: Readonly<Record<string, number>> = { USD: 100, EUR: 94, GBP: 81, JPY: 15_200 }

const MONTH: Duration = { type: 'month', duration: 1 }
const YEAR: Duration = { type: 'year', duration: 1 }

export const BILLING_PERIOD: Readonly<Record<Cadence, Duration>> = {
  commitment: MONTH,
  turnover: MONTH,
  rolling: MONTH,
  prepaid: YEAR,
  usage: MONTH,
  perpetual: YEAR,
}

export const SUBSCRIPTION_PERIOD: Readonly<Record<Cadence, Duration>> = {
  commitment: YEAR,
  turnover: MONTH,
  rolling: MONTH,
  prepaid: YEAR,
  usage: MONTH,
  perpetual: YEAR,
}

const NAME_SUFFIX: Readonly<Record<Cadence, string>> = {
  commitment: ' (1 year, billed monthly)',
  turnover: ' (monthly)',
  rolling: '',
  prepaid: ' (1 year, prepaid)',
  usage: '',
  perpetual: '',
}

const PART_SUFFIX: Readonly<Record<Cadence, string>> = {
  commitment: 'P1Y:P1M',
  turnover: 'P1M:P1M',
  rolling: 'P1M',
  prepaid: 'P1Y:P1Y',
  usage: 'USAGE',
  perpetual: 'PERP',
}

export interface Offer {
  readonly mpn: string
  readonly productId: string
  readonly productName: string
  readonly vendor: string
  readonly subscriptionName: string
  readonly unitPrice: Amount | null
  readonly unitCost: Amount | null
}

function amount(hundredths: number, currency: string): Amount {
  if (currency === 'JPY') return String(Math.round(hundredths / 1000) * 10)
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
}

/** A product as it is sold at a cadence in a currency. Metered ones have no price. */
export function offer(product: CatalogProduct, cadence: Cadence, currency: string): Offer {
  const rate = HUNDREDTHS_PER_DOLLAR[currency]
  if (rate === undefined) throw new Error(`no prices in ${currency}`)
  const months = BILLING_PERIOD[cadence].type === 'year' ? 12 : 1
  const hundredths = Math.round((product.monthlyCents * months * rate) / 100)
  // One product is priced finer than the currency: four places, as the real marketplace has them.
  const fine = product.code === 'SENTRY' && currency === 'USD' && months === 1
  const price = fine ? '3.2755' : amount(hundredths, currency)
  const cost = fine ? '2.7183' : amount(Math.round((hundredths * 83) / 100), currency)
  const metered = cadence === 'usage'
  return {
    mpn: `${product.code}:0001:${PART_SUFFIX[cadence]}`,
    productId: `PRD-${product.code}-${PART_SUFFIX[cadence].replace(':', '')}`,
    productName: product.name,
    vendor: product.vendor,
    subscriptionName: `${product.name}${NAME_SUFFIX[cadence]}`,
    unitPrice: metered ? null : price,
    unitCost: metered ? null : cost,
  }
}
