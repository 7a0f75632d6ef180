import { takeDeadlines } from '../../bot/commands/deadlines.js'
import { deliverDue } from '../../bot/commands/deliver.js'
import type { ChatDesk } from './chat-desk.js'

/** So many minutes go by. */
export function later({ world }: ChatDesk, minutes: number): void {
  world.now = new Date(world.now.getTime() + minutes * 60_000)
}

/** What the jobs do when they tick. */
export async function tick({ cards }: ChatDesk): Promise<void> {
  await takeDeadlines(cards)
  await deliverDue(cards)
}
