import { renderConsole } from '../../../bot/console/render.js'
import type { Card } from '../../../bot/cards/model.js'
import { renderSlack } from '../../../bot/slack/render.js'
import { renderTeams } from '../../../bot/teams/render.js'
import { mentionsIn, messageMistakes } from '../../emulators/slack/blocks.js'
import { addressesOf, cardMistakes, elementsOf, markdownOf } from '../../emulators/teams/cards.js'
import { HOSTILE_NAMES, sampleCards } from '../../support/card-samples.js'
import { wordsOf } from './clicks.js'
import { Faults, type Scenario } from './scenario.js'
import { CHANNEL, type Stage, targetOf } from './stage.js'

/** More than the names every card is drawn with: what templates, other clients and other groups would take for theirs. */
const NAMES: readonly string[] = [
  ...HOSTILE_NAMES.filter((name) => name.length < 100),
  '<!here|here> <!everyone> <!subteam^S1|admins>',
  '<!date^1392734382^{date}^http://evil.example|now>',
  '<mailto:a@evil.example|Approve> <tel:1|call>',
  '${$root.secret} ${if(true, "x", "y")} $data $when',
  '{{DATE(2026-01-01T00:00:00Z)}} {{TIME(2026-01-01T00:00:00Z)}}',
  '<at id="0">Lee</at> <at>Everyone</at>',
  '&lt;@U1&gt; &amp;lt;!channel&amp;gt; &#60;@U1&#62;',
  '\u200b<\u200b!channel> \ufeff\u2060',
  '-2+3 @SUM(1) |cmd',
  '`code` ``` fence ``` ~~~',
]

