import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { reminderCard } from '../../../bot/cards/late.js'
import type { Action } from '../../../bot/cards/model.js'
import { carryOn } from '../../../bot/commands/desk-billing.js'
import { isFormName } from '../../../bot/commands/desk-forms.js'
import { type Reply } from '../../../bot/commands/reply.js'
import { renderConsole } from '../../../bot/console/render.js'
import { withSavedFile } from '../../../bot/console/save.js'
import { stateOf } from '../../../core/approval/approval.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { type Member, answersTo } from './cast.js'
import type { StoryClock } from './clock.js'
import { consoleButtons, consoleWords } from './console-words.js'
import type { House } from './house.js'
import type { Press } from './story.js'
import type { Handed, Seen, Surface } from './surface.js'
import { type Words, buttonLine, wordsOf } from './words.js'

/** A card with buttons as it was printed last. */
interface Printed {
  /** Of its request; empty: it is of none. */
  readonly id: string
  readonly actions: readonly Action[]
  text: string
}

interface State {
  house: House
  readonly clock: StoryClock
  /** What was told of requests by the clock: "remind APR-0001". */
  readonly told: Set<string>
  readonly folder: string
  readonly printed: Printed[]
  posts: Words[]
  cards: Words[]
  whispers: { to: string; words: Words }[]
  files: Handed[]
  questions: Words[]
}

/**
 * A terminal everybody of the story sits at in turn. Nothing printed ever changes: where the other surfaces change a card
 * they have posted, the same card is printed again here. A click is its command, typed.
 */
