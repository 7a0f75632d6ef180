import { toInstant } from '../shared/dates.js'
import type { CustomerCreated, Instant } from './events.js'
import type { FaultPlan } from './faults.js'
import { answerList, type Filter, Refusal } from './listing.js'
import { type OrderState, orderStatusAt, type Projection, type SubscriptionState } from './projection.js'
import type { Quirks } from './quirks.js'
import {
  type Rendering,
  renderCatalogProduct,
  renderCustomer,
  renderOrder,
  renderOrderRow,
  renderSubscription,
  renderSubscriptionRow,
} from './render.js'

/** What a signed-in request is answered from. */
export interface Scene {
  readonly projection: Projection
  readonly instant: Instant
  readonly quirks: Quirks
  readonly plan: FaultPlan
  readonly rendering: Rendering
  readonly zeroSeats: boolean
}

const SUBSCRIPTION_STATUSES: readonly string[] = ['pending', 'active', 'hold', 'terminated', 'removed']
const ORDER_STATUSES: readonly string[] = ['submitted', 'processing', 'completed', 'cancelled', 'error']

/** One word of a fixed set. A comma is refused, or read as "either" when the quirk is off. */
function statusFilter<Row>(
  words: readonly string[],
  quirks: Quirks,
  statusOf: (row: Row) => string,
): Filter<Row> {
  const split = (value: string): readonly string[] => (quirks.refuseCommaStatus ? [value] : value.split(','))
  return {
    parameter: 'status',
    check(value) {
      for (const word of split(value)) {
        if (!words.includes(word)) throw new Refusal(400, `Invalid value '${word}' of parameter 'status'.`)
      }
    },
    accepts: (row, value) => split(value).includes(statusOf(row)),
  }
}

function equals<Row>(parameter: string, of: (row: Row) => string | null): Filter<Row> {
  return { parameter, accepts: (row, value) => of(row) === value }
}

