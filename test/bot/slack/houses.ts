import { afterAll } from 'vitest'
import { type SlackHouse, type SlackHouseOptions, slackHouse } from './harness.js'

/** Opens houses for a suite, and closes them all when it is over. @param usual what its houses have in common */
export function housesOfSuite(
  usual: SlackHouseOptions = {},
): (options?: SlackHouseOptions) => Promise<SlackHouse> {
  const open: SlackHouse[] = []
  afterAll(async () => {
    for (const each of open) await each.close()
  })
  return async (options = {}) => {
    const made = await slackHouse({ ...usual, ...options })
    open.push(made)
    return made
  }
}
