import { CLAIM_MINUTES } from '../../../core/limits.js'
import type { PsaName } from '../../../core/sync/types.js'
import { type AuditReport, NO_FAULTS, isClean, sumOf } from '../../support/auditor.js'
import { randomSource } from '../../support/random-source.js'
import type { SyncChildConfig } from '../sync-child.js'
import { type Life, type Stage, type Templates, onWrites } from './stage.js'

/** Where programs are killed. */
const PLACES = [
  'opening',
  'deciding',
  'statement',
  'not applied',
  'applied later',
  'applied',
  'answered',
] as const
export type KillPlace = (typeof PLACES)[number]

export interface Campaign {
  readonly psa: PsaName
  readonly kills: number
  readonly seed: number
  /** Of the product under test; undefined: this one. */
  readonly root?: string
  /** Stop at the first stage with a fault: enough to know that a twin is caught. */
  readonly untilFault?: boolean
}

export interface CampaignResult {
  readonly places: Readonly<Record<KillPlace, number>>
  readonly report: AuditReport
}

/** Longer than a claim lasts: a dead owner's containers are free again. */
const CLAIM_SECONDS = (CLAIM_MINUTES + 1) * 60
/** Longer than an effect may be on its way. */
const SETTLED_SECONDS = 4 * 60
/** Statements of a decision from its transaction on; a kill behind the last of them does not happen. */
const DECISION_FIRST = 34
const DECISION_STATEMENTS = 21
/** Kills of one stage that fall into its decision. */
const DECISION_KILLS = 6
/** Statements of the first writes of a life. */
const WRITE_STATEMENTS = 100
/** Statements are taken so far apart that a short run sees all parts of them; it shares no factor with their numbers. */
const STRIDE = 37
/** Share of the lives after the decision that are killed at a statement, and while they open. */
const AT_STATEMENTS = 0.4
const WHILE_OPENING = 0.04
/** Programs start in about two seconds. */
const OPENING_MILLISECONDS = 1500
/** A stage that takes more lives than this goes in circles. */
const LIVES = 200
/** Rounds in which everything healthy comes to its end. */
const HEALTHY_ROUNDS = 8

/** Kills the product over and over, on as many stages as it takes, and audits each of them at its end. */
export async function killing(templates: Templates, campaign: Campaign): Promise<CampaignResult> {
  const places = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<KillPlace, number>
  const draw = randomSource(campaign.seed)
  const state: Killer = { draw, places, left: campaign.kills, statement: 0, decision: 0, write: 0 }
  const reports: AuditReport[] = []
  while (state.left > 0) {
    const stage = await templates.open(campaign.psa, 'all', campaign.root)
    try {
      await decideUnderKills(stage, state)
      await dispatchUnderKills(stage, state)
      reports.push(await endInPeace(stage))
    } finally {
      await stage.close()
    }
    process.stderr.write(`${campaign.psa}: ${campaign.kills - state.left} of ${campaign.kills} kills\n`)
    if (campaign.untilFault === true && !isClean(sumOf(reports))) break
  }
  return { places, report: sumOf([NO_FAULTS, ...reports]) }
}

interface Killer {
  readonly draw: () => number
  readonly places: Record<KillPlace, number>
  left: number
  /** Statements and writes are taken in turn, so that each of them comes up. */
  statement: number
  decision: number
  write: number
}

function died(killer: Killer, place: KillPlace): void {
  killer.left -= 1
  killer.places[place] += 1
}

async function decideUnderKills(stage: Stage, killer: Killer): Promise<void> {
  for (let kill = 0; kill < DECISION_KILLS && killer.left > 0; kill += 1) {
    killer.decision += STRIDE
    const moment = killer.draw() < 0.5 ? 'before' : 'during'
    const life = await stage.begin({
      statement: DECISION_FIRST + (killer.decision % DECISION_STATEMENTS),
      moment,
    })
    const said = await life.order('decide')
    await stage.move(5)
    if (said === undefined) {
      died(killer, 'deciding')
      continue
    }
    await life.kill()
    return
  }
  const life = await stage.begin()
  await life.order('decide')
  await life.kill()
}