function dateFilter<Row>(
  parameter: string,
  pattern: RegExp,
  accepts: (row: Row, value: string) => boolean,
): Filter<Row> {
  const check = (value: string): void => {
    if (!pattern.test(value) || Number.isNaN(Date.parse(value))) {
      throw new Refusal(400, `Invalid value '${value}' of parameter '${parameter}'.`)
    }
  }
  return { parameter, accepts, check }
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

function listCustomers({ projection, quirks, plan }: Scene, query: URLSearchParams): unknown {
  const similar = (row: CustomerCreated, value: string): boolean =>
    row.name.toLowerCase().includes(value.toLowerCase())
  return answerList<CustomerCreated>(
    {
      path: '/customers',
      rows: [...projection.customers.values()],
      filters: [
        { parameter: 'name', accepts: similar },
        { parameter: 'email', accepts: (row, value) => value === `admin.${row.customerId}@example.com` },
        equals('externalId', (row) => row.externalId),
        equals('resellerId', () => '1000001'),
      ],
      render: renderCustomer,
    },
    query,
    { quirks, plan },
  )
}

function shown({ zeroSeats }: Scene, state: SubscriptionState): SubscriptionState {
  return zeroSeats ? { ...state, lines: state.lines.map((line) => ({ ...line, seats: 0 })) } : state
}

function listSubscriptions(scene: Scene, query: URLSearchParams): unknown {
  const { projection, quirks, plan, rendering } = scene
  const vanished = plan.vanished()
  return answerList<SubscriptionState>(
    {
      path: '/subscriptions',
      rows: [...projection.subscriptions.values()].filter((state) => !vanished.has(state.subscriptionId)),
      filters: [
        equals('customerId', (row) => row.customerId),
        statusFilter(SUBSCRIPTION_STATUSES, quirks, (row) => row.status),
        dateFilter('creationDateFrom', DATE, (row, value) => row.creationDate >= value),
        dateFilter('creationDateTo', DATE, (row, value) => row.creationDate <= value),
      ],
      render: (state) =>
        quirks.leanSubscriptionList
          ? renderSubscriptionRow(state)
          : renderSubscription(shown(scene, state), rendering),
    },
    query,
    { quirks, plan },
  )
}

function listOrders(
  { projection, quirks, plan, rendering, instant }: Scene,
  query: URLSearchParams,
): unknown {
  const times: readonly Filter<OrderState>[] = [
    dateFilter(
      'creationTimeFrom',
      INSTANT,
      ({ order }, value) => order.createdAt >= toInstant(new Date(value)),
    ),
    dateFilter(
      'creationTimeTo',
      INSTANT,
      ({ order }, value) => order.createdAt <= toInstant(new Date(value)),
    ),
  ]
  return answerList<OrderState>(
    {
      path: '/orders',
      rows: [...projection.orders.values()],
      filters: [
        equals('customerId', ({ order }) => order.customerId),
        equals('subscriptionId', ({ order }) => order.subscriptionId),
        equals('orderNumber', ({ order }) => order.number),
        statusFilter(ORDER_STATUSES, quirks, (row) => orderStatusAt(row, instant)),
        {
          parameter: 'statusCode',
          accepts: (row, value) => renderOrderRow(row, rendering)['statusCode'] === value,
        },
        ...(quirks.honourCreationTimes ? times : []),
      ],
      render: (state) =>
        quirks.leanOrderList ? renderOrderRow(state, rendering) : renderOrder(state, rendering),
    },
    query,
    { quirks, plan },
  )
}

function listProducts({ projection, quirks, plan, rendering }: Scene, query: URLSearchParams): unknown {
  const offers = new Map<string, Readonly<Record<string, unknown>>>()
  for (const state of projection.subscriptions.values()) {
    for (const line of state.lines) offers.set(line.mpn, renderCatalogProduct(state, line, rendering))
  }
  const rows = [...offers.values()]
  const field = (name: string): Filter<(typeof rows)[number]> => ({
    parameter: name,
    accepts: (row, value) => row[name] === value,
  })
  const filters = [field('name'), field('serviceName'), field('mpn'), field('vendor')]
  return answerList({ path: '/products', rows, filters, render: (row) => row }, query, { quirks, plan })
}

function found<Value>(value: Value | undefined, what: string, id: string): Value {
  if (value === undefined) throw new Refusal(404, `${what} with id ${id} is not found.`)
  return value
}

function one(scene: Scene, resource: string, id: string): unknown {
  const { projection, plan, rendering } = scene
  switch (resource) {
    case 'customers':
      return renderCustomer(found(projection.customers.get(id), 'Customer', id))
    case 'subscriptions': {
      const state = plan.vanished().has(id) ? undefined : projection.subscriptions.get(id)
      return renderSubscription(shown(scene, found(state, 'Subscription', id)), rendering)
    }
    case 'orders':
      return renderOrder(found(projection.orders.get(id), 'Order', id), rendering)
    default:
      throw new Refusal(404, 'Resource not found')
  }
}

function many(scene: Scene, resource: string, query: URLSearchParams): unknown {
  if (!(Number(query.get('offset')) > 0)) scene.plan.startPoll(`/${resource}`)
  switch (resource) {
    case 'customers':
      return listCustomers(scene, query)
    case 'subscriptions':
      return listSubscriptions(scene, query)
    case 'orders':
      return listOrders(scene, query)
    case 'products':
      return listProducts(scene, query)
    case 'reports':
      return answerList({ path: '/reports', rows: [], filters: [], render: (row) => row }, query, scene)
    default:
      throw new Refusal(404, 'Resource not found')
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refusal(400, 'Malformed path')
  }
}

/** Answers a signed-in GET below the base address; throws {@link Refusal}. */
export function answer(scene: Scene, path: string, query: URLSearchParams): unknown {
  const [resource = '', id, ...rest] = path.split('/').slice(1).map(decoded)
  if (rest.length > 0) throw new Refusal(404, 'Resource not found')
  return id === undefined ? many(scene, resource, query) : one(scene, resource, id)
}
