import { createRandom } from '../shared/random.js'

/** The one value that is the same everywhere. */
export const RECURRING_SERVICE = 7

const LABELS = {
  contractType: ['Time & Materials', 'Fixed Price', 'Block Hours', 'Retainer', 'Incident', 'Per Ticket'],
  contractCategory: ['Standard', 'Premium', 'Cloud'],
  contractPeriodType: ['Monthly', 'Quarterly', 'Semi-Annual', 'Yearly'],
  contractStatus: ['Inactive', 'Active'],
  billingPreference: ['Immediately without approval', 'Once approved', 'On timesheet approval'],
  periodType: ['Monthly', 'Quarterly', 'Semi-Annual', 'Yearly'],
  chargeType: ['Operational', 'Capitalized', 'Billable Client Charge'],
  chargeStatus: ['Pending', 'Need to Order', 'Delivered'],
  billingItemType: ['Recurring Service', 'Contract Charge'],
} as const

export type PicklistName = keyof typeof LABELS

export interface PicklistEntry {
  readonly value: number
  readonly label: string
}

export interface Picklists {
  entries(name: PicklistName): readonly PicklistEntry[]
  /** The value of a label; an unknown label is a mistake of the caller. */
  value(name: PicklistName, label: string): number
  has(name: PicklistName, value: number): boolean
}

/** Months of a period by the label of its type. */
export const PERIOD_MONTHS: Readonly<Record<string, number>> = {
  Monthly: 1,
  Quarterly: 3,
  'Semi-Annual': 6,
  Yearly: 12,
}

/** Values as a tenant might have them: the seed decides, and none is what its position would suggest. */
export function createPicklists(seed: number): Picklists {
  const random = createRandom(seed)
  const lists = new Map<PicklistName, readonly PicklistEntry[]>()
  for (const name of Object.keys(LABELS) as PicklistName[]) {
    const free = random.shuffle(Array.from({ length: 60 }, (_, index) => index + 8))
    const entries: PicklistEntry[] = LABELS[name].map((label, index) => ({ label, value: free[index] ?? 0 }))
    if (name === 'contractType') entries.push({ label: 'Recurring Service', value: RECURRING_SERVICE })
    lists.set(name, entries)
  }
  const entries = (name: PicklistName): readonly PicklistEntry[] => lists.get(name) ?? []
  return {
    entries,
    value(name, label) {
      const entry = entries(name).find((each) => each.label === label)
      if (entry === undefined) throw new Error(`${name} has no value "${label}"`)
      return entry.value
    },
    has: (name, value) => entries(name).some((each) => each.value === value),
  }
}
