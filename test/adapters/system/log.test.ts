import { describe, expect, test } from 'vitest'
import { createLog } from '../../../adapters/system/log.js'
import type { Log } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'

function linesOf(secrets: readonly string[], write: (log: Log) => void): string[] {
  const lines: string[] = []
  write(createLog({ level: 'info', secrets, destination: { write: (line) => void lines.push(line) } }))
  return lines
}

function onlyLine(secrets: readonly string[], write: (log: Log) => void): string {
  const lines = linesOf(secrets, write)
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

describe('a log line', () => {
  test('is one line of JSON with level, time, fields and message', () => {
    const line = onlyLine([], (log) => log.warn({ customer: 'C1' }, 'two\nlines'))
    expect(line.endsWith('}\n')).toBe(true)
    expect(line.trimEnd()).not.toContain('\n')
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>
    expect(rest).toEqual({ level: 'warn', customer: 'C1', msg: 'two\nlines' })
    expect(new Date(String(time)).toISOString()).toBe(time)
  })

  test('is not written below the level', () => {
    const lines: string[] = []
    const destination = { write: (line: string) => void lines.push(line) }
    const log = createLog({ level: 'warn', secrets: [], destination })
    log.info({}, 'quiet')
    expect(lines).toEqual([])
    log.error({}, 'loud')
    expect(lines).toHaveLength(1)
  })

  test('does not show what looks like a secret, also when nobody knew it before', () => {
    const lines: string[] = []
    const destination = { write: (line: string) => void lines.push(line) }
    const log = createLog({ level: 'info', secrets: [], shapes: [/\bxoxb-[a-z0-9-]+/g], destination })
    log.info({ tokens: ['xoxb-1-abc', 'say xoxb-2'] }, 'xoxb-3')
    expect(lines.join('')).toContain('"tokens":["[secret]","say [secret]"]')
    expect(lines.join('')).not.toContain('xoxb')
  })

  test('shows an error with its causes', () => {
    const error = new Error('outside', { cause: new Problem({ kind: 'input', what: 'Inside.' }) })
    const line = onlyLine([], (log) => log.error({ error }, 'failed'))
    const entry = JSON.parse(line) as {
      error: { message: string; stack: string; cause: { message: string } }
    }
    expect(entry.error.message).toBe('outside')
    expect(entry.error.stack).toContain('log.test')
    expect(entry.error.cause.message).toBe('Inside.')
  })
})

describe('a secret never appears in a log line', () => {
  const secret = 'pa"ss\\wörd/1+2'
  const places = {
    'in the message': (log: Log) => log.info({}, `using ${secret}`),
    'in a field': (log: Log) => log.info({ header: secret }, 'm'),
    'as the name of a field': (log: Log) => log.info({ [secret]: 1 }, 'm'),
    'deep inside': (log: Log) => log.info({ a: [{ b: { c: [secret] } }] }, 'm'),
    'in an error': (log: Log) => log.error({ error: new Error(`refused ${secret}`) }, 'm'),
    'in the cause of an error': (log: Log) =>
      log.error({ error: new Error('x', { cause: new Error(secret) }) }, 'm'),
    'in a URL': (log: Log) => log.info({ url: `https://host/?key=${encodeURIComponent(secret)}` }, 'm'),
    'in a form': (log: Log) => log.info({ body: new URLSearchParams({ password: secret }).toString() }, 'm'),
    'in JSON inside a text': (log: Log) => log.info({ body: JSON.stringify({ secret }) }, 'm'),
  }
  const traces = [secret, encodeURIComponent(secret), 'ss\\\\w', 'wörd', 'w%C3%B6rd']

  test.each(Object.entries<(log: Log) => void>(places))('%s', (_place, write) => {
    // The same line without the guard shows that there was something to hide.
    expect(traces.some((trace) => onlyLine([], write).includes(trace))).toBe(true)
    const line = onlyLine([secret], write)
    for (const trace of traces) expect(line).not.toContain(trace)
    expect(line).toContain('[secret]')
  })
})
