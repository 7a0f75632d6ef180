import type { ErrorObject, ValidateFunction } from 'ajv'
import { DEVIATIONS } from './deviations.js'
import type { Operation, Parameter } from './document.js'
import type { Message } from './http-messages.js'
import type { Exchange } from './traffic.js'

/** What a folder of recordings proved. */
export interface Verdict {
  readonly exchanges: number
  /** Requests of each operation, as "GET /orders/{id}". */
  readonly requests: ReadonlyMap<string, number>
  /** Answers whose content was checked, of each operation. */
  readonly answers: ReadonlyMap<string, number>
  /** Answers that carried nothing to check, and why: refusals, cut connections, planned disturbances. */
  readonly unchecked: ReadonlyMap<string, number>
  /** Uses of each accepted deviation. */
  readonly deviations: ReadonlyMap<string, number>
  readonly faults: readonly string[]
}

interface Tally {
  readonly requests: Map<string, number>
  readonly answers: Map<string, number>
  readonly unchecked: Map<string, number>
  readonly deviations: Map<string, number>
  readonly faults: string[]
}

/** Checks every request and every answer against the document's operations. */
export function checkTraffic(operations: readonly Operation[], exchanges: readonly Exchange[]): Verdict {
  const tally: Tally = {
    requests: new Map(),
    answers: new Map(),
    unchecked: new Map(),
    deviations: new Map(),
    faults: [],
  }
  for (const exchange of exchanges) checkExchange(operations, exchange, tally)
  return { exchanges: exchanges.length, ...tally }
}

export function operationName({ method, path }: Operation): string {
  return `${method} ${path}`
}

function checkExchange(operations: readonly Operation[], exchange: Exchange, tally: Tally): void {
  const { request, notes, place } = exchange
  const [method = '', target = ''] = request.startLine.split(' ')
  const url = new URL(target, 'http://recorded')
  if (notes.outside.includes(url.pathname)) {
    count(tally.unchecked, 'request outside the API')
    return
  }
  const basePath = notes.basePaths.find((base) => url.pathname.startsWith(`${base}/`))
  const path = basePath === undefined ? url.pathname : url.pathname.slice(basePath.length)
  const operation = operations.find(
    (candidate) => candidate.method === method && candidate.matches.test(path),
  )
  if (basePath === undefined || operation === undefined) {
    tally.faults.push(`${place}: ${method} ${path}: the document has no such operation`)
    return
  }
  const name = operationName(operation)
  count(tally.requests, name)
  const fault = (text: string): void => {
    tally.faults.push(`${place}: ${name}: ${text}`)
  }
  if (request.cut) {
    count(tally.unchecked, 'request cut off')
    return
  }
  checkRequest(operation, { request, url, path }, fault)
  checkAnswer(operation, { ...exchange, query: url.searchParams }, tally, fault)
}

type Report = (text: string) => void

function checkRequest(
  operation: Operation,
  { request, url, path }: { readonly request: Message; readonly url: URL; readonly path: string },
  fault: Report,
): void {
  const declared = new Set<string>()
  for (const parameter of operation.parameters) {
    if (parameter.in === 'query') declared.add(parameter.name)
    for (const value of valuesOf(parameter, operation, { request, url, path })) {
      checkParameter(parameter, value, fault)
    }
  }
  for (const name of new Set(url.searchParams.keys())) {
    if (!declared.has(name)) fault(`the query parameter ${name} is not described`)
  }
  const scheme = request.headers.get('authorization')?.split(' ')[0]?.toLowerCase()
  if (scheme !== operation.security)
    fault(`signs in by ${scheme ?? 'nothing'} instead of ${operation.security ?? 'nothing'}`)
  if (operation.requestBody === undefined) {
    if (request.body.length > 0) fault('has a body where none is described')
    return
  }
  const body = parseBody(request)
  if (body === undefined) fault('the body is no JSON')
  else for (const error of errorsOf(operation.requestBody, body.value)) fault(`request: ${textOf(error)}`)
}

function valuesOf(
  parameter: Parameter,
  operation: Operation,
  { request, url, path }: { readonly request: Message; readonly url: URL; readonly path: string },
): (string | undefined)[] {
  if (parameter.in === 'header') return [request.headers.get(parameter.name.toLowerCase())]
  if (parameter.in === 'path') {
    const index = operation.path.split('/').indexOf(`{${parameter.name}}`)
    return [decodeURIComponent(path.split('/')[index] ?? '')]
  }
  const values = url.searchParams.getAll(parameter.name)
  return values.length === 0 ? [undefined] : values
}

