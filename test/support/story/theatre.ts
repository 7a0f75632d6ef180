import { afterEach, beforeAll, beforeEach, vi } from 'vitest'
import type { Storage, StorageOptions } from '../../../adapters/storage/open.js'
import { createKeySet } from '../../emulators/teams/keys.js'
import { type CommonDatabase, testDatabases } from '../database.js'
import { playStory } from './play.js'
import type { Said, Story } from './story.js'
import type { SurfaceName } from './surface.js'

export const SURFACES: readonly SurfaceName[] = ['console', 'slack', 'teams']

/** A play takes half a second; the first ones on a busy machine, which load the platforms' libraries, ten and more. */
export const PLAY_MILLISECONDS = 60_000

/** What stands in the place of the product's `openStorage`: opening a database for each play would take most of the time. */
export interface Opening {
  open: (options: StorageOptions) => Promise<Storage>
}

export interface Playing {
  /** What the auditor is shown instead of the books as they are. */
  readonly books?: (storage: Storage) => Storage
}

/** Plays a story on a surface and tells what became visible after each step. */
export type PlayStory = (
  story: Story,
  surface: SurfaceName,
  playing?: Playing,
) => Promise<readonly (readonly Said[])[]>

/**
 * Prepares a test file for plays: one database for all of them, books of its own for each, and one clock for everybody,
 * the libraries that check tokens included. Call it once, first.
 */
export function createTheatre(opening: Opening): PlayStory {
  const databases = testDatabases()
  const teamsKeys = createKeySet()
  let database: CommonDatabase | undefined
  let plays = 0
  beforeAll(async () => {
    database = await databases.create()
  })
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  return async (story, surface, { books = (storage: Storage) => storage } = {}) => {
    let opened: Storage | undefined
    opening.open = async ({ mspId }) => {
      if (database === undefined) throw new Error('the theatre has no database yet')
      opened = await database.open({ mspId })
      return opened
    }
    plays += 1
    return await playStory(story, {
      surface,
      mspId: `story-${plays}`,
      storage: () => {
        if (opened === undefined) throw new Error('the product has not opened its database')
        return books(opened)
      },
      teamsKeys,
      onTime: (now) => void vi.setSystemTime(now),
    })
  }
}
