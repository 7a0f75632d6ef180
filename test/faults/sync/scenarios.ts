import type { PsaName } from '../../../core/sync/types.js'
import type { AuditReport } from '../../support/auditor.js'
import type { Order, Said } from '../sync-child.js'
import { editsSeen, editsUnseen } from './edits.js'
import { endInPeace, finish } from './kills.js'
import type { Scenario } from './scenario.js'
import { type Life, type Stage, onWrites } from './stage.js'

/** Longer than an effect may be on its way, shorter than a claim. */
const SETTLED_SECONDS = 200
/** The longest wait a server can impose, and a little. */
const STORM_SECONDS = 310
/** The clock moves so often before something is said never to end. */
const ROUNDS = 25

/** Orders the same again and again, by a clock that moves, until nothing is open. */
async function untilOver(
  stage: Stage,
  life: Life,
  act: Order['act'],
  seconds: number,
  more: Partial<Order> = {},
): Promise<Said> {
  for (let round = 0; ; round += 1) {
    const said = await life.order(act, more)
    if (said === undefined) throw new Error('the program ended by itself')
    if (said.open === 0 || round >= ROUNDS) return said
    await stage.move(seconds)
  }
}

function unless(isRight: boolean, words: string): readonly string[] {
  return isRight ? [] : [words]
}

/** Takes the faults away, lets everything end, and audits. */
async function audited(
  stage: Stage,
  life: Life,
  words: (report: AuditReport) => string,
  faults: readonly string[],
) {
  await stage.emulator.setFaults([])
  await finish(stage, life)
  await life.kill()
  const report = await stage.audit()
  return { words: words(report), faults, report }
}

export const lostAnswers: Scenario = {
  name: 'lost answers',
  async play(stage, life) {
    await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'lostResponse' }))
    const { confirmed, doubtful } = await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    const faults = unless(
      confirmed === stage.writes,
      `${confirmed} of ${stage.writes} were found, ${doubtful.length} are unknown`,
    )
    return audited(stage, life, ({ unknown }) => `${unknown} of ${stage.writes} answers lost`, faults)
  },
}

const LATE_SECONDS = 90

export const lateEffects: Scenario = {
  name: 'late effects',
  async play(stage, life, draw) {
    const late = Array.from({ length: stage.writes }, (_, skip) => {
      const delay = 1000 * Math.ceil(draw() * LATE_SECONDS)
      const fault =
        stage.psa === 'autotask' ? { afterMilliseconds: delay, reset: true } : { delayMilliseconds: delay }
      return onWrites(stage.psa, { kind: 'lateEffect', ...fault, skip, times: 1 })
    })
    await stage.emulator.setFaults(late.flat())
    // Looked at again and again while it is still on its way.
    await life.order('dispatch')
    for (const seconds of [1, 20, 40, 60]) {
      await stage.move(seconds)
      await life.order('dispatch')
    }
    await untilOver(stage, life, 'dispatch', SETTLED_SECONDS / 2)
    return audited(stage, life, ({ unknown }) => `${unknown} effects 1–${LATE_SECONDS} s late`, [])
  },
}

/** What a server can say about when to come back, and how likely each is: half of all requests are refused. */
const RETRY_AFTER = [null, '0', '-1', '1', '1000000000', 'soon', 'Fri, 20 Mar 2026 13:05:00 GMT']

const storm: Scenario = {
  name: '429 storm',
  async play(stage, life) {
    const each = 1 - 0.5 ** (1 / RETRY_AFTER.length)
    const faults = RETRY_AFTER.map((text) => {
      const retryAfter = stage.psa === 'connectwise' || text === null ? text : { text }
      return {
        kind: 'rateLimit',
        probability: each,
        ...(stage.psa === 'autotask' && text === null ? {} : { retryAfter }),
      }
    })
    await stage.emulator.setFaults(faults)
    const { confirmed, parked, longestWait } = await untilOver(stage, life, 'dispatch', STORM_SECONDS)
    const wrong = [
      ...unless(
        confirmed === stage.writes && parked === 0,
        `${confirmed} of ${stage.writes} confirmed, ${parked} parked: it only had to wait`,
      ),
      ...unless(longestWait <= 300_000, `it waits ${longestWait} ms`),
    ]
    return audited(
      stage,
      life,
      () => `half of all requests refused, longest wait ${longestWait / 1000} s`,
      wrong,
    )
  },
}

