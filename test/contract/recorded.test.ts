import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectWiseClient } from '../emulators/shared/connectwise-client.js'
import { TWO_CUSTOMERS } from '../emulators/shared/connectwise-world.js'
import { startRecordedConnectWise } from './recorded-connectwise.js'
import { readTraffic } from './traffic.js'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'recorded-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

describe('a recorded PSA', () => {
  it('leads from page to page through the recorder, and says so', async () => {
    const emulator = await startRecordedConnectWise(
      { now: () => new Date('2026-03-20T13:00:00Z'), world: TWO_CUSTOMERS },
      directory,
    )
    const client = connectWiseClient(emulator)
    const { headers } = await client.get('/procurement/catalog?pageSize=3')
    expect(headers.get('link')).toContain(`<${emulator.url}/v4_6_release/apis/3.0/procurement/catalog?`)
    await emulator.close()
    const [exchange] = readTraffic(directory)
    expect(exchange?.notes).toMatchObject({
      service: 'connectwise',
      basePaths: ['/v2025_1/apis/3.0', '/v4_6_release/apis/3.0'],
      disturbed: false,
    })
  })

  it('notes that its answers are disturbed once a fault that does so was planned', async () => {
    const emulator = await startRecordedConnectWise({ now: () => new Date(0) }, directory)
    emulator.setFaults([{ kind: 'truncated', times: 1 }])
    emulator.setFaults([])
    await connectWiseClient(emulator).get('/system/info')
    await emulator.close()
    expect(readTraffic(directory).map(({ notes }) => notes.disturbed)).toEqual([true])
  })
})
