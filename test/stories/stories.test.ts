import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { StorageOptions } from '../../adapters/storage/open.js'
import { differenceOf } from '../support/story/difference.js'
import { parseStory, writeStory } from '../support/story/parse.js'
import type { Story } from '../support/story/story.js'
import { type Opening, PLAY_MILLISECONDS, SURFACES, createTheatre } from '../support/story/theatre.js'

/** Set by `npm run stories -- --write`: the stories are written as they are played on the console. */
const WRITES = process.env['STORIES_WRITE'] === 'yes'

const opening = vi.hoisted<Opening>(() => ({
  open: () => Promise.reject(new Error('nothing is played yet')),
}))
vi.mock(import('../../adapters/storage/open.js'), async (original) => ({
  ...(await original()),
  openStorage: (options: StorageOptions) => opening.open(options),
}))

const play = createTheatre(opening)

const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.chat'))
  .map((name) => name.slice(0, -'.chat'.length))

function fileOf(name: string): string {
  return join(import.meta.dirname, `${name}.chat`)
}

function read(name: string): Story {
  return parseStory(name, readFileSync(fileOf(name), 'utf8'))
}

describe.each(names)('%s', { timeout: PLAY_MILLISECONDS }, (name) => {
  if (WRITES) {
    it('is written as it is played on the console', async () => {
      const story = read(name)
      writeFileSync(fileOf(name), writeStory(story, await play(story, 'console')))
    })
  }

  it.each(SURFACES)('on %s', async (surface) => {
    const story = read(name)
    const difference = differenceOf(story, await play(story, surface))
    if (difference !== undefined) {
      expect.fail(`${name}.chat was not played like that on ${surface}\n${difference}`)
    }
  })
})
