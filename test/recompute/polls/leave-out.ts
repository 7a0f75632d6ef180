import type { Step, Story } from './story.js'

/** Takes one kind of thing out of a step; undefined: nothing is left of it. */
const LEAVE_OUT: Readonly<Record<string, (step: Step) => Step | undefined>> = {
  activate: (step) => (step.does === 'activate' ? undefined : step),
  again: (step) => (step.does === 'end' ? omit(step, 'again') : step),
  bill: (step) => (step.does === 'bill' ? undefined : step),
  during: (step) =>
    step.does === 'poll' && step.disturbed?.kind === 'during' ? omit(step, 'disturbed') : step,
  empty: (step) => (step.does === 'empty' ? undefined : step),
  end: (step) => (step.does === 'end' ? undefined : step),
  fee: (step) => (step.does === 'buy' ? omit(step, 'fee') : step),
  hold: (step) => (step.does === 'hold' ? undefined : step),
  lastTerm: (step) => (step.does === 'buy' ? omit(step, 'lastTerm') : step),
  pending: (step) => (step.does === 'buy' ? omit(step, 'pending') : step),
  price: (step) => (step.does === 'price' ? undefined : step),
  schedule: (step) => (step.does === 'schedule' ? undefined : step),
  trial: (step) => (step.does === 'buy' && step.price === '0' ? { ...step, price: '22.00' } : step),
  turnover: (step) =>
    step.does === 'buy' && step.cadence === 'turnover' ? { ...step, cadence: 'rolling' } : step,
  vanished: (step) =>
    step.does === 'poll' && step.disturbed?.kind === 'vanished' ? omit(step, 'disturbed') : step,
  yearly: (step) =>
    step.does === 'buy' && step.cadence !== 'turnover' ? { ...step, cadence: 'rolling' } : step,
}

function omit<Of extends Step>(step: Of, field: string): Of {
  return Object.fromEntries(Object.entries(step).filter(([name]) => name !== field)) as Of
}

/** The story without some kinds of things; what is left happens when it happened. */
export function leaveOut(story: Story, kinds: readonly string[]): Story {
  let late = 0
  const steps = story.steps.flatMap((step): readonly Step[] => {
    const left = kinds.reduce<Step | undefined>((kept, kind) => {
      const take = LEAVE_OUT[kind]
      if (take === undefined) throw new Error(`a story has no “${kind}”`)
      return kept === undefined ? undefined : take(kept)
    }, step)
    if (left === undefined) {
      late += step.after
      return []
    }
    const moved = { ...left, after: left.after + late }
    late = 0
    return [moved]
  })
  return { ...story, steps }
}
