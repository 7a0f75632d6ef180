import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openStorage } from '../../../adapters/storage/open.js'
import type { Storage } from '../../../adapters/storage/open.js'
import { settingsDraft } from './billing-fixtures.js'
import {
  after,
  claimed,
  everyStep,
  locked,
  mapping,
  outcome,
  part,
  promised,
  reading,
} from './sync-fixtures.js'
import { ENGINE, memoryLog, testDatabases } from '../../support/database.js'
import { EVERY_RULE } from '../../support/every-rule.js'
import { observation, unchanged } from '../../support/observations.js'
import { decimal, observed, order } from '../../support/observed.js'

const databases = testDatabases()

async function exported(storage: Storage): Promise<string[]> {
  const lines: string[] = []
  for await (const line of storage.exportLines()) lines.push(line)
  return lines
}

async function* stream(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield line
}

/** The last line for what stands before it, as an export writes it. */
function endOf(lines: readonly string[]): string {
  const sum = createHash('sha256')
  for (const line of lines) sum.update(`${line}\n`)
  return JSON.stringify({ sha256: sum.digest('hex') })
}

/** More customers than are fetched or written at a time, and values that a careless copy would spoil. */
async function fill({ ledger, billing, sync }: Storage): Promise<void> {
  const customers = Array.from({ length: 4321 }, (_, index) => {
    return {
      id: `C${index}`,
      name: `Line\nbreak "${index}" \\ 日本語 \u0001`,
      billingCurrency: index % 2 === 0 ? 'USD' : undefined,
    }
  })
  const subscription = observed({
    quantity: decimal('99999999999999999999.12345678'),
    unitPrice: { currency: 'KWD', amount: decimal('0.00000001') },
    productName: '{"table":"msp","rows":1}',
  })
  const states = [{ subscription, present: true }]
  const setups = [
    {
      detail: 1,
      mpn: 'S',
      description: 'x',
      quantity: decimal('12345678901234567890'),
      unitPrice: { currency: 'USD', amount: decimal('0.1') },
    },
  ]
  await ledger.record(observation('a', undefined, { customers, states, orders: [order({ setups })] }))
  await ledger.record(unchanged('b', 1))
  await billing.recordSettings(settingsDraft({ says: EVERY_RULE }), 0)
  await sync.map(mapping())
  await sync.saveReading(reading(), [locked()])
  await promised(billing, ['s1', part(everyStep('5'), { psa: 'autotask', containerId: '5' })])
  const claim = await claimed(sync)
  await sync.sending(claim, 'BR-0001/2', after(1), after(2))
  await sync.settle(claim, 'BR-0001/2', outcome('confirmed'))
}

async function both(work: (source: Storage, target: Storage) => Promise<void>): Promise<void> {
  const source = await (await databases.create()).open()
  // A server's content comes into an embedded database and back: the way a small MSP grows.
  const target = await openStorage({ mspId: 'msp-1', shortLived: true, log: memoryLog() })
  try {
    await work(source, target)
  } finally {
    await target.close()
    await source.close()
  }
}

/** A file that is changed, and what is said about it. */
type Broken = Readonly<Record<string, readonly [readonly string[], string | RegExp]>>

function resealed(changed: readonly string[]): readonly string[] {
  return [...changed, endOf(changed)]
}

