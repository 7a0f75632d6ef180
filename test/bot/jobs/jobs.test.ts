import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type JobParts, startJobs } from '../../../bot/jobs/jobs.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { memoryLog } from '../../support/memory-log.js'

const RECORD = { approval: { id: 'APR-0001' } } as ApprovalRecord

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-03-20T13:00:30Z') }))
afterEach(() => void vi.useRealTimers())

describe('every minute', () => {
  it('what was approved is carried on, and the cards of what moved follow', async () => {
    const refreshed: string[] = []
    const carryOn = vi.fn<JobParts['carryOn']>(async () => [RECORD])
    const refresh = async ({ approval }: ApprovalRecord) => void refreshed.push(approval.id)
    const jobs = startJobs({ carryOn, refresh, log: memoryLog() })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(carryOn).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(carryOn.mock.calls.length).toBeGreaterThanOrEqual(2)
    expect(refreshed).toHaveLength(carryOn.mock.calls.length)
    const before = carryOn.mock.calls.length
    await jobs.stop()
    await vi.advanceTimersByTimeAsync(300_000)
    expect(carryOn.mock.calls.length).toBe(before)
  })

  it('a failure is logged, and the next minute tries again', async () => {
    const log = memoryLog()
    const carryOn = vi.fn<JobParts['carryOn']>(async () => {
      throw new Error('the database is away')
    })
    const jobs = startJobs({ carryOn, refresh: async () => undefined, log })
    await vi.advanceTimersByTimeAsync(150_000)
    expect(carryOn.mock.calls.length).toBeGreaterThanOrEqual(2)
    expect(JSON.stringify(log.lines)).toContain('the database is away')
    await jobs.stop()
  })
})
