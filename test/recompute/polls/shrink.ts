import { type Difference, play } from './play.js'
import type { Step, Story } from './story.js'

/** The time of a step left out is added to the next: everything else happens when it happened. */
function without(steps: readonly Step[], index: number): readonly Step[] {
  const [left, next] = [steps[index], steps[index + 1]]
  if (left === undefined || next === undefined) return steps.slice(0, index)
  return [...steps.slice(0, index), { ...next, after: next.after + left.after }, ...steps.slice(index + 2)]
}

function* simpler(story: Story): Generator<Story> {
  for (let index = story.steps.length - 1; index >= 0; index -= 1) {
    yield { ...story, steps: without(story.steps, index) }
  }
  for (const name of Object.keys(story.policy)) {
    yield {
      ...story,
      policy: Object.fromEntries(Object.entries(story.policy).filter(([other]) => other !== name)),
    }
  }
  if (story.timeZone !== 'UTC') yield { ...story, timeZone: 'UTC' }
}

async function differs(story: Story): Promise<Difference | undefined> {
  try {
    return (await play(story)).difference
  } catch {
    return undefined
  }
}

/** The shortest story that still shows a difference; undefined when this one shows none. */
export async function shrink(story: Story): Promise<{ story: Story; difference: Difference } | undefined> {
  let found = await differs(story)
  if (found === undefined) return undefined
  let smallest: Story = { ...story, steps: story.steps.slice(0, found.moment.step + 1) }
  for (let smaller = true; smaller; ) {
    smaller = false
    for (const candidate of simpler(smallest)) {
      const difference = await differs(candidate)
      if (difference === undefined) continue
      ;[smallest, found, smaller] = [candidate, difference, true]
      break
    }
  }
  return { story: smallest, difference: found }
}
