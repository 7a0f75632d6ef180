import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Job, startJobs } from '../../../bot/jobs/jobs.js'
import { memoryLog } from '../../support/memory-log.js'

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-03-20T13:00:30Z') }))
afterEach(() => void vi.useRealTimers())

describe('every minute', () => {
  it('each job runs, until they are stopped', async () => {
    const run = vi.fn<Job['run']>(async () => undefined)
    const other = vi.fn<Job['run']>(async () => undefined)
    const jobs = startJobs({
      jobs: [
        { name: 'one', run },
        { name: 'other', run: other },
      ],
      log: memoryLog(),
    })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(run).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(120_000)
    const before = [run, other].map(({ mock }) => mock.calls.length)
    expect(Math.min(...before)).toBeGreaterThanOrEqual(2)
    await jobs.stop()
    await vi.advanceTimersByTimeAsync(300_000)
    expect([run, other].map(({ mock }) => mock.calls.length)).toEqual(before)
  })

  it('one that fails is logged by its name and tried again; the others go on', async () => {
    const log = memoryLog()
    const failing = vi.fn<Job['run']>(async () => {
      throw new Error('the database is away')
    })
    const run = vi.fn<Job['run']>(async () => undefined)
    const jobs = startJobs({
      jobs: [
        { name: 'failing', run: failing },
        { name: 'good', run },
      ],
      log,
    })
    await vi.advanceTimersByTimeAsync(150_000)
    expect(failing.mock.calls.length).toBeGreaterThanOrEqual(2)
    expect(run.mock.calls.length).toBeGreaterThanOrEqual(2)
    expect(log.lines[0]).toMatchObject({
      level: 'error',
      fields: { job: 'failing', reason: 'the database is away' },
    })
    await jobs.stop()
  })

  it('one that takes long is not begun again meanwhile, holds up no other, and is waited for at the end', async () => {
    let release = () => {}
    const slow = vi.fn<Job['run']>(() => new Promise<void>((resolve) => (release = resolve)))
    const run = vi.fn<Job['run']>(async () => undefined)
    const jobs = startJobs({
      jobs: [
        { name: 'slow', run: slow },
        { name: 'quick', run },
      ],
      log: memoryLog(),
    })
    await vi.advanceTimersByTimeAsync(210_000)
    expect(slow).toHaveBeenCalledTimes(1)
    expect(run.mock.calls.length).toBeGreaterThanOrEqual(3)
    let stopped = false
    const stopping = jobs.stop().then(() => (stopped = true))
    await vi.advanceTimersByTimeAsync(1000)
    expect(stopped).toBe(false)
    release()
    await stopping
    expect(stopped).toBe(true)
  })
})
