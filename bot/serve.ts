import { setFlagsFromString } from 'node:v8'
import { assert } from '../core/assert.js'
import type {
  ConversationReferences,
  Deadlines,
  Deliveries,
  FileMaker,
  Once,
  PostedCards,
  SlackWorkspaces,
} from '../core/chat-ports.js'
import type { Clock, Log } from '../core/ports.js'
import type { Studio } from '../core/app/studio.js'
import { SERVER_HEAP_GROWTH_PERCENT } from '../core/limits.js'
import { Problem } from '../core/problem.js'
import { type Board, type BoardParts, createBoard } from './commands/board.js'
import { takeDeadlines } from './commands/deadlines.js'
import { deliverDue } from './commands/deliver.js'
import { type Desk } from './commands/desk.js'
import { carryOn } from './commands/desk-billing.js'
import type { Config } from './config.js'
import type { SlackConfig } from './config-slack.js'
import type { TeamsConfig } from './config-teams.js'
import {
  type Exchange,
  type HttpServer,
  type Route,
  type Work,
  answerPlain,
  createHttpServer,
  createWork,
} from './http.js'
import { type Job, type Ticking, startJobs } from './jobs/jobs.js'
import type { Pacing } from './lanes.js'
import { type FileLinks, createFileLinks } from './links.js'

/** What the server needs of everything else, wired by whoever starts it. */
export interface ServeParts {
  readonly storage: {
    readonly postedCards: PostedCards
    readonly references: ConversationReferences
    readonly once: Once
    readonly deliveries: Deliveries
    readonly deadlines: Deadlines
    patiently<T>(work: () => T): T
    health(): Promise<void>
  }
  readonly studio: Studio
  readonly desk: Desk
  readonly files: FileMaker
  readonly log: Log
  readonly clock: Clock
  readonly now: () => Date
  readonly ticking: Ticking | undefined
  /** What keeps the platforms' pace. */
  readonly pacing: Pacing
  readonly timeZone: string
  /** What a key of the configuration opens; undefined: there is none. */
  readonly sealed: SealedParts | undefined
}

/** What is kept sealed, and a key for each use that is derived from the same one. */
interface SealedParts {
  readonly slackWorkspaces: SlackWorkspaces
  readonly slackStateKey: Uint8Array
}

/** What the server needs of a surface. */
interface Surface {
  readonly routes: readonly Route[]
  ready(): Promise<void>
  /** Nothing waits for its turn any more: it is kept for whoever is next. */
  end(): void
  /** Opens what is kept open. */
  begin?(): void
  /** Takes no more. */
  close?(): Promise<void>
}

/** What every surface is given. */
interface SurfaceParts {
  readonly now: () => Date
  readonly log: Log
  readonly desk: Desk
  readonly board: Board
  readonly once: Once
  readonly work: Work
  readonly pacing: Pacing
}

/** Never half-configured: a surface is there whole, or not at all; without any there is nothing to serve. */
export async function serveSurfaces(config: Config, parts: ServeParts): Promise<HttpServer> {
  const { storage, studio, desk, log, now } = parts
  if (config.slack === undefined && config.teams === undefined) {
    throw new Problem({
      kind: 'input',
      what: 'Neither Slack nor Teams is configured.',
      notDone: 'Nothing was started.',
      next: 'Fill in the SLACK_… or TEAMS_… lines of .env; .env.example explains them.',
    })
  }
  setFlagsFromString(`--heap-growing-percent=${SERVER_HEAP_GROWTH_PERCENT}`)
  const work = createWork(log, storage.patiently)
  const cards = boardParts(parts)
  const board = createBoard(cards)
  const { pacing } = parts
  const shared: SurfaceParts = { now, log, desk, board, once: storage.once, work, pacing }
  const slack = config.slack === undefined ? undefined : await slackSurface(config.slack, shared, parts)
  const teams =
    config.teams === undefined
      ? undefined
      : await teamsSurface(config.teams, config.server.host, shared, parts)
  const surfaces = [slack, teams].filter((surface) => surface !== undefined)
  const { host, port } = config.server
  const server = await createHttpServer({
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    routes: surfaces.flatMap(({ routes }) => routes),
    checks: {
      database: () => storage.health(),
      ...(slack === undefined ? {} : { slack: () => slack.ready() }),
      ...(teams === undefined ? {} : { teams: () => teams.ready() }),
    },
    warnings: teams?.warnings ?? [],
    work,
    log,
  })
  const jobs = startJobs({
    jobs: jobsOf(studio, board, cards).map((job) => ({ ...job, run: () => storage.patiently(job.run) })),
    log,
    ...(parts.ticking === undefined ? {} : { ticking: parts.ticking }),
  })
  for (const surface of surfaces) surface.begin?.()
  const close = async () => {
    // Forty writes may take minutes; the one under way takes seconds, and the others are carried on by whoever is next.
    studio.end()
    for (const surface of surfaces) surface.end()
    await jobs.stop()
    for (const surface of surfaces) await surface.close?.()
    await server.close()
  }
  return { ...server, close }
}

