import pLimit from 'p-limit'
import { type Removal, reportOfTwin } from '../../support/twin.js'
import { NEVER_LOOKS } from '../burst-twins.js'

/** The product without a guard, the row that guard is for, and what has to be reported about it. */
export interface Twin {
  readonly name: string
  readonly words: string
  readonly row: string
  readonly removals: readonly Removal[]
  readonly reports: RegExp
}

/** Twins played at the same time: each is a process that mostly starts. */
const AT_ONCE = 2
/** A small slice is enough: what a guard is for happens at once without it. */
const SHARE = '0.001'
/** The embedded database is used as it loads: optimising its code takes longer than what is played on it. */
const FLAGS = ['--liftoff-only']

const APPROVAL = 'dist/core/approval/approval.js'

export const TWINS: readonly Twin[] = [
  {
    name: 'signature',
    words: 'that does not compare signatures',
    row: 'S-1',
    removals: [
      {
        file: 'dist/bot/slack/verify.js',
        from: "if (!timingSafeEqual(expected, Buffer.from(digest, 'hex')))",
        to: 'if (false)',
      },
    ],
    reports: /: answered with 200/,
  },
  {
    name: 'freshness',
    words: 'that takes stamps of any time',
    row: 'S-2',
    removals: [
      {
        file: 'dist/bot/slack/verify.js',
        from: 'if (Math.abs(age) > SLACK_FRESH_SECONDS)',
        to: 'if (false)',
      },
    ],
    reports: /at \+301 s: 200 instead of 401|stamped \+3600 s: 200/,
  },
  {
    name: 'future',
    words: 'that takes stamps from the future, as Bolt does',
    row: 'S-2',
    removals: [
      {
        file: 'dist/bot/slack/verify.js',
        from: 'if (Math.abs(age) > SLACK_FRESH_SECONDS)',
        to: 'if (age > SLACK_FRESH_SECONDS)',
      },
    ],
    reports: /stamped \+3600 s: 200/,
  },
  {
    name: 'once',
    words: 'that carries out a request as often as it is sent',
    row: 'S-2',
    removals: [
      { file: 'dist/adapters/storage/once.js', from: 'resolve(first.delete(hash));', to: 'resolve(true);' },
    ],
    reports: /the same bytes asked for \d+ bill runs/,
  },
  {
    name: 'event',
    words: 'that does not know an event again',
    row: 'S-3',
    removals: [
      {
        file: 'dist/bot/slack/act.js',
        from: "if (!fresh || (incoming.kind !== 'message' && incoming.kind !== 'home'))",
        to: 'if (true)',
      },
    ],
    reports: /an event was answered [2-9] times/,
  },
  {
    name: 'claims',
    words: 'that believes what a token says of itself',
    row: 'S-5',
    removals: [{ file: 'dist/bot/teams/authenticate.js', from: 'if (why !== undefined)', to: 'if (false)' }],
    reports: /: (200|403|500) instead of 401/,
  },
  {
    name: 'connector',
    words: 'that calls any Connector an activity names',
    row: 'S-5',
    removals: [
      {
        file: 'dist/bot/teams/authenticate.js',
        from: 'if (!settings.isAllowed(serviceUrl))',
        to: 'if (false)',
      },
    ],
    reports: /a Connector elsewhere: 200 instead of 403/,
  },
  {
    name: 'activity',
    words: 'that does not know an activity again',
    row: 'S-6',
    removals: [
      { file: 'dist/adapters/storage/once.js', from: 'resolve(first.delete(hash));', to: 'resolve(true);' },
    ],
    reports: /0 of \d+ deliveries under a known id were told so/,
  },
  {
    name: 'size',
    words: 'that reads bodies of any size',
    row: 'S-7',
    removals: [
      {
        file: 'dist/core/limits.js',
        from: 'SERVER_BODY_BYTES = 1024 * 1024',
        to: 'SERVER_BODY_BYTES = 64 * 1024 * 1024',
      },
    ],
    reports: /a body of \d+ bytes: (200|400|401)/,
  },
  {
    name: 'kind',
    words: 'that answers what it does not know as the SDK does by itself',
    row: 'S-7',
    removals: [
      {
        file: 'dist/bot/teams/app.js',
        from: 'return answerJson(response, notSupported());',
        to: 'return answerPlain(response, 501);',
      },
    ],
    reports: /teams, .*: 501/,
  },
  {
    name: 'markup',
    words: 'that writes names into notifications as they are',
    row: 'S-8',
    removals: [
      {
        file: 'dist/bot/slack/text.js',
        from: "return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');",
        to: 'return text;',
      },
    ],
    reports: /in Slack: it calls </,
  },
  {
    name: 'rights',
    words: 'that asks nobody for their rights',
    row: 'S-10',
    removals: [
      {
        file: 'dist/core/access/rights.js',
        from: 'return RIGHTS[person.role].has(right);',
        to: 'return true;',
      },
    ],
    reports: /: not denied/,
  },
  {
    name: 'own',
    words: 'that lets people approve what they asked for',
    row: 'S-10',
    removals: [
      {
        file: 'dist/core/approval/approval.js',
        from: "if (attempt.verdict === 'approved' && isOwnToLeave(approval, person, people))",
        to: 'if (false)',
      },
    ],
    reports: /approving what they asked for themselves: decided/,
  },
  {
    name: 'workspace',
    words: 'that takes people of another workspace for its own',
    row: 'S-10',
    removals: [
      {
        file: 'dist/bot/slack/schema.js',
        from: 'team: event.user_team ?? event.team ?? data.team_id,',
        to: 'team: data.team_id,',
      },
    ],
    reports: /a mention of the same user id in another workspace: /,
  },
  {
    name: 'revision',
    words: 'that does not compare what was seen with what is asked',
    row: 'S-11',
    removals: [
      {
        file: 'dist/bot/commands/desk-billing.js',
        from: 'command.seen === undefined || command.seen === fingerprint.slice(0, REVISION_LENGTH)',
        to: 'true',
      },
    ],
    reports: /revision .* decided APR-/,
  },
  {
    name: 'expiry',
    words: 'in which requests never end',
    row: 'T-5',
    removals: [
      { file: APPROVAL, from: "now >= approval.expiresAt ? 'expired' : 'pending'", to: "'pending'" },
      {
        file: 'dist/adapters/storage/billing-store.js',
        from: ' && decision.at < standing.expiresAt',
        to: '',
      },
    ],
    reports: /at T\+0 ms decided 1 times/,
  },
  {
    name: 'instant',
    words: 'in which requests end a moment late',
    row: 'T-5',
    removals: [{ file: APPROVAL, from: 'now >= approval.expiresAt ?', to: 'now > approval.expiresAt ?' }],
    reports: /at T\+0 ms told: /,
  },
  {
    name: 'stale',
    words: 'that bills what was shown, whatever changed since',
    row: 'T-6',
    removals: [{ file: 'dist/core/app/decide.js', from: 'if (changes !== undefined)', to: 'if (false)' }],
    reports: /seats: decided all the same/,
  },
  {
    name: 'decision',
    words: 'that never looks whether it is decided',
    row: 'T-7',
    removals: NEVER_LOOKS,
    reports: /decided [2-9] times|a loser was told: That did not work/,
  },
]