/** Names whose every character is shown as it is. */
const PLAIN = NAMES.filter((name) => !/[`\p{Cc}\p{Cf}\n]|\{\{/u.test(name))

/** Kinds of elements in which Slack would call, link or read markup. */
const ACTIVE_IN_SLACK = /"type":"(mrkdwn|link|user|usergroup|channel|broadcast|emoji|date|image)"/
const BIDIRECTIONAL = /[\u202a-\u202e\u2066-\u2069]/
/** Anything that would move the cursor or colour what follows. */
const CONTROL = /[^\P{Cc}\n]/u

function slackFaults(text: string, blocks: readonly unknown[]): string[] {
  const json = JSON.stringify(blocks)
  const mentions = mentionsIn(text, blocks)
  return [
    ...mentions.map((mention) => `it calls ${mention}`),
    ...(ACTIVE_IN_SLACK.test(json) ? [`it has ${ACTIVE_IN_SLACK.exec(json)?.[0]}`] : []),
    ...(blocks.length === 0 ? [] : messageMistakes(blocks)),
    ...(BIDIRECTIONAL.test(json + text) ? ['it turns the direction of what is read'] : []),
  ]
}

function teamsFaults(card: Readonly<Record<string, unknown>>): string[] {
  const json = JSON.stringify(card)
  const links = addressesOf(card).filter((address) => !address.startsWith('https://billing.example/files/'))
  const keys = elementsOf(card).flatMap((element) => Object.keys(element))
  return [
    ...cardMistakes(card),
    ...markdownOf(card).map((text) => `it reads Markdown in: ${text}`),
    ...links.map((address) => `it opens ${address}`),
    ...keys.filter((key) => /^\$(data|when|root|index)$/.test(key)).map((key) => `it has ${key}`),
    ...(json.includes('{{') ? ['it computes a date'] : []),
    ...(BIDIRECTIONAL.test(json) ? ['it turns the direction of what is read'] : []),
  ]
}

/** Words outside the card: notifications, and what is said to a clicker. */
function teamsTextFaults(activity: Readonly<Record<string, unknown>>): string[] {
  const { attachments: _, card: __, ...rest } = activity
  const json = JSON.stringify(rest)
  return [
    ...(/<at\b/i.test(json) ? ['its words mention somebody'] : []),
    ...(/"type":"mention"/.test(json) ? ['it mentions somebody'] : []),
    ...(/"(text|summary)":"[^"]*(\]\(|:\/\/evil)/.test(json) ? ['its words make a link'] : []),
  ]
}

function consoleFaults(card: Card): string[] {
  const text = renderConsole(card)
  return [
    ...(CONTROL.test(text) ? ['it controls the terminal'] : []),
    ...(BIDIRECTIONAL.test(text) ? ['it turns the direction of what is read'] : []),
  ]
}

/** Everybody’s cards as they are drawn, without a platform in between. */
async function drawn(faults: Faults): Promise<number> {
  const cards = await sampleCards('hostile')
  for (const [label, card] of cards) {
    const { text, blocks } = renderSlack(card)
    const activity = JSON.parse(JSON.stringify(renderTeams(card))) as Readonly<Record<string, unknown>>
    const found = {
      Slack: slackFaults(text, blocks),
      Teams: [...teamsFaults(attached(activity)), ...teamsTextFaults(activity)],
      'the console': consoleFaults(card),
    }
    for (const [where, wrong] of Object.entries(found))
      for (const fault of wrong) faults.add(`${label} in ${where}: ${fault}`)
  }
  return cards.size
}

/** The card of an activity, or the drawn card itself. */
function attached(activity: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { card, attachments } = activity as {
    readonly card?: Readonly<Record<string, unknown>>
    readonly attachments?: readonly { readonly content?: Readonly<Record<string, unknown>> }[]
  }
  const found = card ?? attachments?.[0]?.content
  if (found === undefined) throw new Error(`no card in ${Object.keys(activity).join(', ')}`)
  return found
}

function sell({ outside: { ingram } }: Stage): void {
  for (const [index, name] of NAMES.entries()) {
    const customerId = ingram.world.createCustomer({ name })
    const productName = NAMES[(index + 1) % NAMES.length] ?? name
    const line = { customerId, mpn: `M-${index}`, productName, seats: 5, unitPrice: '22.00' }
    ingram.world.createSubscription({ ...line, expirationDate: '2027-03-01' })
  }
}

/** What people ask and click about such customers, in Slack and in Teams. */
async function converse(stage: Stage): Promise<void> {
  const { outside, served, settled } = stage
  const { sender, player } = served()
  const [slackUser, teamsUser] = [outside.member('ada').slackUser, outside.teamsUser('ada')]
  const record = await stage.propose('propose march')
  const { id } = record.approval
  const asked = [
    'who march',
    'changes',
    'approvals',
    `approval ${id}`,
    `approval ${id} page 1`,
    'people',
    'audit',
    'status',
    'map',
    ...NAMES.flatMap((name) => [
      `customer ${name}`,
      `who ${name}`,
      `help ${name}`,
      name,
      `people remove ${name}`,
    ]),
    ...NAMES.map((name, index) => `people add ${name.slice(0, 40)} viewer slack:T1:UX${index}`),
    'people',
    'audit',
  ]
  for (const text of asked) {
    await sender.command(slackUser, CHANNEL, text)
    await player.say(teamsUser, outside.teamsChannel, text)
    await settled()
  }
  for (const name of ['again', 'page', 'approve', 'reject', '<!channel>']) {
    await sender.click(
      slackUser,
      stage.slackCard(),
      name,
      JSON.stringify({ id: name === 'page' ? `${id} page 1` : id, revision: '' }),
    )
    await settled()
  }
  const click = { ...targetOf(record), revision: '' }
  await player.deliver(stage.teamsClick('lee', 'show', click, stage.teamsCard()))
  const reject = player.invoke(
    outside.teamsUser('lee'),
    stage.teamsCard(),
    { verb: 'submit', data: { ...targetOf(record), form: 'reject', key: '1' } },
    { reason: NAMES.join(' ').slice(0, 400) },
  )
  await player.deliver(reject)
  await settled()
  await sender.command(slackUser, CHANNEL, `approval ${id}`)
  await player.say(teamsUser, outside.teamsChannel, `approval ${id}`)
  await settled()
}

export const injection: Scenario = {
  row: 'S-8',
  title: 'hostile names',
  play: async ({ open }) => {
    const faults = new Faults()
    const cards = await drawn(faults)
    const stage = await open({ customers: 0 })
    sell(stage)
    await stage.terminal('dana', 'observe')
    await converse(stage)
    const { slack, teams } = stage.outside
    const said = [...slack.world.channels.values()].flatMap(({ messages }) => messages)
    const own = said.filter(({ user }) => user === slack.world.botUser)
    const messages = [...own, ...slack.world.ephemerals].filter(({ blocks }) => blocks.length > 0)
    for (const { text, blocks } of messages) {
      for (const fault of slackFaults(text, blocks)) faults.add(`in Slack: ${fault}`)
    }
    const refused = slack.calls.filter(({ error }) => error?.startsWith('invalid') === true)
    faults.expect(refused.length === 0, `Slack refused ${refused.length} messages`)
    const loud = slack.calls.filter(
      ({ method, given }) => method.startsWith('chat.') && given['parse'] !== 'none',
    )
    faults.expect(loud.length === 0, `${loud.length} messages let Slack look for names`)
    const posted = teams.world.posted.filter(({ card }) => card !== undefined)
    for (const { card = {}, activity } of posted) {
      for (const fault of [...teamsFaults(card), ...teamsTextFaults(activity)])
        faults.add(`in Teams: ${fault}`)
    }
    const all = {
      Slack: messages.map(({ blocks }) => wordsOf(blocks)).join('\n'),
      Teams: JSON.stringify(posted.map(({ card }) => card)),
    }
    for (const name of PLAIN) {
      const written = JSON.stringify(name).slice(1, -1)
      faults.expect(all.Slack.includes(name), `${name} is not shown in Slack as it is`)
      faults.expect(
        all.Teams.replaceAll('\u200b', '').includes(written),
        `${name} is not shown in Teams as it is`,
      )
    }
    const words = `${HOSTILE_NAMES.length} names on each of ${cards} kinds of cards in Slack, Teams and the console; ${NAMES.length} names in ${messages.length} messages that Slack got and ${posted.length} cards that Teams got: text everywhere, nobody called, no link, no markup`
    return { words, faults: faults.list() }
  },
}
