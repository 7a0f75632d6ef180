import { SLACK_EVENT_KEPT_MILLISECONDS, SLACK_FORM_MILLISECONDS } from '../../core/chat-limits.js'
import { formCard } from '../cards/form.js'
import type { ActionTarget, Card, FormName } from '../cards/model.js'
import type { FormMade } from '../commands/form-kind.js'
import type { ActParts } from './act-parts.js'
import { reasonOf } from '../trouble.js'
import type { Origin } from './answer.js'
import { followHome } from './home.js'
import { type Submission, type WindowNote, parseNote } from './schema.js'
import { cardWindow, formWindow } from './window.js'

interface Opening {
  readonly name: FormName
  readonly target: ActionTarget
  readonly triggerId: string
}

/**
 * Opens the window of a form. A click opens one within three seconds only: what takes longer to make is waited for in a
 * window that says so. Whoever gets no window is told what to type.
 */
export async function openForm(parts: ActParts, opening: Opening, origin: Origin): Promise<void> {
  const { client, desk, answers, log } = parts
  const { name, target, triggerId } = opening
  const making = desk.form(origin.identity, name, target)
  try {
    const soon = await withinReach(making)
    if (soon === undefined) {
      const view = await client.openView(triggerId, cardWindow(ONE_MOMENT))
      const made = await making
      await client.updateView(
        view,
        made.type === 'form' ? windowOf(made, target, origin) : cardWindow(made.reply.card),
      )
    } else if (soon.type === 'form') await client.openView(triggerId, windowOf(soon, target, origin))
    else await answers.clicked(soon.reply, origin)
  } catch (error) {
    log.warn({ form: name, reason: reasonOf(error) }, 'the window of a form did not open')
    const made = await making
    if (made.type === 'refused') return await answers.clicked(made.reply, origin)
    const note = 'Slack did not open the window. Nothing was done.'
    await answers.privately(formCard(made.form, note), origin)
  }
}

const ONE_MOMENT: Card = {
  title: 'One moment',
  tone: 'plain',
  blocks: [{ type: 'text', style: 'plain', text: 'What there is to choose from is being read.' }],
  actions: [],
}

/** undefined: it takes longer than a click can wait. */
async function withinReach(making: Promise<FormMade>): Promise<FormMade | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, SLACK_FORM_MILLISECONDS, undefined)
  })
  return await Promise.race([making, late]).finally(() => clearTimeout(timer))
}

function windowOf(
  { form }: Extract<FormMade, { type: 'form' }>,
  target: ActionTarget,
  { place, clicked, responseUrl }: Origin,
) {
  const note: WindowNote = {
    target,
    channel: place?.channel,
    message: clicked?.stamp,
    thread: place?.thread,
    responseUrl,
  }
  return formWindow(form, note)
}

/** Carries out a form that was sent off, once, and answers where it was opened. */
export async function submitForm(parts: ActParts, submission: Submission, origin: Origin): Promise<void> {
  const { desk, answers, once, now, log } = parts
  const { name, view, values } = submission
  const target = parseNote(submission.note)?.target ?? { id: '', revision: '' }
  const until = new Date(now().getTime() + SLACK_EVENT_KEPT_MILLISECONDS)
  const isFirst = () => once.first(`slack:view:${view}`, until)
  const submitted = await desk.submit(origin.identity, { name, target, values, isFirst })
  switch (submitted.type) {
    case 'done':
    case 'refused':
      await answers.clicked(submitted.reply, origin)
      return await followHome(parts.homes, submitted.reply, origin)
    case 'repeated':
      return log.info({ form: name }, 'a form that was sent off twice was carried out once')
    case 'mistakes': {
      // The window is closed by now: what was wrong is said with what to type.
      const { form, mistakes } = submitted
      const wrong = form.fields.flatMap(({ id, label }) => {
        const mistake = mistakes.get(id)
        return mistake === undefined ? [] : [`${label}: ${mistake}`]
      })
      return await answers.privately(formCard(form, `${wrong.join(' ')} Nothing was done.`), origin)
    }
  }
}
