import { addDays, dateOf, toInstant } from '../../emulators/shared/dates.js'
import { emulateIngram, type IngramEmulation } from '../../emulators/ingram/emulation.js'
import type { Instant } from '../../emulators/ingram/events.js'
import type { SubscriptionState } from '../../emulators/ingram/projection.js'
import { RENEWAL_TIME } from '../../emulators/ingram/terms.js'
import type { NewSubscription } from '../../emulators/ingram/world.js'
import type { Cadence, Happening, Story } from './story.js'

/** Where the emulated marketplace would stand, had it a socket. */
export const ROOT = 'http://127.0.0.1:9'

const PRODUCTS = ['BP', 'E3', 'P2'] as const
const MONTH = { type: 'month', duration: 1 } as const
const YEAR = { type: 'year', duration: 1 } as const

/** What a subscription does when its term is over. */
interface Plan {
  readonly cadence: Cadence
  readonly vendorIds: 'kept' | 'renewed' | 'none'
  readonly lastTerm: 'lapses' | 'stays' | undefined
}

interface Planned {
  readonly at: Instant
  readonly act: () => void
}

type Of<Does extends Happening['does']> = Extract<Happening, { does: Does }>

/** The emulated marketplace of a story, with a clock that moves past everything that falls due on its way. */
export class Stage {
  now: Date
  readonly emulation: IngramEmulation
  /** Called before each answer, with the path below the API's base. */
  beforeAnswer: (path: string) => void = () => undefined
  readonly #customers: readonly string[]
  readonly #plans = new Map<string, Plan>()
  #later: readonly Planned[] = []
  #openOrders: readonly string[] = []
  readonly #listed = new Set<string>()
  /** Day of the latest change of each line's seats; and the end of each that leaves. No order comes after an end. */
  readonly #changedOn = new Map<string, string>()
  readonly #leavesOn = new Map<string, string>()
  #vendorIds = 0

