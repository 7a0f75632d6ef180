import { parseArgs } from 'node:util'
import { leaveOut } from './polls/leave-out.js'
import { play } from './polls/play.js'
import { shrink } from './polls/shrink.js'
import { NOT_YET } from './polls/stories.js'
import { replacementStoryOf, seedWorldStory, type Story, storyOf } from './polls/story.js'

/** A story for a person: each step with its moment. */
function tell({ startsAt, steps, policy, timeZone, opensOn, customers }: Story): string {
  let now = Date.parse(startsAt)
  const told = steps.map(({ after, ...rest }) => {
    now += after * 60_000
    return `  ${new Date(now).toISOString().slice(0, 16)}Z ${JSON.stringify(rest)}`
  })
  return [`  ${JSON.stringify({ timeZone, opensOn, policy, customers })}`, ...told].join('\n')
}

/**
 * `--seed N [--count M] [--world | --replaced] [--shrink]`: plays the stories of seeds N to N + M − 1; prints those that
 * differ.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '1' },
      suite: { type: 'boolean', default: false },
      world: { type: 'boolean', default: false },
      replaced: { type: 'boolean', default: false },
      without: { type: 'string', default: '' },
      shrink: { type: 'boolean', default: false },
    },
  })
  let different = 0
  for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.count); seed += 1) {
    const kinds = values.suite ? NOT_YET : values.without.split(',').filter((kind) => kind !== '')
    const of: (seed: number) => Story = values.world
      ? seedWorldStory
      : values.replaced
        ? replacementStoryOf
        : storyOf
    const story = leaveOut(of(seed), kinds)
    try {
      const { difference } = await play(story)
      if (difference === undefined) continue
      different += 1
      const found = values.shrink ? ((await shrink(story)) ?? { story, difference }) : { story, difference }
      console.log(`seed ${seed}, ${found.difference.moment.now}, through ${found.difference.moment.until}`)
      if (values.shrink) console.log(tell(found.story))
      for (const sentence of found.difference.sentences) console.log(`  ${sentence}`)
    } catch (error) {
      different += 1
      console.log(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  console.log(`${Math.round(process.cpuUsage().user / 1000)} ms, ${different} of ${values.count} differ`)
  process.exitCode = different === 0 ? 0 : 1
}

await main()