function checkParameter(
  { name, required, validate, numeric }: Parameter,
  value: string | undefined,
  fault: Report,
): void {
  if (value === undefined || value === '') {
    if (required || value === '') fault(`the parameter ${name} is missing or empty`)
    return
  }
  const read = numeric && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  for (const error of errorsOf(validate, read)) fault(`the parameter ${name}: ${textOf(error)}`)
}

interface Answered extends Exchange {
  /** What was asked for: a list of fields leaves the others out. */
  readonly query: URLSearchParams
}

function checkAnswer(operation: Operation, answered: Answered, tally: Tally, fault: Report): void {
  const { response, notes } = answered
  const skip = (why: string): void => count(tally.unchecked, why)
  if (response === undefined || response.cut) return skip('connection ended before the answer did')
  const status = Number(response.startLine.split(' ')[1])
  const described = operation.responses.get(status) ?? operation.responses.get('default')
  if (status < 400) {
    if (status < 200 || status >= 300) return fault(`answer ${status} is neither success nor refusal`)
    if (described === undefined) return fault(`answer ${status} is not described`)
    if (described.body === undefined) {
      if (response.body.length > 0) fault(`answer ${status} has a body where none is described`)
      return skip(`answer ${status} without a body`)
    }
  }
  const body = parseBody(response)
  if (!isJson(response) || body === undefined) {
    // Only a test that breaks answers on purpose may do without JSON.
    if (notes.disturbed || status >= 500) return skip(`answer ${status} broken on purpose`)
    return fault(`answer ${status} is no JSON`)
  }
  const headers = status >= 400 && notes.disturbed ? [] : (described?.headers ?? [])
  for (const header of headers) {
    if (!response.headers.has(header.toLowerCase())) fault(`answer ${status} lacks the header ${header}`)
  }
  if (status >= 400) return checkRefusal(operation, { status, value: body.value }, skip, fault)
  if (notes.rewritten) return skip('answer changed on purpose')
  if (described?.mediaType !== mediaTypeOf(response))
    fault(`answer ${status} is ${mediaTypeOf(response)} instead of ${described?.mediaType}`)
  count(tally.answers, operationName(operation))
  for (const error of errorsOf(described?.body, body.value)) {
    const deviation = DEVIATIONS[notes.service].find(({ covers }) =>
      covers(error, { path: operation.path, query: answered.query }),
    )
    if (deviation === undefined) fault(`answer: ${textOf(error)}`)
    else count(tally.deviations, deviation.name)
  }
}

function checkRefusal(
  operation: Operation,
  { status, value }: { readonly status: number; readonly value: unknown },
  skip: Report,
  fault: Report,
): void {
  const described = operation.responses.get(status)?.body
  if (!isRefusal(value)) fault(`answer ${status} carries neither "error", "errors" nor "message"`)
  if (described === undefined) return skip(`answer ${status} (the document describes no such refusal)`)
  for (const error of errorsOf(described, value)) fault(`answer ${status}: ${textOf(error)}`)
  return skip(`answer ${status} (a refusal as described)`)
}

function errorsOf(validate: ValidateFunction | undefined, value: unknown): readonly ErrorObject[] {
  return validate === undefined || validate(value) ? [] : (validate.errors ?? [])
}

function textOf({ instancePath, message, params, data }: ErrorObject): string {
  const extra: unknown = params['additionalProperty'] ?? params['allowedValues']
  const found = JSON.stringify(data) ?? 'nothing'
  return [
    instancePath === '' ? 'the whole' : instancePath,
    message ?? 'is wrong',
    extra === undefined ? '' : `(${JSON.stringify(extra)})`,
    `in ${found.length > 120 ? `${found.slice(0, 120)}…` : found}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function mediaTypeOf({ headers }: Message): string {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'of no type'
}

function isJson(message: Message): boolean {
  return /^application\/(?:.+\+)?json$/.test(mediaTypeOf(message))
}

function parseBody({ body }: Message): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}

function isRefusal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    ['error', 'message'].some((name) => typeof Reflect.get(value, name) === 'string') ||
    ('errors' in value && Array.isArray(value.errors) && value.errors.length > 0)
  )
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
