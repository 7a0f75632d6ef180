import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../bot/main.js'

const printed = { out: '', err: '' }

beforeEach(() => {
  Object.assign(printed, { out: '', err: '' })
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed.out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((printed.err += String(text)), true))
})
afterEach(() => void vi.restoreAllMocks())

describe('calculate', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'billing-main-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function calculated(text: string): Promise<number> {
    const file = join(folder, 'input.json')
    await writeFile(file, text)
    return main(['calculate', file])
  }

  test('a fault goes to stderr with exit code 2, and nothing to stdout', async () => {
    expect(await calculated('{"currency":"USD"}')).toBe(2)
    expect(printed.out).toBe('')
    expect(printed.err).toContain('subscription: ')
    expect(printed.err).toContain('Nothing was calculated.\n')
  })

  test('a result goes to stdout alone', async () => {
    const input = {
      currency: 'USD',
      subscription: {
        billingPeriod: { type: 'month', duration: 1 },
        start: '2026-03-01',
        end: null,
        events: [{ on: '2026-03-01', quantity: '20', unitPrice: '22.00' }],
      },
      from: '2026-03-01',
      to: '2026-04-01',
    }
    expect(await calculated(JSON.stringify(input))).toBe(0)
    expect(JSON.parse(printed.out)).toMatchObject({ total: '440.00' })
    expect(printed.err).toBe('')
  })
})

test('ask without words does not lose what was piped in: it refuses', async () => {
  const terminal = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY')
  Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true })
  expect(await main(['ask'])).toBe(2)
  if (terminal === undefined) Reflect.deleteProperty(process.stdin, 'isTTY')
  else Object.defineProperty(process.stdin, 'isTTY', terminal)
  expect(printed.out).toBe('')
  expect(printed.err).toContain('standard input is not read. Nothing was done.')
})
