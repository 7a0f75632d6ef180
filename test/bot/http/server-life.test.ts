import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import * as product from '../../../bot/http.js'
import { Problem } from '../../../core/problem.js'
import { memoryLog } from '../../support/memory-log.js'
import { rawRequest } from '../../support/raw-request.js'
import { type Options, serve, withoutGuard } from './serve.js'

describe('a handler that fails', () => {
  const boom = (fail: () => Promise<void> | void): Options => ({
    routes: [{ method: 'POST', path: '/slack/events', handle: fail }],
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('secret xoxb-1 at /etc/passwd')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('secret xoxb-1 at /etc/passwd')
      },
    ],
    [
      'refuses',
      async () => {
        throw new Problem({ kind: 'forbidden', what: 'secret xoxb-1' })
      },
    ],
    [
      'throws no error',
      () => {
        throw 'secret xoxb-1' as unknown as Error
      },
    ],
  ])('%s: a plain 500 that tells nothing, and it stands in the log', async (_, fail) => {
    const { url, log } = await serve(boom(fail))
    const answer = await rawRequest(url, { method: 'POST', path: '/slack/events' })
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error\n' })
    expect(JSON.stringify(answer)).not.toContain('xoxb')
    expect(log.lines).toMatchObject([{ level: 'error', fields: { route: 'POST /slack/events' } }])
    expect((await rawRequest(url, { path: '/healthz' })).status).toBe(200)
  })

  test('having said something already: the line is cut', async () => {
    const { url } = await serve({
      routes: [
        {
          method: 'POST',
          path: '/slack/events',
          handle: ({ response }) => {
            response.write('half')
            throw new Error('boom')
          },
        },
      ],
    })
    await expect(rawRequest(url, { method: 'POST', path: '/slack/events' })).rejects.toThrow(
      /aborted|hang up/,
    )
  })

  test('never answering: 503 in the end', async () => {
    const quick = await withoutGuard('  }, SERVER_ANSWER_MILLISECONDS)', '  }, 30)')
    const { url, log } = await serve(
      boom(() => new Promise<void>(() => undefined)),
      quick,
    )
    expect((await rawRequest(url, { method: 'POST', path: '/slack/events' })).status).toBe(503)
    expect(log.lines).toHaveLength(1)
  })
})

