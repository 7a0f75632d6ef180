import { type Said, type Story } from './story.js'
import { writeStory } from './parse.js'

const CONTEXT = 3

/** What differs between the story as it stands and as it was played, line by line; undefined: nothing. */
export function differenceOf(story: Story, said: readonly (readonly Said[])[]): string | undefined {
  const played = writeStory(story, said)
  if (played === story.text) return undefined
  return hunks(story.text.split('\n'), played.split('\n')).join('\n')
}

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
  /** Where it stands in the story; of an added line, where it would stand. */
  readonly at: number
}

/** Changed lines with a few around them: "-" stands in the story, "+" was played. */
function hunks(told: readonly string[], played: readonly string[]): string[] {
  const all = compared(told, played)
  const changed = all.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]))
  const near = (index: number) => changed.some((at) => Math.abs(at - index) <= CONTEXT)
  return all.flatMap(({ mark, text, at }, index) => {
    if (!near(index)) return []
    const begins = index === 0 || !near(index - 1)
    return [...(begins ? [`line ${at}:`] : []), `${mark} ${text}`.trimEnd()]
  })
}

/** The longest lines in common stay; stories are short enough for the plain way to find them. */
function compared(told: readonly string[], played: readonly string[]): Line[] {
  const common: number[][] = Array.from({ length: told.length + 1 }, () =>
    Array.from({ length: played.length + 1 }, () => 0),
  )
  const at = (left: number, right: number) => common[left]?.[right] ?? 0
  for (let left = told.length - 1; left >= 0; left -= 1) {
    const row = common[left] ?? []
    for (let right = played.length - 1; right >= 0; right -= 1) {
      row[right] =
        told[left] === played[right]
          ? at(left + 1, right + 1) + 1
          : Math.max(at(left + 1, right), at(left, right + 1))
    }
  }
  const lines: Line[] = []
  let [left, right] = [0, 0]
  while (left < told.length || right < played.length) {
    const [before, after] = [told[left], played[right]]
    if (before !== undefined && before === after) {
      lines.push({ mark: ' ', text: before, at: (left += 1) })
      right += 1
    } else if (before !== undefined && (after === undefined || at(left + 1, right) >= at(left, right + 1))) {
      lines.push({ mark: '-', text: before, at: (left += 1) })
    } else {
      lines.push({ mark: '+', text: after ?? '', at: left + 1 })
      right += 1
    }
  }
  return lines
}
