import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Storage, StorageOptions } from '../../adapters/storage/open.js'
import { createKeySet } from '../emulators/teams/keys.js'
import { type CommonDatabase, testDatabases } from '../support/database.js'
import { differenceOf } from '../support/story/difference.js'
import { parseStory, writeStory } from '../support/story/parse.js'
import { playStory } from '../support/story/play.js'
import type { Said, Story } from '../support/story/story.js'
import type { SurfaceName } from '../support/story/surface.js'

/** Set by `npm run stories -- --write`: the stories are written as they are played on the console. */
const WRITES = process.env['STORIES_WRITE'] === 'yes'
const SURFACES: readonly SurfaceName[] = ['console', 'slack', 'teams']

// One database for all plays, each with books of its own: opening one for each would take most of the time.
const opening = vi.hoisted(() => ({
  open: undefined as ((options: StorageOptions) => Promise<Storage>) | undefined,
}))
vi.mock('../../adapters/storage/open.js', async (original) => ({
  ...(await original<typeof import('../../adapters/storage/open.js')>()),
  openStorage: async (options: StorageOptions) => await opening.open?.(options),
}))

const databases = testDatabases()
const teamsKeys = createKeySet()
let database: CommonDatabase | undefined
let plays = 0

beforeEach(async () => {
  database ??= await databases.create()
  // One clock for everybody, the libraries that check tokens included.
  vi.useFakeTimers({ toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

async function play(story: Story, surface: SurfaceName): Promise<readonly (readonly Said[])[]> {
  plays += 1
  let storage: Storage | undefined
  opening.open = async ({ mspId }) => (storage = await database?.open({ mspId })) as Storage
  return await playStory(story, {
    surface,
    mspId: `story-${plays}`,
    storage: () => storage as Storage,
    teamsKeys,
    onTime: (now) => void vi.setSystemTime(now),
  })
}

const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.chat'))
  .map((name) => name.slice(0, -'.chat'.length))

function fileOf(name: string): string {
  return join(import.meta.dirname, `${name}.chat`)
}

function read(name: string): Story {
  return parseStory(name, readFileSync(fileOf(name), 'utf8'))
}

describe.each(names)('%s', (name) => {
  if (WRITES) {
    it('is written as it is played on the console', async () => {
      const story = read(name)
      writeFileSync(fileOf(name), writeStory(story, await play(story, 'console')))
    })
  }

  it.each(SURFACES)('on %s', async (surface) => {
    const story = read(name)
    const difference = differenceOf(story, await play(story, surface))
    if (difference !== undefined)
      expect.fail(`${name}.chat was not played like that on ${surface}\n${difference}`)
  })
})