export function chosenTwins(words: string): readonly Twin[] {
  if (words === 'none') return []
  const chosen = TWINS.filter(({ name }) => words === 'all' || words.split(',').includes(name))
  if (chosen.length === 0)
    throw new Error(`--twins knows all, none, ${TWINS.map(({ name }) => name).join(', ')}`)
  return chosen
}

/** Plays each twin in a process of its own, and returns how many were not caught. */
export async function catchTwins(twins: readonly Twin[], seed: number, template: string): Promise<number> {
  const limit = pLimit(AT_ONCE)
  const caught = await limit.map([...twins], async (twin) => {
    const report = await catchTwin(twin, seed, template)
    const words = report === undefined ? 'NOT caught' : `caught by ${twin.row} (${report})`
    process.stdout.write(`twin ${twin.words}: ${words}\n`)
    return report !== undefined
  })
  return caught.filter((is) => !is).length
}

/** What is reported of a twin; undefined when it is not caught, or breaks before anything is played. */
function catchTwin(
  { row, removals, reports }: Twin,
  seed: number,
  template: string,
): Promise<string | undefined> {
  const slice = ['--only', row, '--share', SHARE, '--seed', String(seed)]
  const words = [...slice, '--until', reports.source, '--template', template]
  return reportOfTwin(removals, ['test/faults/hostile.js', ...words], reports, FLAGS)
}