const REFUSALS = [
  400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 417, 418, 422, 423, 424, 428, 451,
]

const refusals: Scenario = {
  name: 'refusals',
  async play(stage, life) {
    const refused = Math.floor(stage.writes / 2)
    const faults = REFUSALS.slice(0, refused).map((status, skip) => {
      const method = stage.psa === 'connectwise' ? { method: 'POST' } : { only: 'writes' }
      return { kind: 'status', status, skip: skip, times: 1, ...method }
    })
    await stage.emulator.setFaults(faults)
    const first = await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    await stage.emulator.setFaults([])
    await life.order('again')
    const second = await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    const wrong = [
      ...unless(
        first.parked === refused && first.confirmed === stage.writes - refused,
        `${first.confirmed} confirmed, ${first.parked} parked of ${stage.writes}`,
      ),
      ...unless(second.confirmed === stage.writes, `${second.confirmed} of ${stage.writes} after resuming`),
    ]
    return audited(
      stage,
      life,
      () => `${first.confirmed} of ${stage.writes} confirmed, ${first.parked} needed somebody, resumed`,
      wrong,
    )
  },
}

function spoilers(psa: PsaName): readonly object[] {
  const shared = [
    { kind: 'html', status: 502, applied: true },
    { kind: 'html', status: 502, applied: false },
    { kind: 'html', status: 200, applied: true },
    { kind: 'html', status: 503, applied: false },
    { kind: 'truncated' },
    { kind: 'dropped' },
    { kind: 'lostResponse' },
    { kind: 'wrongContentType', contentType: 'text/plain' },
  ]
  const own =
    psa === 'connectwise'
      ? [
          { kind: 'gzipBomb', bytes: 64 * 1024 * 1024 },
          { kind: 'status', status: 500, applied: true },
          { kind: 'status', status: 500, applied: false },
          { kind: 'status', status: 503, applied: true, retryAfter: '5' },
          { kind: 'status', status: 408, applied: true },
          { kind: 'status', status: 504, applied: false },
        ]
      : [{ kind: 'gzipBomb', megabytes: 64 }, { kind: 'threadLimit' }, { kind: 'status', status: 503 }]
  return [...shared, ...own]
}

const spoiltAnswers: Scenario = {
  name: 'spoilt answers',
  async play(stage, life) {
    const kinds = spoilers(stage.psa)
    const faults = Array.from({ length: 20 }, (_, skip) =>
      onWrites(stage.psa, { ...kinds[skip % kinds.length], skip: skip, times: 1 }),
    )
    await stage.emulator.setFaults(faults.flat())
    await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    await stage.emulator.setFaults([])
    // What was refused without a word three times over needs somebody.
    await life.order('again')
    const { confirmed } = await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    const wrong = unless(confirmed === stage.writes, `${confirmed} of ${stage.writes} confirmed`)
    return audited(
      stage,
      life,
      ({ unknown }) => `${kinds.length} kinds of answers, ${unknown} unknown`,
      wrong,
    )
  },
}

function loops(count: number): Scenario {
  return {
    name: `${count} loops`,
    async play(stage, life) {
      await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'lostResponse', probability: 0.3 }))
      const more = { loops: count }
      const { confirmed } = await untilOver(stage, life, 'race', SETTLED_SECONDS, more)
      const wrong = unless(confirmed === stage.writes, `${confirmed} of ${stage.writes} confirmed`)
      return audited(
        stage,
        life,
        ({ unknown }) => `${unknown} of ${stage.writes} answers lost meanwhile`,
        wrong,
      )
    },
  }
}

function processes(count: number): Scenario {
  return {
    name: `${count} processes`,
    needsServer: true,
    async play(stage, first) {
      await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'lostResponse', probability: 0.3 }))
      const others = await Promise.all(Array.from({ length: count - 1 }, () => stage.begin()))
      let open = stage.writes
      for (let round = 0; open > 0 && round < ROUNDS; round += 1) {
        const all = await Promise.all([first, ...others].map((life) => life.order('dispatch')))
        open = Math.min(...all.map((said) => said?.open ?? stage.writes))
        await stage.move(SETTLED_SECONDS)
      }
      await Promise.all(others.map((life) => life.kill()))
      const wrong = unless(open === 0, `${open} are open`)
      return audited(
        stage,
        first,
        ({ unknown }) => `${unknown} of ${stage.writes} answers lost meanwhile`,
        wrong,
      )
    },
  }
}

