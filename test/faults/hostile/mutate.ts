import { pick } from './scenario.js'

type Draw = () => number

/** A request as a platform really sent it. */
export interface Recorded {
  readonly surface: 'slack' | 'teams'
  readonly type: 'form' | 'json'
  readonly body: string
}

/** What becomes of it. */
export interface Mutated {
  readonly surface: Recorded['surface']
  /** undefined: the header is missing. */
  readonly contentType: string | undefined
  readonly body: Buffer
  /** What was done to it, in words, for looking at it again. */
  readonly how: string
}

type Tree = Record<string, unknown> | unknown[]

const DEEP = 10_000
const LONG = 100_000
const LARGEST_BYTES = 10 * 1024 * 1024
const MOST_BYTES = 1024 * 1024
/** Share of requests with a body of around the limit and far beyond it: each costs as much as hundreds of others. */
const LARGE = 0.002
/** Share of requests changed as bytes, without a look at what they say. */
const RAW = 0.15

/** Values as JSON text, also such as no library would write. */
const VALUES: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1e999',
  '-1E400',
  '9007199254740993',
  '0.1e-400',
  '123456789012345678901234567890',
  '""',
  '[]',
  '{}',
  '[[]]',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u202eevil\\u2066"',
  '"\\u200b\\u200d\\ufeff"',
  '"\\u001b[2J"',
  '"<!channel> <@U1> <http://evil.example|x>"',
  '"${$root} {{DATE(2026-01-01T00:00:00Z)}}"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"../../etc/passwd"',
  '"http://169.254.169.254/latest"',
  '"\'; DROP TABLE msp; --"',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{"role":"admin"}}}',
  '{"toString":null,"valueOf":1}',
  '{"length":1e9}',
  '{"then":1}',
  '{"toJSON":"x"}',
]

/** Values that are made when they are drawn: too large to be kept. */
const LARGE_VALUES: readonly (() => string)[] = [
  () => '['.repeat(DEEP) + ']'.repeat(DEEP),
  () => '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP),
  () => '['.repeat(DEEP),
  () => JSON.stringify('a'.repeat(LONG)),
  () => JSON.stringify('\u202e'.repeat(LONG)),
  () => JSON.stringify('<@U1>'.repeat(LONG / 5)),
  () => `[${'null,'.repeat(LONG / 5)}null]`,
  () => `{${Array.from({ length: 5000 }, (_, index) => `"k${index}":${index}`).join(',')}}`,
]
/** Share of values that are large ones. */
const LARGE_VALUE = 0.04

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '',
  '\u0000',
] as const
const TYPES: readonly (string | undefined)[] = [
  undefined,
  '',
  'text/plain',
  'application/json; charset=utf-16',
  'application/json;charset="utf-8"',
  'application/x-www-form-urlencoded; charset=latin1',
  'multipart/form-data; boundary=x',
  'APPLICATION/JSON',
  'application/json, application/x-www-form-urlencoded',
]
const OF_TYPE = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const

/** Changes one request in one to three places, or as bytes. The same draws change it the same way. */
export function mutate(draw: Draw, recorded: Recorded): Mutated {
  const { surface, type } = recorded
  const contentType = draw() < 0.03 ? pick(draw, TYPES) : OF_TYPE[type]
  const share = draw()
  if (share < LARGE) {
    const size = pick(draw, [MOST_BYTES, MOST_BYTES + 1, 2 * MOST_BYTES, LARGEST_BYTES])
    return { surface, contentType, body: padded(recorded, size), how: `a body of ${size} bytes` }
  }
  if (share < LARGE + RAW) {
    const [how, change] = pick(draw, RAW_CHANGES)
    return { surface, contentType, body: change(Buffer.from(recorded.body), draw), how }
  }
  const { body, how } = mutateContent(draw, recorded)
  return { surface, contentType, body: Buffer.from(body), how }
}

function padded({ type, body }: Recorded, size: number): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, type === 'json' ? ' ' : '&')])
}

const RAW_CHANGES: readonly (readonly [how: string, change: (bytes: Buffer, draw: Draw) => Buffer])[] = [
  ['cut short', (bytes, draw) => bytes.subarray(0, Math.floor(draw() * bytes.length))],
  ['nothing', () => Buffer.alloc(0)],
  ['twice', (bytes) => Buffer.concat([bytes, bytes])],
  ['behind a mark of its encoding', (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])],
  ['in another encoding', (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le')],
  ['in base64', (bytes) => Buffer.from(bytes.toString('base64'))],
  [
    'with bytes that are no text',
    (bytes, draw) => inserted(bytes, draw, Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80])),
  ],
  ['with a zero byte', (bytes, draw) => inserted(bytes, draw, Buffer.from([0]))],
  [
    'with other bytes',
    (bytes, draw) => {
      const changed = Buffer.from(bytes)
      for (let count = 0; count < 8; count += 1) {
        changed[Math.floor(draw() * changed.length)] = Math.floor(draw() * 256)
      }
      return changed
    },
  ],
  ['random bytes', (bytes, draw) => Buffer.from(bytes.map(() => Math.floor(draw() * 256)))],
]