async function dispatchUnderKills(stage: Stage, killer: Killer): Promise<void> {
  for (let lives = 0; killer.left > 0; lives += 1) {
    if (lives > LIVES) throw new Error('the stage goes in circles')
    const drawn = killer.draw()
    if (drawn < WHILE_OPENING) {
      const life = await stage.begin()
      await new Promise((resolve) => setTimeout(resolve, killer.draw() * OPENING_MILLISECONDS))
      await life.kill()
      died(killer, 'opening')
      continue
    }
    const isOver =
      drawn < WHILE_OPENING + AT_STATEMENTS
        ? await killAtStatement(stage, killer)
        : await killAtWrite(stage, killer)
    if (isOver) return
  }
}

/** True: everything had come to its end before. */
async function killAtStatement(stage: Stage, killer: Killer): Promise<boolean> {
  killer.statement = (killer.statement + STRIDE) % WRITE_STATEMENTS
  const kill: SyncChildConfig['kill'] = {
    statement: killer.statement + 1,
    moment: killer.draw() < 0.5 ? 'before' : 'during',
  }
  const life = await stage.begin(kill)
  const isAlive = await carryOn(stage, life, killer.draw() < 0.25)
  if (isAlive === 'over') return true
  if (isAlive === 'gone') died(killer, 'statement')
  return false
}

const MOMENTS: Readonly<Record<PsaName, readonly KillPlace[]>> = {
  connectwise: ['not applied', 'applied later', 'applied', 'answered'],
  autotask: ['applied later', 'applied'],
}

async function killAtWrite(stage: Stage, killer: Killer): Promise<boolean> {
  const places = MOMENTS[stage.psa]
  killer.write += 1
  const place = places[killer.write % places.length] ?? 'applied'
  const life = await stage.begin()
  let ahead = 1 + Math.floor(killer.draw() * 3)
  let isKilled = false
  stage.emulator.onHeld = async () => {
    ahead -= 1
    if (ahead !== 0) return true
    isKilled = true
    await life.kill()
    return place !== 'not applied'
  }
  await stage.emulator.setFaults(pauses(stage.psa, place))
  const ended = await carryOn(stage, life, killer.draw() < 0.25)
  await stage.emulator.setFaults([])
  stage.emulator.onHeld = undefined
  if (isKilled) died(killer, place)
  return ended === 'over'
}

/** Holds every write at the moment of a place. */
function pauses(psa: PsaName, place: KillPlace): readonly object[] {
  const moment = place === 'answered' ? 'afterAnswer' : place === 'applied' ? 'afterApply' : 'beforeApply'
  return onWrites(psa, psa === 'autotask' ? { kind: 'pause', moment } : { kind: 'pause', at: moment })
}

/** Lets a program do what is to be done until it dies, or for a while. @param soon it is tried right after the last death. */
async function carryOn(stage: Stage, life: Life, soon: boolean): Promise<'gone' | 'over' | 'open'> {
  const waits = [...(soon ? [5] : []), CLAIM_SECONDS, SETTLED_SECONDS, SETTLED_SECONDS]
  for (const seconds of waits) {
    await stage.move(seconds)
    const said = await life.order('dispatch')
    if (said === undefined) return 'gone'
    if (said.open === 0) {
      await life.kill()
      return 'over'
    }
  }
  await life.kill()
  return 'open'
}

/** Everything is healthy: what is open comes to its end, what is parked is asked for and approved again. */
export async function endInPeace(stage: Stage): Promise<AuditReport> {
  const life = await stage.begin()
  await finish(stage, life)
  const said = await life.order('dispatch')
  if (said !== undefined && said.parked > 0) {
    await life.order('again')
    await finish(stage, life)
  }
  await life.kill()
  return stage.audit()
}

export async function finish(stage: Stage, life: Life): Promise<void> {
  for (let round = 0; round < HEALTHY_ROUNDS; round += 1) {
    await stage.move(CLAIM_SECONDS)
    const said = await life.order('dispatch')
    if (said === undefined || said.open === 0) return
  }
}
