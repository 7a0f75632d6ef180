import { tz } from '@date-fns/tz'
import { parse } from 'date-fns'

/** The one clock of a story: the product, the emulators and whoever signs a request read it. */
export interface StoryClock {
  readonly now: () => Date
  readonly timeZone: string
  /** "2026-03-20 09:00" on the clocks of the story's zone. It never goes back. */
  moveTo(date: string, time: string): void
  moveOn(milliseconds: number): void
}

/** "2026-03-20" and "09:00" in a zone, as an instant. */
export function instantOf(date: string, time: string, timeZone: string): Date {
  const instant = parse(`${date} ${time}`, 'yyyy-MM-dd HH:mm', new Date(0), { in: tz(timeZone) })
  if (Number.isNaN(instant.getTime())) throw new Error(`there is no ${date} ${time} in ${timeZone}`)
  return new Date(instant.getTime())
}

export function createStoryClock(date: string, time: string, timeZone: string): StoryClock {
  let now = instantOf(date, time, timeZone)
  const move = (to: Date) => {
    if (to < now) throw new Error(`the clock would go back to ${to.toISOString()}`)
    now = to
  }
  return {
    now: () => now,
    timeZone,
    moveTo: (day, at) => move(instantOf(day, at, timeZone)),
    moveOn: (milliseconds) => move(new Date(now.getTime() + milliseconds)),
  }
}

/** The machine's own clock, for programs that are started as everybody starts them. It cannot be moved. */
export function machineStoryClock(): StoryClock {
  const fixed = () => {
    throw new Error('the machine’s clock is not moved')
  }
  return { now: () => new Date(), timeZone: 'America/New_York', moveTo: fixed, moveOn: fixed }
}
