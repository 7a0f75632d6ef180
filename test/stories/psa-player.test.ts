import { describe, expect, it, vi } from 'vitest'
import type { Storage, StorageOptions } from '../../adapters/storage/open.js'
import { parseStory } from '../support/story/parse.js'
import { type Opening, PLAY_MILLISECONDS, createTheatre } from '../support/story/theatre.js'

const opening = vi.hoisted<Opening>(() => ({
  open: () => Promise.reject(new Error('nothing is played yet')),
}))
vi.mock(import('../../adapters/storage/open.js'), async (original) => ({
  ...(await original()),
  openStorage: (options: StorageOptions) => opening.open(options),
}))

const play = createTheatre(opening)

const WRITTEN = `clock    2026-03-10 14:00 America/New_York
people   Dana biller, Lee approver
policy   opensOn 2026-03-01

ingram   Contoso buys 20 × Microsoft 365 Business Premium at 22.00 a month on 2025-02-01
psa      connectwise Contoso has agreement “Contoso Cloud”, prorating, next invoice 2026-03-01
psa      connectwise sells Microsoft 365 Business Premium at 22.00
observe
@dana    map contoso accept
@dana    sync
@lee     clicks Approve
holds
auditor
`

describe('a story with a PSA', { timeout: PLAY_MILLISECONDS }, () => {
  it('tells what is there by the PSA’s own arithmetic, which the auditor counts as billed', async () => {
    const said = await play(parseStory('tale', WRITTEN), 'console')
    expect(said.at(-2)).toEqual([
      {
        by: 'holds',
        lines: [
          'ConnectWise “Contoso Cloud”, prorating',
          'line 104: 20 × Microsoft 365 Business Premium at 22.00, from 2026-03-01',
          'its next invoice: 440.00',
          '- 2026-03-01 to 2026-04-01 · 20 × Microsoft 365 Business Premium at 22.00 = 440.00',
        ],
      },
    ])
    expect(said.at(-1)?.[0]?.lines[1]).toBe(
      'Contoso: due $440.00, billed $0.00 in 0 lines, there in a PSA $440.00, still to bill $0.00',
    )
  })

  it('stops when what was written was never approved', async () => {
    const books = (storage: Storage): Storage => {
      const trail = async () => (await storage.billing.trail()).filter(isNoApproval)
      return { ...storage, billing: { ...storage.billing, trail } }
    }
    await expect(play(parseStory('tale', WRITTEN), 'console', { books })).rejects.toThrow(
      'APR-0001 is written and was approved 0 times',
    )
  })
})

function isNoApproval({ action }: { readonly action: string }): boolean {
  return action !== 'sync.approved'
}
