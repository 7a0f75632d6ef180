import type { Person } from '../../core/access/people.js'
import type { Planning } from '../../core/app/planning.js'
import { Problem } from '../../core/problem.js'
import { calendarCard } from '../cards/calendar.js'
import { homeCard } from '../cards/home.js'
import { upcomingCard } from '../cards/upcoming.js'
import type { Command } from './parse.js'
import { type Reply, shown } from './reply.js'

type Asked = Extract<Command, { name: 'upcoming' | 'calendar' | 'home' }>

/** What lies ahead; a person's home is theirs alone. */
export async function calendarReply(planning: Planning, person: Person, command: Asked): Promise<Reply> {
  switch (command.name) {
    case 'upcoming':
      return shown(upcomingCard(await planning.upcoming(command.days), command.days, command.page))
    case 'calendar':
      return shown(calendarCard(await planning.calendar(command.month), command.page))
    case 'home':
      return { ...shown(homeCard(await planning.home(person))), audience: 'asker' }
  }
}

/** What a button may ask for that only shows something: each needs the right to read, which was checked. */
const LOOKS: ReadonlySet<Command['name']> = new Set([
  'upcoming',
  'calendar',
  'home',
  'who',
  'approvals',
  'approval',
  'status',
])

/** Problem `input` for anything that would do something: what a button carries is not trusted. */
export function lookOf(command: Command): Command {
  if (LOOKS.has(command.name)) return command
  throw new Problem({
    kind: 'input',
    what: `No button leads to \`${command.name}\`.`,
    notDone: 'Nothing was done.',
    next: 'Type `help` to see what you can ask.',
  })
}
