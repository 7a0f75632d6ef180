import { type AutotaskOptions, createAutotask } from '../../../adapters/autotask/client.js'
import { formatLocalDate, type LocalDate, parseLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal, parseDecimal } from '../../../core/money/decimal.js'
import type { Psa } from '../../../core/psa-ports.js'
import { Problem } from '../../../core/problem.js'
import type { Container, Step, UnitSteps } from '../../../core/sync/types.js'
import { startRecordedAutotask } from '../../contract/recorded-autotask.js'
import type { AutotaskEmulationOptions } from '../../emulators/autotask/emulation.js'
import type { AutotaskEmulator } from '../../emulators/autotask/server.js'
import { closeAfterwards } from '../../support/closing.js'
import { type LogLine, memoryLog } from '../../support/memory-log.js'

/** An emulated Autotask and our client of it, which waits for nothing: `waits` says how long it would have. */
export interface Desk {
  readonly emulator: AutotaskEmulator
  readonly psa: Psa
  readonly clock: { now: Date }
  readonly waits: number[]
  readonly logged: readonly LogLine[]
}

export async function deskOf(
  emulation: Partial<AutotaskEmulationOptions> = {},
  options: Partial<AutotaskOptions> = {},
): Promise<Desk> {
  const clock = { now: new Date('2026-03-20T13:00:00Z') }
  const emulator = closeAfterwards(await startRecordedAutotask({ now: () => clock.now, ...emulation }))
  const waits: number[] = []
  const log = memoryLog()
  const psa = createAutotask({
    zoneUrl: `${emulator.url}/ATServicesRest`,
    ...emulator.credentials,
    log,
    now: () => clock.now.getTime(),
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    random: () => 0,
    ...options,
  })
  return { emulator, psa, clock, waits, logged: log.lines }
}

/** A customer with a contract of a year, and Business Premium on it: 20 at 22.00. */
export function contoso({ world }: AutotaskEmulator, currency: { currencyId?: number; rate?: string } = {}) {
  const companyId = world.createCompany({ name: 'Contoso', number: 'C-1', ...currency })
  const serviceId = world.createService({
    name: 'Microsoft 365 Business Premium',
    unitPrice: '22.00',
    sku: 'CFQ7TTC0LCHC:0002',
  })
  const dates = { startDate: '2026-01-01', endDate: '2026-12-31' }
  const contractId = world.createContract({ companyId, name: 'Contoso cloud', ...dates })
  const contractServiceId = world.addContractService({ contractId, serviceId, units: 20 })
  return { companyId, serviceId, contractId, contractServiceId }
}

export function day(text: string): LocalDate {
  const date = parseLocalDate(text)
  if (date === undefined) throw new Error(`no date: ${text}`)
  return date
}

export function decimal(text: string) {
  const value = parseDecimal(text)
  if (value === undefined) throw new Error(`no number: ${text}`)
  return value
}

/** "2026-01-01 20, 2026-03-11 25": the counts of a service. */
export function countsOf(container: Container, serviceId: number): string {
  const units = container.units.find(({ itemId }) => itemId === String(serviceId))
  return units === undefined ? 'not there' : stepsText(units.steps)
}

function stepsText(steps: UnitSteps): string {
  return steps.map(({ on, units }) => `${formatLocalDate(on)} ${formatDecimal(units)}`).join(', ')
}

function steps(text: string): UnitSteps {
  if (text === '') return []
  return text.split(', ').map((part) => {
    const [on = '', units = ''] = part.split(' ')
    return { on: day(on), units: decimal(units) }
  })
}

const PLACE = { psa: 'autotask', slotId: 'L-contosopremi', product: 'Business Premium', settles: [] } as const

interface Place {
  readonly contractId: number
  readonly serviceId: number
}

export function adjustment(
  place: Place,
  words: { on: string; delta: string; unitPrice?: string; before?: string; after?: string },
): Step {
  const { on, delta, unitPrice, before = '', after = '' } = words
  return {
    ...PLACE,
    key: `adjust ${on} ${delta}`,
    containerId: String(place.contractId),
    itemId: String(place.serviceId),
    type: 'adjust',
    on: day(on),
    delta: decimal(delta),
    unitPrice: unitPrice === undefined ? undefined : decimal(unitPrice),
    count: { from: day('2026-03-01'), before: steps(before), after: steps(after) },
  }
}

export const MARKER = 'CBS:L-contosopremi:o0123456789ab'

export function oneTime(
  place: Place,
  words: {
    quantity?: string
    unitPrice: string
    from?: string
    to?: string
    lineWords?: string
    product?: string
  },
): Extract<Step, { type: 'add' }> {
  const { quantity = '1', unitPrice, from = '2026-03-11', to = '2026-04-01' } = words
  return {
    ...PLACE,
    product: words.product ?? PLACE.product,
    key: `add ${unitPrice}`,
    containerId: String(place.contractId),
    itemId: String(place.serviceId),
    type: 'add',
    oneTime: true,
    marker: MARKER,
    quantity: decimal(quantity),
    unitPrice: decimal(unitPrice),
    from: day(from),
    to: day(to),
    lineWords: words.lineWords ?? 'Business Premium, correction',
    count: undefined,
  }
}

export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was refused')
}
