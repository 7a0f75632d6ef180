import type { ExportFile } from '../../core/chat-ports.js'
import { TEAMS_ACTIVITY_KEPT_MILLISECONDS } from '../../core/chat-limits.js'
import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import { problemCard } from '../cards/status.js'
import type { FileMessage } from './adaptive.js'
import { type AnswerParts, type Origin, asProblem } from './answer.js'
import { revisionOf } from './offer.js'
import { reasonOf } from '../trouble.js'
import { type TeamsMessage, renderFile, renderTeams } from './render.js'
import type { Consent, UploadPlace } from './schema.js'
import { isFilePlace, isLoopback, upload } from './upload.js'

export interface FileParts extends AnswerParts {
  /** This machine itself may be uploaded to: for trying and for tests. */
  readonly development: boolean
}

/**
 * What somebody answered to an offered file, in a personal chat. Each offer is answered once, whatever is sent again under
 * whatever id, and makes place for how it ended. It says which run is meant; nothing else of it is believed.
 */
export async function takeConsent(
  parts: FileParts,
  consent: Consent | undefined,
  origin: Origin,
): Promise<void> {
  const { once, now, log, conversations } = parts
  const { clicked, direct, place } = origin
  if (consent === undefined || clicked === undefined || !direct) {
    return log.warn({}, 'an answer to an offered file could not be read')
  }
  const until = new Date(now().getTime() + TEAMS_ACTIVITY_KEPT_MILLISECONDS)
  if (!(await once.first(`teams:file:${place.conversation}:${clicked.activity}`, until))) return
  const message = await ended(parts, consent, origin)
  try {
    await conversations.replace(clicked, message)
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'an offered file still looks open in Teams')
  }
}

async function ended(parts: FileParts, consent: Consent, origin: Origin): Promise<TeamsMessage> {
  if (consent.action === 'decline') return renderTeams(said('Not put into your OneDrive.'))
  try {
    return await accepted(parts, consent, origin)
  } catch (error) {
    return renderTeams(problemCard(asProblem(parts.log, error, origin)))
  }
}

function said(title: string, tone: Card['tone'] = 'plain'): Card {
  return { title, tone, blocks: [], actions: [] }
}

/** Makes the file again from what is frozen, for whoever accepts now and with the right they have now. */
async function accepted(
  parts: FileParts,
  { context, uploadInfo }: Consent,
  origin: Origin,
): Promise<TeamsMessage> {
  const { desk } = parts
  const target = { id: context.run, revision: '' }
  const reply = await desk.click(origin.identity, { name: 'download', target })
  const { file } = reply
  if (file === undefined) return renderTeams(reply.card)
  if (revisionOf(file) !== context.revision) return renderTeams(problemCard(changedSince(file)))
  await desk.noteSent(origin.identity, context.run)
  try {
    await deliver(parts, file, uploadInfo, origin)
    return renderTeams(said(`${file.name} is in your OneDrive.`, 'good'))
  } catch (error) {
    const card = problemCard(withWayOut(asProblem(parts.log, error, origin)))
    return renderFile(card, file.name, await parts.fileLinks(file))
  }
}

function changedSince({ name }: ExportFile): Problem {
  return new Problem({
    kind: 'held',
    what: `${name} is another file now: lines of it were voided since it was offered.`,
    notDone: 'Nothing was put into your OneDrive.',
    next: `Type \`export csv ${name.replace(/\.csv$/, '')}\` for the file as it is now.`,
  })
}

function withWayOut({ kind, what, notDone }: Problem): Problem {
  const rest = notDone === undefined ? {} : { notDone }
  return new Problem({ kind, what, ...rest, next: 'Take the file from the link.' })
}

/** Puts the file where Teams said, and shows it. */
async function deliver(
  { conversations, development, log }: FileParts,
  file: ExportFile,
  place: UploadPlace | undefined,
  origin: Origin,
): Promise<void> {
  if (place === undefined) {
    throw new Problem({
      kind: 'unavailable',
      what: 'Teams named no place for the file.',
      notDone: 'Nothing was put into your OneDrive.',
    })
  }
  const local = development && isLoopback(origin.place.serviceUrl)
  await upload(place.uploadUrl, file.bytes, local)
  if (!isFilePlace(place.contentUrl, local)) return
  try {
    await conversations.post(origin.place, infoOf(file, place))
  } catch (error) {
    // It is there all the same, and the offer will say so.
    log.warn({ reason: reasonOf(error) }, 'a file in OneDrive could not be shown in Teams')
  }
}

function infoOf({ name }: ExportFile, { contentUrl, uniqueId, fileType }: UploadPlace): FileMessage {
  return {
    summary: name,
    attachment: {
      contentType: 'application/vnd.microsoft.teams.card.file.info',
      name,
      contentUrl,
      content: { uniqueId, fileType },
    },
  }
}