export const stalledOwner: Scenario = {
  name: 'stalled owner',
  async play(stage, life) {
    await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'lostResponse' }))
    await life.order('stall')
    await stage.emulator.setFaults([])
    await stage.move(SETTLED_SECONDS * 10)
    const { confirmed } = await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    return audited(
      stage,
      life,
      () => 'another one took over',
      unless(confirmed === stage.writes, `${confirmed} of ${stage.writes} confirmed`),
    )
  },
}

export const lostOutcome: Scenario = {
  name: 'outcome not stored',
  async play(stage, life) {
    const late =
      stage.psa === 'autotask' ? { afterMilliseconds: 60_000, reset: true } : { delayMilliseconds: 60_000 }
    await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'lateEffect', ...late, times: 1 }))
    await life.order('deaf')
    await stage.move(SETTLED_SECONDS)
    const { confirmed } = await untilOver(stage, life, 'dispatch', SETTLED_SECONDS)
    return audited(
      stage,
      life,
      () => 'the database gone behind a write',
      unless(confirmed === stage.writes, `${confirmed} of ${stage.writes} confirmed`),
    )
  },
}

/** Behind most of what a decision reads and writes: about there it is stored. */
const FIRST_STATEMENT = 45

export const decisions: Scenario = {
  name: 'decisions',
  undecided: true,
  async play(stage, life) {
    await life.kill()
    let statement = FIRST_STATEMENT
    for (; ; statement += 1) {
      const killed = await stage.begin({ statement, moment: 'before' })
      const said = await killed.order('decide')
      await killed.kill()
      if (said !== undefined) break
    }
    const deaths = statement - FIRST_STATEMENT
    const report = await endInPeace(stage)
    const faults = unless(
      report.confirmed === stage.writes,
      `${report.confirmed} of ${stage.writes} confirmed`,
    )
    return { words: `${deaths} kills within one`, faults, report }
  },
}

const askedToEnd: Scenario = {
  name: 'asked to end',
  async play(stage, first) {
    await first.kill()
    // Not a quarter of an hour later: what was handed back is free at once.
    await stage.move(SETTLED_SECONDS * 5)
    const moment = stage.psa === 'connectwise' ? { at: 'beforeApply' } : { moment: 'beforeApply' }
    const wrong: string[] = []
    let endings = 0
    for (let open = stage.writes; open > 0; ) {
      const life = await stage.begin()
      let held = 0
      stage.emulator.onHeld = async () => {
        held += 1
        if (held !== ENDING_WRITE) return true
        life.terminate()
        // The signal has to be there before the answer is.
        await new Promise((resolve) => setTimeout(resolve, 100))
        return true
      }
      await stage.emulator.setFaults(onWrites(stage.psa, { kind: 'pause', ...moment }))
      await stage.move(1)
      const said = await life.order('dispatch')
      open = said?.open ?? open
      await life.kill()
      if (held < ENDING_WRITE) continue
      endings += 1
      if (held > ENDING_WRITE) wrong.push(`${held - ENDING_WRITE} writes were begun after the signal`)
      if (said === undefined) wrong.push('it ended in the middle')
      for (const id of said?.doubtful ?? []) wrong.push(`${id} was left without a known outcome`)
      if (endings > stage.writes) throw new Error('nothing is carried on after a signal')
    }
    stage.emulator.onHeld = undefined
    await stage.emulator.setFaults([])
    wrong.push(...unless(endings > 0, 'no signal came'))
    return { words: `${endings} times`, faults: wrong, report: await endInPeace(stage) }
  },
}

/** At the so-many-th write of a life the signal comes. */
const ENDING_WRITE = 8

export const SCENARIOS: readonly Scenario[] = [
  decisions,
  lostAnswers,
  lateEffects,
  storm,
  editsSeen,
  editsUnseen,
  refusals,
  spoiltAnswers,
  loops(2),
  loops(5),
  processes(2),
  processes(5),
  stalledOwner,
  lostOutcome,
  askedToEnd,
]