function inserted(bytes: Buffer, draw: Draw, part: Buffer): Buffer {
  const at = Math.floor(draw() * bytes.length)
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)])
}

/** Stands for JSON text that no value has, until all is written. */
const MARK = '\u0001raw'

function mutateContent(
  draw: Draw,
  { type, body }: Recorded,
): { readonly body: string; readonly how: string } {
  const fields = type === 'form' ? new URLSearchParams(body) : undefined
  const payload = fields?.get('payload') ?? undefined
  const json = type === 'json' ? body : payload
  const tree = (json === undefined ? Object.fromEntries(fields ?? []) : JSON.parse(json)) as Tree
  const raws: string[] = []
  const hows: string[] = []
  const changes = 1 + Math.floor(draw() * 3)
  for (let count = 0; count < changes; count += 1) hows.push(change(draw, tree, raws))
  const how = hows.join(', ')
  if (json === undefined) return { body: formOf(tree, raws), how }
  const text = withRaws(JSON.stringify(tree), raws)
  if (payload === undefined) return { body: text, how }
  return { body: `payload=${encodeURIComponent(wellFormed(text))}`, how }
}

function withRaws(text: string, raws: readonly string[]): string {
  return text.replace(/"\\u0001raw(\d+)"/g, (_, index: string) => raws[Number(index)] ?? 'null')
}

/** A lone surrogate has no place in an address: as everywhere, a mark stands for it. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8')
}

/** Fields of a form are text: a value that is none is written as JSON. */
function formOf(tree: Tree, raws: readonly string[]): string {
  const written = (value: unknown) =>
    typeof value === 'string' && !value.startsWith(MARK) ? value : withRaws(JSON.stringify(value) ?? '', raws)
  return Object.entries(tree)
    .map(
      ([name, value]) =>
        `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(written(value)))}`,
    )
    .join('&')
}

interface Place {
  readonly holder: Tree
  readonly key: string
  readonly path: string
}

function placesOf(tree: Tree, path = ''): Place[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const place = { holder: tree, key, path: `${path}/${key}` }
    return typeof value === 'object' && value !== null
      ? [place, ...placesOf(value as Tree, place.path)]
      : [place]
  })
}

function set(holder: Tree, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Changes one place of the tree; returns what was done. */
function change(draw: Draw, tree: Tree, raws: string[]): string {
  const places = placesOf(tree)
  if (places.length === 0) return 'nothing left'
  const { holder, key, path } = pick(draw, places)
  const raw = (text: string) => `${MARK}${raws.push(text) - 1}`
  const drawn = () => (draw() < LARGE_VALUE ? pick(draw, LARGE_VALUES)() : pick(draw, VALUES))
  const before = (holder as Record<string, unknown>)[key]
  const kind = draw()
  if (kind < 0.45) {
    const value = drawn()
    set(holder, key, raw(value))
    return `${path} = ${value.slice(0, 40)}`
  }
  if (kind < 0.6) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else Reflect.deleteProperty(holder, key)
    return `no ${path}`
  }
  if (kind < 0.7 && typeof before === 'string') {
    const part = pick(draw, [
      '\u0000',
      '\ud800',
      '\u202e',
      '\u200b',
      '<!here>',
      '`',
      '\n',
      '&',
      '%00',
      '=',
      '😀',
    ])
    const at = Math.floor(draw() * before.length)
    set(holder, key, before.slice(0, at) + part + before.slice(at))
    return `${path} with ${JSON.stringify(part)}`
  }
  if (kind < 0.8) {
    const other = pick(draw, places)
    set(holder, key, structuredClone((other.holder as Record<string, unknown>)[other.key]))
    return `${path} = that of ${other.path}`
  }
  if (kind < 0.9 && !Array.isArray(holder)) {
    const name = pick(draw, KEYS)
    set(holder, name, raw(drawn()))
    return `${path} beside ${JSON.stringify(name)}`
  }
  if (kind < 0.95 && !Array.isArray(holder)) {
    // The same key a second time: which of them counts must not depend on who reads it.
    set(holder, key, raw(`${JSON.stringify(before) ?? 'null'},${JSON.stringify(key)}:${drawn()}`))
    return `${path} twice`
  }
  set(
    holder,
    key,
    Array.from({ length: 300 }, () => before),
  )
  return `${path} 300 times`
}
