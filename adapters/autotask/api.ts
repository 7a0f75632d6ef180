import pLimit, { type LimitFunction } from 'p-limit'
import {
  AUTOTASK_ENTITY_CALLS,
  AUTOTASK_PAGE_ROWS,
  AUTOTASK_QUERY_ROWS,
  HTTP_ATTEMPTS,
} from '../../core/limits.js'
import type { WriteOutcome } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import { backoffMilliseconds, type Sleep, sleepForReal, wallClock } from '../http/backoff.js'
import type { HttpRequest } from '../http/client.js'
import type { HttpAnswer } from '../http/judge.js'
import type { AutotaskOptions } from './options.js'
import { NOTHING_READ, read, subjectOf, SYSTEM } from './reading.js'
import { errorsOf, isBusy, readRefusal, SPEAKING, writeOutcome } from './refusal.js'
import type { Parser } from '../http/schema.js'
import { parsePage } from './schema.js'
import { createThreshold, type Purpose, type Threshold, toUsage, type Usage } from './threshold.js'
import { createZone, type Place, type Zone } from './zone.js'

/** One condition of a query; several must all hold. */
export interface Condition {
  readonly op: 'eq' | 'gte' | 'in'
  readonly field: string
  readonly value: number | boolean | readonly number[]
}

export interface Query<Row> {
  readonly entity: string
  readonly filter: readonly Condition[]
  /** Left out: all fields, where the tenant need not have each of those that are used. */
  readonly fields?: readonly string[]
  readonly parse: Parser<Row>
  readonly purpose: Purpose
}

export interface Api {
  /** All rows, page by page. */
  query<Row>(query: Query<Row>): Promise<readonly Row[]>
  get(entity: string, path: readonly string[], purpose: Purpose): Promise<HttpAnswer>
  /** Sends a write once. Nothing is thrown for what a server or a network can do. */
  post(entity: string, path: readonly string[], json: unknown): Promise<WriteOutcome>
}

/** Autotask's API below a user's zone: at most two calls at once per entity, and never the last of the shared limit. */
export function createApi(options: AutotaskOptions): Api {
  const sleep = options.sleep ?? sleepForReal
  const { secrets, ...zone } = createZone(options)
  const limits = createLimits()
  const ground: Ground = {
    zone,
    secrets,
    sleep,
    random: options.random ?? Math.random,
    limitOf: limits,
    threshold: createThreshold({
      ask: async () => await askThreshold(ground),
      now: options.now ?? wallClock,
      sleep,
      log: options.log,
    }),
  }
  return {
    query: async (query) => await queryAll(ground, query),
    async get(entity, path, purpose) {
      const request = { method: 'GET', path: [entity, ...path] } as const
      return await limits(entity)(async () => await readOnce(ground, request, purpose))
    },
    async post(entity, path, json) {
      return await limits(entity)(async () => await sendOnce(ground, path, json))
    },
  }
}

interface Ground {
  readonly zone: Zone
  readonly secrets: () => readonly string[]
  readonly sleep: Sleep
  readonly random: () => number
  readonly limitOf: (entity: string) => LimitFunction
  readonly threshold: Threshold
}

/** A request below the zone's version; or the page a server has named. */
type Call = Pick<HttpRequest, 'method' | 'json' | 'path'>

function createLimits(): (entity: string) => LimitFunction {
  const limits = new Map<string, LimitFunction>()
  return (entity) => {
    const known = limits.get(entity)
    if (known !== undefined) return known
    const limit = pLimit(AUTOTASK_ENTITY_CALLS)
    limits.set(entity, limit)
    return limit
  }
}

async function queryAll<Row>(ground: Ground, query: Query<Row>): Promise<readonly Row[]> {
  const { entity, filter, fields, parse, purpose } = query
  const json = {
    maxRecords: AUTOTASK_PAGE_ROWS,
    ...(fields === undefined ? {} : { includeFields: ['id', ...fields] }),
    filter,
  }
  const rows: Row[] = []
  let path: HttpRequest['path'] = [entity, 'query']
  for (;;) {
    const call: Call = { method: 'POST', path, json }
    const answer = await ground.limitOf(entity)(async () => await readOnce(ground, call, purpose))
    const { where } = answer
    const { items, pageDetails } = read(parsePage, answer.body, { subject: `the list of ${entity}`, where })
    for (const raw of items) {
      rows.push(read(parse, raw, { subject: subjectOf(entity, raw, rows.length + 1), where }))
    }
    if (pageDetails.nextPageUrl === undefined) return rows
    if (rows.length > AUTOTASK_QUERY_ROWS || items.length === 0) throw endless(entity, rows.length, where)
    path = { address: pageDetails.nextPageUrl }
  }
}

/** One read, asked again while Autotask is busy or fails without a word. */
async function readOnce(ground: Ground, call: Call, purpose: Purpose): Promise<HttpAnswer> {
  const { zone, threshold, sleep, random, secrets } = ground
  for (let attempt = 1; ; attempt += 1) {
    const place = await zone.place()
    await threshold.pass(purpose)
    const answer = await ask(place, call)
    const errors = errorsOf(answer.body)
    if (answer.status < 300 && errors.length === 0) return answer
    const passes = isBusy(errors) || (answer.status === 500 && errors.length === 0)
    if (!passes || attempt >= HTTP_ATTEMPTS) {
      // A user that has been moved is refused by the zone it was in.
      if (answer.status === 401) zone.forget()
      throw readRefusal(answer, errors, secrets())
    }
    await sleep(backoffMilliseconds(attempt, random))
  }
}

async function ask({ http, below, headers }: Place, call: Call): Promise<HttpAnswer> {
  const request = { ...call, ...below(call.path), headers, returned: SPEAKING, repeatable: true }
  return await http.request(request)
}

async function askThreshold({ zone, secrets }: Ground): Promise<Usage> {
  const answer = await ask(await zone.place(), { method: 'GET', path: ['ThresholdInformation'] })
  if (answer.status >= 300) throw readRefusal(answer, errorsOf(answer.body), secrets())
  return toUsage(answer.body, { subject: 'the threshold', where: answer.where })
}

async function sendOnce(ground: Ground, path: readonly string[], json: unknown): Promise<WriteOutcome> {
  const { http, below, headers } = await ground.zone.place()
  ground.threshold.count()
  const sent = await http.send({ method: 'POST', ...below(path), json, headers, returned: [500] })
  return writeOutcome(sent, ground.secrets())
}

function endless(entity: string, rows: number, where: string): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `${SYSTEM}'s list of ${entity} goes on after ${rows} rows.`,
    where,
    notDone: NOTHING_READ,
    next: 'Try again; if it stays, ask whoever looks after Autotask.',
  })
}