  constructor(story: Story) {
    this.now = new Date(story.startsAt)
    this.emulation = emulateIngram(
      {
        seed: story.seed,
        now: () => this.now,
        ...(story.isSeedWorld === true ? {} : { world: [] }),
        beforeAnswer: ({ path }) => this.beforeAnswer(path),
      },
      ROOT,
    )
    this.#customers = Array.from({ length: story.customers }, (_, index) =>
      this.emulation.world.createCustomer({ name: `Customer ${index + 1}` }),
    )
  }

  /** Lines that have not ended, oldest first. */
  live(): readonly SubscriptionState[] {
    return this.#customers.flatMap((customer) => this.emulation.world.subscriptionsOf(customer))
  }

  /** A poll has listed what runs: only a count that was seen can be missed when it reads 0 after the end. */
  noteListed(missing: readonly string[]): void {
    for (const { subscriptionId } of this.live()) {
      if (!missing.includes(subscriptionId)) this.#listed.add(subscriptionId)
    }
  }

  /** Moves the clock on; renewals and late orders on the way happen at their own time. */
  moveBy(minutes: number): void {
    const target = toInstant(new Date(this.now.getTime() + minutes * 60_000))
    for (let next = this.#nextDue(target); next !== undefined; next = this.#nextDue(target)) {
      this.now = new Date(Math.max(this.now.getTime(), Date.parse(next.at)))
      next.act()
    }
    this.now = new Date(target)
  }

  #nextDue(target: Instant): Planned | undefined {
    const renewals = this.live().flatMap((state): readonly Planned[] => {
      const plan = this.#plans.get(state.subscriptionId)
      if (plan === undefined || state.status === 'pending' || plan.lastTerm === 'stays') return []
      return [{ at: `${state.expirationDate}T${RENEWAL_TIME}:00Z`, act: () => this.#renew(state, plan) }]
    })
    const [next] = [...renewals, ...this.#later]
      .filter(({ at }) => at <= target)
      .toSorted((left, right) => (left.at < right.at ? -1 : 1))
    this.#later = this.#later.filter((planned) => planned !== next)
    return next
  }

  #renew({ subscriptionId, expirationDate }: SubscriptionState, plan: Plan): void {
    const { world } = this.emulation
    if (plan.lastTerm === 'lapses') {
      world.endSubscription({ subscriptionId, endDate: expirationDate, withOrder: false, status: 'removed' })
    } else if (plan.cadence === 'turnover' || plan.cadence === 'yearlyTurnover') {
      const ids = { kept: {}, none: { vendorSubscriptionId: null } }
      const renewed = { vendorSubscriptionId: this.#vendorId() }
      const next = world.turnOver({
        subscriptionId,
        ...(plan.vendorIds === 'renewed' ? renewed : ids[plan.vendorIds]),
      })
      this.#plans.set(next, plan)
    } else world.renew({ subscriptionId })
  }

  #vendorId(): string {
    this.#vendorIds += 1
    return `vendor-${this.#vendorIds}`
  }

  #line(choice: number, fits: (state: SubscriptionState) => boolean): SubscriptionState | undefined {
    const lines = this.live().filter(fits)
    return lines[choice % Math.max(lines.length, 1)]
  }

  /** Lets it happen now; nothing when there is no line it could happen to. */
  perform(happening: Happening): void {
    switch (happening.does) {
      case 'buy':
        return this.#buy(happening)
      case 'seats':
        return this.#changeSeats(happening)
      case 'end':
        return this.#end(happening)
      case 'replace':
        return this.#replace(happening)
      case 'withdraw': {
        const [orderId, ...rest] = this.#openOrders
        this.#openOrders = rest
        if (orderId !== undefined) this.emulation.world.withdrawOrder({ orderId })
        return
      }
      default:
        return this.#change(happening)
    }
  }

  #change(
    happening: Of<'price' | 'hold' | 'resume' | 'activate' | 'schedule' | 'openOrder' | 'empty'>,
  ): void {
    const wanted = { hold: 'active', resume: 'hold', activate: 'pending' } as const
    const status = happening.does in wanted ? wanted[happening.does as keyof typeof wanted] : 'active'
    const state = this.#line(happening.line, (line) => line.status === status)
    if (state === undefined) return
    const { world } = this.emulation
    const { subscriptionId } = state
    switch (happening.does) {
      case 'price':
        return world.changePrice({ subscriptionId, unitPrice: happening.price })
      case 'hold':
        return world.hold({ subscriptionId })
      case 'resume':
        return world.resume({ subscriptionId })
      case 'activate':
        return world.activate({ subscriptionId })
      case 'schedule':
        if (state.expirationDate <= dateOf(toInstant(this.now))) return
        world.scheduleAtRenewal({ subscriptionId, target: happening.target })
        return
      case 'openOrder':
        this.#openOrders = [
          ...this.#openOrders,
          world.placeOpenOrder({ subscriptionId, delta: happening.delta }),
        ]
        return
      case 'empty': {
        const by = happening.withOrder ? 'order' : 'nothing'
        world.addSeats({ subscriptionId, delta: -(state.lines[0]?.seats ?? 0), by })
      }
    }
  }

  #buy(wanted: Of<'buy'>): void {
    const today = dateOf(toInstant(this.now))
    const { cadence, vendorIds, fee, lastTerm } = wanted
    const customerId = this.#customers[wanted.customer % this.#customers.length] ?? ''
    const mpn = [...PRODUCTS.slice(wanted.product), ...PRODUCTS].find(
      (product) => !this.#isCrowded(customerId, product),
    )
    if (mpn === undefined) return
    const yearly = cadence === 'yearly' || cadence === 'coTerm' || cadence === 'yearlyTurnover'
    const bought: NewSubscription = {
      customerId,
      mpn,
      productName: `Product ${mpn}`,
      seats: wanted.seats,
      unitPrice: wanted.price,
      billingPeriod: yearly ? YEAR : MONTH,
      subscriptionPeriod: cadence === 'turnover' ? MONTH : YEAR,
      vendorSubscriptionId: vendorIds === 'none' ? null : this.#vendorId(),
      ...(cadence === 'coTerm' ? { expirationDate: addDays(today, 40 + (wanted.seats % 12) * 20) } : {}),
      ...(wanted.pending === true ? { status: 'pending' } : {}),
      ...(lastTerm === undefined ? {} : { autoRenew: false }),
      ...(fee === undefined ? {} : { setups: [{ description: 'Onboarding', quantity: 1, unitPrice: fee }] }),
    }
    const id = this.emulation.world.createSubscription(bought)
    this.#plans.set(id, { cadence, vendorIds, lastTerm })
  }

  #changeSeats({ line, delta, by, days }: Of<'seats'>): void {
    const today = dateOf(toInstant(this.now))
    const fits = ({ subscriptionId, lines }: SubscriptionState) =>
      (lines[0]?.seats ?? 0) + delta > 0 && today < (this.#leavesOn.get(subscriptionId) ?? '9999')
    const state = this.#line(line, (found) => found.status !== 'pending' && fits(found))
    if (state === undefined) return
    const { world } = this.emulation
    const { subscriptionId } = state
    this.#changedOn.set(subscriptionId, today)
    if (by === 'hidden' || by === 'processing') {
      world.placeLateOrder({ subscriptionId, delta, days, until: by })
      return
    }
    if (by !== 'afterwards') {
      world.addSeats({ subscriptionId, delta, by })
      return
    }
    world.addSeats({ subscriptionId, delta, by: 'nothing' })
    const at = toInstant(this.now)
    const act = () => void world.placeOrderAfterwards({ subscriptionId, delta, at })
    this.#later = [...this.#later, { at: toInstant(new Date(this.now.getTime() + days * 86_400_000)), act }]
  }

  /**
   * Another line of the same customer and product starts or ends, or did, within some days of now: a record that ends
   * or begins now could be continued by, or continue, more than one (B18).
   */
  #isCrowded(customerId: string, mpn: string | undefined, own?: SubscriptionState): boolean {
    const today = dateOf(toInstant(this.now))
    const isNear = (date: string) => date >= addDays(today, -4) && date <= addDays(today, 4)
    const isTwin = (other: SubscriptionState) =>
      other.customerId === customerId && other.lines.some((line) => line.mpn === mpn)
    return [...this.emulation.world.projection().subscriptions.values()].some(
      (other) =>
        other.subscriptionId !== own?.subscriptionId &&
        isTwin(other) &&
        (isNear(other.creationDate) || isNear(other.expirationDate)),
    )
  }

  #end({ line, withOrder, zero, again }: Of<'end'>): void {
    const state = this.#line(line, (found) => !this.#isCrowded(found.customerId, found.lines[0]?.mpn, found))
    const sold = state?.lines[0]
    if (state === undefined || sold === undefined) return
    const { world } = this.emulation
    const { subscriptionId } = state
    world.endSubscription({ subscriptionId, withOrder, status: withOrder ? 'terminated' : 'removed' })
    if (zero && sold.seats > 0 && this.#listed.has(subscriptionId))
      world.addSeats({ subscriptionId, delta: -sold.seats, by: 'nothing' })
    if (again === undefined) return
    const plan = this.#plans.get(subscriptionId)
    const { mpn, productName, seats, unitPrice } = sold
    const { customerId, billingPeriod, subscriptionPeriod } = state
    const wanted = { customerId, mpn, productName, seats, unitPrice, billingPeriod, subscriptionPeriod }
    const act = () => {
      const id = world.createSubscription(wanted)
      if (plan !== undefined) this.#plans.set(id, { ...plan, lastTerm: undefined })
    }
    const at = toInstant(new Date(this.now.getTime() + again * 86_400_000 + 60_000))
    this.#later = [...this.#later, { at, act }]
  }

  #replace({ line, more, ends }: Of<'replace'>): void {
    const state = this.#line(line, ({ status }) => status === 'active')
    const sold = state?.lines[0]
    const plan = state === undefined ? undefined : this.#plans.get(state.subscriptionId)
    if (state === undefined || sold === undefined || plan === undefined) return
    const { world } = this.emulation
    const { subscriptionId, customerId, billingPeriod, subscriptionPeriod } = state
    const { mpn, productName, unitPrice } = sold
    const next = world.createSubscription({
      customerId,
      mpn,
      productName,
      unitPrice,
      billingPeriod,
      subscriptionPeriod,
      seats: sold.seats + more,
    })
    this.#plans.set(next, { ...plan, vendorIds: 'none', lastTerm: undefined })
    if (ends === undefined) return
    const wanted = addDays(dateOf(toInstant(this.now)), ends.on)
    const after = this.#changedOn.get(subscriptionId) ?? state.creationDate
    const endDate = wanted > after ? wanted : addDays(after, 1)
    this.#leavesOn.set(subscriptionId, endDate)
    const act = () => {
      const lives = this.live().some((other) => other.subscriptionId === subscriptionId)
      if (lives) world.endSubscription({ subscriptionId, endDate, withOrder: false, status: 'removed' })
    }
    this.#later = [
      ...this.#later,
      { at: toInstant(new Date(this.now.getTime() + ends.in * 86_400_000)), act },
    ]
  }
}