function brokenFiles(lines: readonly string[]): Broken {
  const [header = '', ...content] = lines.slice(0, -1)
  return {
    'nothing at all': [[], 'line 1: This line of the export cannot be used: the file ends here.'],
    'something else': [['id,name', '1,x'], 'line 1: This line of the export cannot be used: it is not JSON'],
    'JSON of something else': [
      ['{"a":1}'],
      'line 1: This line of the export cannot be used: this is not an export',
    ],
    'another format': [
      resealed([header.replace('"version":1', '"version":2'), ...content]),
      'this is not an export of this program',
    ],
    'another version of the program': [
      resealed([header.replace(/"migrations":\[/, '"migrations":["1_old",'), ...content]),
      /another version of this program.*Start the newer version/,
    ],
    'cut short': [lines.slice(0, 100), /line 101: .* the file ends here/],
    'without its end': [lines.slice(0, -1), /the file ends here/],
    'one amount changed': [
      lines.map((line) => line.replace('99999999999999999999.12345678', '99999999999999999999.12345679')),
      /the lines before it were changed/,
    ],
    'one line missing': [[...lines.slice(0, 50), ...lines.slice(51)], /cannot be used|does not fit/],
    'a line too many': [[...lines, '{}'], /nothing may follow the last line/],
    'a line without end': [[header, 'x'.repeat(17 * 1024 * 1024)], /line 2: .* it is too long/],
  }
}

function brokenRows(lines: readonly string[]): Broken {
  const [header = '', ...content] = lines.slice(0, -1)
  return {
    'a table that is not ours': [
      resealed([header, '{"table":"pg_class","rows":0}', ...content]),
      /line 2: .* it does not name a table of ours/,
    ],
    'rows that are no number': [
      resealed([header, '{"table":"msp","rows":"x"}', ...content]),
      /line 2: .* it does not name a table of ours/,
    ],
    'a row twice': [
      resealed([
        header,
        ...content.flatMap((line) =>
          line.includes('"L-1"')
            ? [line, line]
            : [line.replace('"lineage_member","rows":1', '"lineage_member","rows":2')],
        ),
      ]),
      /does not fit \(23505\)/,
    ],
    'a row with a word we do not know': [
      resealed([
        header,
        ...content.map((line) => line.replace('"status": "active"', '"status": "sleeping"')),
      ]),
      /does not fit \(23514\)/,
    ],
    'a row that is not JSON': [
      resealed([header, ...content.map((line) => line.replace('"status": "active"', '"status": '))]),
      /does not fit \(22P02\)/,
    ],
    'a number that is none': [
      resealed([header, ...content.map((line) => line.replace('99999999999999999999.12345678', '"many"'))]),
      /does not fit \(22P02\)/,
    ],
  }
}

describe(`moving a database, ${ENGINE} engine to embedded and back`, () => {
  test('everything arrives exactly as it was', () =>
    both(async (source, target) => {
      await fill(source)
      const lines = await exported(source)
      // Mapping and readings, the run, its request, steps and their promises, two containers, the trail.
      const ofPsas = 5 + 3 + 2 + 10 + 10 + 2 + 3
      const rows = await target.importLines(stream(lines))
      expect(rows).toBe(4321 + 1 + 1 + 2 + 1 + 1 + 3 + ofPsas)
      expect(await target.billing.books()).toEqual(await source.billing.books())
      expect((await target.billing.books()).settings).toMatchObject([{ says: EVERY_RULE, version: 1 }])
      expect(await target.ledger.ledger()).toEqual(await source.ledger.ledger())
      expect(await target.sync.state()).toStrictEqual(await source.sync.state())
      expect((await target.sync.state()).intents).toHaveLength(10)
      expect(await target.billing.approval('APR-0001')).toEqual(await source.billing.approval('APR-0001'))
      expect(await exported(target)).toEqual(lines)
      expect(await claimed(target.sync, 'two', after(3))).toMatchObject({ psa: 'connectwise', fence: 1 })
      const { header } = await target.ledger.record(unchanged('c', 2))
      expect(header.sequence).toBe(3)
      const back = await (await databases.create()).open()
      const moved = await exported(target)
      await back.importLines(stream(moved))
      expect(await exported(back)).toEqual(moved)
      await back.close()
    }))

  test('what cannot be used is refused with its line, and nothing is imported', () =>
    both(async (source, target) => {
      await fill(source)
      const lines = await exported(source)
      const cases = { ...brokenFiles(lines), ...brokenRows(lines) }
      for (const [name, [changed, sentence]] of Object.entries(cases)) {
        const refused = target.importLines(stream(changed))
        await expect(refused, name).rejects.toMatchObject({ kind: 'input', notDone: 'Nothing was imported.' })
        await expect(refused, name).rejects.toThrow(sentence)
        expect((await target.ledger.ledger()).customers, name).toEqual([])
      }
      expect(await target.importLines(stream(lines))).toBeGreaterThan(4321)
    }))

  test('only an empty database of the same MSP takes it', () =>
    both(async (source, target) => {
      await fill(source)
      const lines = await exported(source)
      await target.importLines(stream(lines))
      await expect(target.importLines(stream(lines))).rejects.toMatchObject({
        kind: 'conflict',
        notDone: 'Nothing was imported.',
      })
      const other = await openStorage({ mspId: 'msp-2', shortLived: true, log: memoryLog() })
      await expect(other.importLines(stream(lines))).rejects.toMatchObject({ kind: 'notFound' })
      await other.ledger.record(observation('a', undefined))
      expect((await other.ledger.ledger()).customers).toHaveLength(1)
      await other.close()
    }))

  test('whoever stops reading half way holds nobody up', async () => {
    const storage = await (await databases.create()).open()
    await fill(storage)
    for await (const line of storage.exportLines()) if (line.includes('"C1"')) break
    await storage.ledger.record(unchanged('c', 2))
    expect((await storage.ledger.latest())?.sequence).toBe(3)
    await storage.close()
  })
})
