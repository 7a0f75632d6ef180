import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'yaml'

/** The parts of an OpenAPI 3.0 document that a check of traffic needs. */
export interface Operation {
  readonly method: string
  /** "/subscriptions/{id}". */
  readonly path: string
  readonly matches: RegExp
  readonly parameters: readonly Parameter[]
  readonly security: 'basic' | 'bearer' | undefined
  /** undefined: the operation takes no body. */
  readonly requestBody: ValidateFunction | undefined
  /** By status, or "default" for all that are not listed. */
  readonly responses: ReadonlyMap<number | 'default', DescribedResponse>
}

interface DescribedResponse {
  /** undefined: it carries no JSON. */
  readonly body: ValidateFunction | undefined
  /** Without its parameters: "application/json". */
  readonly mediaType: string | undefined
  readonly headers: readonly string[]
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'path'
  readonly required: boolean
  readonly validate: ValidateFunction
  /** Text of a number has to be read as one before it is checked. */
  readonly numeric: boolean
}

type Json = { readonly [key: string]: unknown }
type Direction = 'request' | 'response'

/** What may stand beside the operations of a path: descriptions and parameters of all of them. */
const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options'])

/** Reads an OpenAPI document, YAML or JSON, and prepares a check for each of its operations. */
export function readDocument(file: string): Operation[] {
  const text = readFileSync(file, 'utf8')
  const parsed: unknown = file.endsWith('.json') ? JSON.parse(text) : parse(text)
  const document = asObject(parsed)
  const components = asObject(document['components'])
  const checks = createChecks(asObject(components['schemas'] ?? {}))
  const schemes = asObject(components['securitySchemes'] ?? {})
  const operations: Operation[] = []
  for (const [path, methods] of Object.entries(asObject(document['paths']))) {
    for (const [method, described] of Object.entries(asObject(methods))) {
      if (!METHODS.has(method)) continue
      operations.push(
        readOperation({
          method: method.toUpperCase(),
          path,
          described: { security: document['security'], ...asObject(described) },
          schemes,
          checks,
        }),
      )
    }
  }
  // A fixed path is tried before one with a parameter in the same place: /orders/estimate is no order.
  return operations.sort((left, right) => left.path.split('{').length - right.path.split('{').length)
}

interface OperationText {
  readonly method: string
  readonly path: string
  readonly described: Json
  readonly schemes: Json
  readonly checks: Checks
}

function readOperation({ method, path, described, schemes, checks }: OperationText): Operation {
  const parameters = asList(described['parameters'] ?? []).map((entry) => {
    const { name, in: place, required, schema } = asObject(entry) as Json & { in: Parameter['in'] }
    const { type } = asObject(schema)
    return {
      name: String(name),
      in: place,
      required: required === true,
      validate: checks.compile(schema, 'request'),
      numeric: type === 'integer' || type === 'number',
    }
  })
  const body = described['requestBody']
  const [scheme] = asList(described['security'] ?? []).flatMap((entry) => Object.keys(asObject(entry)))
  const security = scheme === undefined ? undefined : asObject(schemes[scheme])['scheme']
  return {
    method,
    path,
    matches: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
    parameters,
    security: security === 'basic' || security === 'bearer' ? security : undefined,
    requestBody: body === undefined ? undefined : checks.compile(jsonOf(asObject(body))?.schema, 'request'),
    responses: new Map(
      Object.entries(asObject(described['responses'])).map(([status, response]) => [
        status === 'default' ? status : Number(status),
        readResponse(asObject(response), checks),
      ]),
    ),
  }
}

function readResponse(response: Json, checks: Checks): DescribedResponse {
  const json = jsonOf(response)
  return {
    body: json === undefined ? undefined : checks.compile(json.schema, 'response'),
    mediaType: json?.mediaType,
    headers: Object.keys(asObject(response['headers'] ?? {})),
  }
}

/** The JSON among the contents of a request or an answer; vendors have types of their own: application/vnd.x+json. */
function jsonOf(carrier: Json): { readonly mediaType: string; readonly schema: unknown } | undefined {
  for (const [type, content] of Object.entries(asObject(carrier['content'] ?? {}))) {
    const mediaType = type.split(';')[0]?.trim() ?? ''
    if (mediaType.endsWith('json')) return { mediaType, schema: asObject(content)['schema'] }
  }
  return undefined
}

interface Checks {
  compile(schema: unknown, direction: Direction): ValidateFunction
}

/**
 * OpenAPI 3.0 schemas as closed JSON Schemas: a field nobody described is a fault, a write-only one is a fault in an
 * answer, a read-only one in a request.
 */
function createChecks(schemas: Json): Checks {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true })
  // The package is CommonJS; its function is behind `default`.
  formats.default(ajv)
  for (const direction of ['request', 'response'] as const) {
    const closed = Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, close(asObject(schema), direction, schemas)]),
    )
    ajv.addSchema({ $id: direction, definitions: closed })
  }
  return { compile: (schema, direction) => ajv.compile(close(asObject(schema), direction, schemas)) }
}

function close(schema: Json, direction: Direction, schemas: Json): Json {
  const reference = schema['$ref']
  if (typeof reference === 'string') return { $ref: `${direction}#/definitions/${nameOf(reference)}` }
  if (Array.isArray(schema['allOf'])) {
    const parts = schema['allOf'].map((part) => resolve(asObject(part), schemas))
    const { allOf: _, ...rest } = schema
    return close([rest, ...parts].reduce(merge), direction, schemas)
  }
  const { properties, items, additionalProperties, example: _, ...rest } = schema
  // A text as the example of an "object" shows what such a schema means: any JSON value.
  if (rest['type'] === 'object' && properties === undefined && typeof schema['example'] === 'string')
    return {}
  const closed: { [key: string]: unknown } = { ...rest }
  if (items !== undefined) closed['items'] = close(asObject(items), direction, schemas)
  if (additionalProperties !== undefined) {
    closed['additionalProperties'] =
      typeof additionalProperties === 'object'
        ? close(asObject(additionalProperties), direction, schemas)
        : additionalProperties
  }
  if (properties === undefined) return closed
  const hidden = direction === 'request' ? 'readOnly' : 'writeOnly'
  const shown = Object.entries(asObject(properties)).filter(
    ([, property]) =>
      asObject(property)[hidden] !== true && resolve(asObject(property), schemas)[hidden] !== true,
  )
  closed['properties'] = Object.fromEntries(
    shown.map(([name, property]) => [name, close(asObject(property), direction, schemas)]),
  )
  closed['additionalProperties'] ??= false
  const names = new Set(shown.map(([name]) => name))
  const required = asList(rest['required'] ?? []).filter((name) => names.has(String(name)))
  delete closed['required']
  return required.length === 0 ? closed : { ...closed, required }
}

function merge(left: Json, right: Json): Json {
  return {
    ...left,
    ...right,
    properties: { ...asObject(left['properties'] ?? {}), ...asObject(right['properties'] ?? {}) },
    required: [...new Set([...asList(left['required'] ?? []), ...asList(right['required'] ?? [])])],
  }
}

function resolve(schema: Json, schemas: Json): Json {
  const reference = schema['$ref']
  return typeof reference === 'string' ? asObject(schemas[nameOf(reference)]) : schema
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('the document has no object where one belongs')
  return value as Json
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('the document has no list where one belongs')
  return value
}