export async function consoleSurface(house: House, clock: StoryClock): Promise<Surface> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-story-'))
  const state: State = { house, clock, told: new Set(), folder, printed: [], ...NOTHING }
  return {
    say: async (member, text) => {
      const reply = await state.house.desk.ask(`console:${member.handle}`, text)
      const moved = await finish(reply)
      for (const each of [reply, ...(reply.also ?? [])])
        await show(state, member, await asItEnded(state, each, moved))
      await reprintAll(state, changedBy(reply, moved))
    },
    click: (members, press) => click(state, members, press),
    tick: async () => {
      await reprintAll(state, await carryOn(state.house.studio))
      await tellHours(state)
    },
    meet: ({ house: restarted }) => void (state.house = restarted),
    look: async () => takeSeen(state),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

const NOTHING = { posts: [], cards: [], whispers: [], files: [], questions: [] }

function takeSeen(state: State): Seen {
  const { posts, cards, whispers, files, questions } = state
  Object.assign(state, { posts: [], cards: [], whispers: [], files: [], questions: [] })
  return { posts, cards, whispers, files, questions }
}

/** Work after the answer is done before anything is printed, as at a terminal. */
async function finish({ after }: Reply): Promise<readonly ApprovalRecord[]> {
  return (await after?.()) ?? []
}

/** The requests whose cards say something else since a reply. */
function changedBy(
  { decided, approval }: Reply,
  moved: readonly ApprovalRecord[],
): readonly ApprovalRecord[] {
  const isMoved = moved.some((record) => record.approval.id === approval?.approval.id)
  return decided && approval !== undefined && !isMoved ? [approval, ...moved] : moved
}

async function asItEnded(
  { house: { desk } }: State,
  reply: Reply,
  moved: readonly ApprovalRecord[],
): Promise<Reply> {
  const record = moved.find(({ approval }) => approval.id === reply.approval?.approval.id)
  return record === undefined ? reply : { ...reply, approval: record, card: await desk.cardOf(record) }
}

async function show(state: State, { handle }: Member, reply: Reply): Promise<void> {
  const saved = await withSavedFile(reply, state.folder)
  const text = renderConsole(saved.card)
  const words = consoleWords(text)
  if (reply.audience === 'asker') return void state.whispers.push({ to: handle, words })
  const path = words.map((line) => /^Saved as (.+?\.csv)(?=$|[,;])/.exec(line)?.[1]).find(Boolean)
  // By the name it is offered under, as on the other surfaces: beside a file of that name it is saved as "… (2).csv".
  if (path !== undefined)
    state.files.push({ name: reply.file?.name ?? basename(path), bytes: await readFile(path) })
  state.posts.push(words.filter((line) => !line.startsWith('Saved as ')))
  // The card of a request, or another with buttons: the latter follows nobody's fate.
  const id = reply.approval?.approval.id ?? ''
  if (id === '' ? reply.card.actions.length > 0 : !reply.decided) {
    state.printed.push({ id, actions: reply.card.actions, text })
  }
}

/** The newest card with such a button, or that of one request. */
function printedWith({ printed }: State, { button, on }: Press): { card: Printed; command: string } {
  for (const card of printed.toReversed()) {
    if (on !== undefined && card.id !== on) continue
    const found = consoleButtons(card.text).find(({ label }) => label === button)
    if (found !== undefined) return { card, command: found.command }
  }
  throw new Error(`there is no card with [${button}]${on === undefined ? '' : ` of ${on}`}`)
}

async function click(state: State, members: readonly Member[], press: Press): Promise<void> {
  const { card, command } = printedWith(state, press)
  const action = card.actions.find(({ label }) => label === press.button)
  const asked = await Promise.all(members.map((member) => questionOf(state, member, card, action)))
  const gaps = [...command.matchAll(/<[^<>]+>/g)].map(([gap]) => gap)
  const answers = answersTo(gaps.length, press.reason)
  const typed = gaps.reduce((text, gap, index) => text.replace(gap, () => answers[index] ?? ''), command)
  await Promise.all(
    members.map(async (member, index) => {
      const question = asked[index]
      // Whoever may not fill in what is asked for is told so, and types nothing.
      const isAnswer = question !== undefined && 'card' in question
      if (question !== undefined && !isAnswer) state.questions.push(question)
      const reply = isAnswer ? question : await state.house.desk.ask(`console:${member.handle}`, typed)
      const changed = changedBy(reply, await finish(reply))
      if (reply.decided) return await reprintAll(state, changed)
      await show(state, member, reply)
      await mend(state, card, reply)
    }),
  )
}

/** What surfaces with buttons ask before they do it; a terminal, where the command itself was typed, does not. */
async function questionOf(
  { house: { desk } }: State,
  { handle }: Member,
  { text }: Printed,
  action: Action | undefined,
): Promise<Words | Reply> {
  if (action === undefined) return []
  const { confirm, name, target } = action
  if (confirm !== undefined)
    return wordsOf([confirm.title, confirm.text, ...buttonLine([confirm.yes, confirm.no])])
  if (!isFormName(name)) return []
  const made = await desk.form(`console:${handle}`, name, target)
  if (made.type === 'refused') return made.reply
  const { title, introduction, fields, submit } = made.form
  const [, ...about] = consoleWords(
    renderConsole({ title, tone: 'plain', blocks: introduction, actions: [] }),
  )
  const known = new Set(consoleWords(text))
  return wordsOf([
    title,
    ...about.filter((line) => !known.has(line)),
    ...fields.flatMap(({ label, hint = '' }) => [label, hint]),
    ...buttonLine([submit.label, 'Back']),
  ])
}

/** Every card of these requests that was printed is printed again, once. */
async function reprintAll(state: State, records: readonly ApprovalRecord[]): Promise<void> {
  for (const record of records) {
    const card = renderConsole(await state.house.desk.cardOf(record))
    const stale = state.printed.filter(({ id, text }) => id === record.approval.id && text !== card)
    for (const printed of stale) printed.text = card
    if (stale.length > 0) state.cards.push(consoleWords(card))
  }
}

/** A terminal has nobody who is told anything by the clock: printed here is what the other surfaces are told. */
async function tellHours(state: State): Promise<void> {
  const { house, clock, told, printed } = state
  const ids = new Set(printed.map(({ id }) => id).filter((id) => id !== ''))
  for (const id of ids) {
    const record = await house.studio.billing.request(id)
    const { requestedAt, expiresAt } = record.approval
    const [now, standing] = [clock.now(), stateOf(record.approval, clock.now())]
    const isHalf = now.getTime() >= (requestedAt.getTime() + expiresAt.getTime()) / 2
    if (standing === 'pending' && isHalf && !told.has(`remind ${id}`)) {
      told.add(`remind ${id}`)
      state.posts.push(consoleWords(renderConsole(reminderCard(record, clock.timeZone))))
    }
    if (standing === 'expired' && !told.has(`expire ${id}`)) {
      told.add(`expire ${id}`)
      await reprintAll(state, [record])
    }
  }
}

/** A card that offers what cannot be decided any more is printed again as it is. */
async function mend(state: State, printed: Printed, { approval }: Reply): Promise<void> {
  if (approval === undefined) return
  const card = renderConsole(await state.house.desk.cardOf(approval))
  if (card === printed.text || consoleButtons(card).some(({ label }) => label === 'Approve')) return
  printed.text = card
  state.cards.push(consoleWords(card))
}