describe('readiness and figures', () => {
  test('ready when every check passes, and which does not', async () => {
    let fails = true
    const check = async () => {
      if (fails) throw new Error('password authentication failed for user billing')
    }
    const { url } = await serve({ checks: { database: check, slack: async () => undefined } })
    const not = await rawRequest(url, { path: '/readyz' })
    expect([not.status, JSON.parse(not.body)]).toEqual([
      503,
      { ready: false, checks: { database: 'failed', slack: 'ok' } },
    ])
    expect((await rawRequest(url, { path: '/healthz' })).status).toBe(200)
    fails = false
    expect((await rawRequest(url, { path: '/readyz' })).status).toBe(200)
  })

  test('what has to be known besides is said, and is no failure', async () => {
    const { url } = await serve({ warnings: ['Nobody is checked.'] })
    const { status, body } = await rawRequest(url, { path: '/readyz' })
    expect([status, JSON.parse(body)]).toEqual([
      200,
      { ready: true, checks: {}, warnings: ['Nobody is checked.'] },
    ])
  })

  test('a check that hangs has failed', async () => {
    const quick = await withoutGuard('within(SERVER_CHECK_MILLISECONDS, check)', 'within(20, check)')
    const { url } = await serve({ checks: { database: () => new Promise(() => undefined) } }, quick)
    expect((await rawRequest(url, { path: '/readyz' })).status).toBe(503)
  })

  test('asked fifty times at once, checked once', async () => {
    let checks = 0
    const check = async () => {
      checks += 1
      await wait(50)
    }
    const { url } = await serve({ checks: { database: check } })
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/readyz`)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(checks).toBeLessThan(10)
  })

  test('answers are counted by route and status', async () => {
    const { url } = await serve()
    await rawRequest(url, { path: '/nothing?token=secret' })
    await rawRequest(url, { method: 'POST', path: '/slack/events' })
    const { body } = await rawRequest(url, { path: '/metrics' })
    expect(body).toContain('billing_http_responses_total{route="none",status="404"} 1\n')
    expect(body).toContain('billing_http_responses_total{route="POST /slack/events",status="200"} 1\n')
    expect(body).toMatch(/^process_resident_memory_bytes \d+$/m)
    expect(body).not.toContain('secret')
  })
})

describe('stopping', () => {
  test('what runs ends, nothing new begins, and it is over', async () => {
    const log = memoryLog()
    const work = product.createWork(log)
    const order: string[] = []
    let release: (value?: unknown) => void = () => undefined
    const held = new Promise((resolve) => (release = resolve))
    const { server, url } = await serve({
      work,
      routes: [
        {
          method: 'POST',
          path: '/slack/events',
          handle: async ({ response }) => {
            work.start('after', async () => {
              await wait(30)
              order.push('work')
              work.start('after that', async () => void order.push('more work'))
            })
            await held
            order.push('request')
            response.end('done')
          },
        },
      ],
    })
    const running = rawRequest(url, { method: 'POST', path: '/slack/events' })
    await wait(20)
    const closed = server.close().then(() => order.push('closed'))
    expect(server.close()).toBe(server.close())
    await expect(rawRequest(url, { path: '/healthz' })).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/)
    release()
    expect(await running).toMatchObject({ status: 200, body: 'done' })
    await closed
    expect(order.at(-1)).toBe('closed')
    expect([...order].sort()).toEqual(['closed', 'more work', 'request', 'work'])
  })

  test('what never ends is left behind, and that is said', async () => {
    const quick = await withoutGuard('within(SERVER_SHUTDOWN_MILLISECONDS, async', 'within(50, async')
    const log = memoryLog()
    const work = product.createWork(log)
    work.start('forever', () => new Promise(() => undefined))
    const { server, log: serverLog } = await serve({ work }, quick)
    await server.close()
    expect(serverLog.lines).toMatchObject([{ level: 'warn', fields: { work: 1 } }])
  })

  test('what goes on after an answer has time, what makes one does not', async () => {
    const patient = new AsyncLocalStorage<true>()
    const work = product.createWork(memoryLog(), (task) => patient.run(true, task))
    const seen: string[] = []
    const note = (name: string) => async () => {
      await wait(1)
      seen.push(`${name} ${patient.getStore() === true ? 'has time' : 'is waited for'}`)
    }
    work.start('after', note('after'))
    work.startAnswer('answer', note('answer'))
    work.startAnswer('bad', async () => {
      throw new Error('boom')
    })
    await work.finish()
    expect(seen.sort()).toEqual(['after has time', 'answer is waited for'])
  })

  test('work that fails is logged by name and harms nothing else', async () => {
    const log = memoryLog()
    const work = product.createWork(log)
    let done = false
    work.start('bad', () => {
      throw new Error('boom')
    })
    work.start('worse', async () => {
      throw new Error('boom')
    })
    work.start('good', async () => void (done = true))
    await work.finish()
    expect([done, work.running]).toEqual([true, 0])
    expect(log.lines.map(({ fields }) => fields['work'])).toEqual(['bad', 'worse'])
  })
})

test('a port that is taken is a sentence, not a crash', async () => {
  const { server } = await serve()
  const second = product.createHttpServer({ port: server.port, routes: [], log: memoryLog() })
  await expect(second).rejects.toThrow(/port \d+ cannot be listened on \(EADDRINUSE\).*Nothing was started/)
})

test('a route listed twice is a bug', async () => {
  const route: product.Route = { method: 'GET', path: '/healthz', handle: () => undefined }
  await expect(product.createHttpServer({ port: 0, routes: [route], log: memoryLog() })).rejects.toThrow(
    /twice/,
  )
})