function boardParts({ storage, studio, desk, clock, timeZone, log }: ServeParts): BoardParts {
  const { postedCards: posted, deliveries, deadlines } = storage
  const { billing } = studio
  return { posted, deliveries, deadlines, desk, billing, clock, timeZone, log, surfaces: new Map() }
}

/** What nobody asks for: carrying on what was approved, the hours of requests, and what could not be said before. */
function jobsOf(studio: Studio, board: Board, cards: BoardParts): readonly Job[] {
  return [
    {
      name: 'dispatch',
      run: async () => {
        for (const record of await carryOn(studio)) await board.refresh(record)
      },
    },
    { name: 'deadlines', run: () => takeDeadlines(cards) },
    { name: 'deliveries', run: () => deliverDue(cards) },
  ]
}

async function slackSurface(
  { install, ...slack }: SlackConfig,
  shared: SurfaceParts,
  { sealed }: ServeParts,
): Promise<Surface> {
  const { createSlackSurface } = await import('./slack/app.js')
  if (install === undefined) return createSlackSurface({ ...shared, ...slack })
  assert(sealed !== undefined, 'the configuration has a key where tokens are kept')
  const { slackWorkspaces: store, slackStateKey: stateKey } = sealed
  return createSlackSurface({ ...shared, ...slack, install: { ...install, store, stateKey } })
}

async function teamsSurface(
  teams: TeamsConfig,
  host: string | undefined,
  shared: SurfaceParts,
  parts: ServeParts,
): Promise<Surface & { readonly warnings: readonly string[] }> {
  const { createTeamsSurface } = await import('./teams/app.js')
  const { appId, appPassword, tenantId, openIdMetadataUrl, issuer, loginUrl, serviceUrls } = teams
  const links = createFileLinks(teams.filesKey, teams.publicUrl)
  const surface = createTeamsSurface({
    ...shared,
    references: parts.storage.references,
    ...(teams.anonymous ? { anonymous: { host } } : {}),
    appId,
    appPassword,
    tenantId,
    ...(openIdMetadataUrl === undefined ? {} : { openIdMetadataUrl }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(loginUrl === undefined ? {} : { loginUrl }),
    ...(serviceUrls === undefined ? {} : { allowedServiceUrls: serviceUrls, development: true }),
    fileLinks: async ({ name }) => links.to(name, await parts.clock.now()),
  })
  return { ...surface, routes: [...surface.routes, fileRoute(links, parts)] }
}

/** A link is all that is asked for: a wrong, old or foreign one is as unknown as any other path. */
function fileRoute(links: FileLinks, { studio, files, clock }: ServeParts): Route {
  const handle = async ({ segment, response }: Exchange) => {
    const name = links.nameOf(segment, await clock.now())
    const approved = name === undefined ? undefined : await approvedRun(studio, name.replace(/\.csv$/, ''))
    if (approved === undefined) return answerPlain(response, 404)
    const file = files.csv(approved.run)
    response.writeHead(200, {
      'content-type': file.mediaType,
      'content-disposition': `attachment; filename="${file.name}"`,
      'content-length': String(file.bytes.byteLength),
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    })
    response.end(file.bytes)
  }
  return { method: 'GET', path: '/files/*', handle }
}

/** undefined: not approved, voided, or not there. */
async function approvedRun(studio: Studio, runId: string) {
  try {
    return await studio.billing.approvedRun(runId)
  } catch (error) {
    if (error instanceof Problem && error.kind === 'notFound') return undefined
    throw error
  }
}
