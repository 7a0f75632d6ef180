import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'
import type { Form } from '../../bot/cards/form.js'
import type { Card } from '../../bot/cards/model.js'
import { renderSlack } from '../../bot/slack/render.js'
import { formWindow } from '../../bot/slack/window.js'
import { renderForm, renderQuestion, renderTeams } from '../../bot/teams/render.js'
import { SAMPLE_NAMES, sampleWorld } from '../support/card-samples.js'
import { type Breakage, judge } from './judge.js'

/** Microsoft's schema of Adaptive Cards 1.5, a file in the folder `--specs` names. */
const ADAPTIVE_CARD_SCHEMA = 'adaptive-card-1.5.schema.json'

/** What Teams takes of one message is more; what it draws on every client is this. */
const TEAMS_CARD_BYTES = 28 * 1024
const require = createRequire(import.meta.url)

/** Something the bot shows, as it is sent. */
interface Shown {
  readonly label: string
  readonly content: unknown
}

const SLACK_BREAKAGES: readonly Breakage[] = [
  { what: 'a block nobody knows', at: [0, 'type'], value: 'heading' },
  { what: 'markup in a header', at: [0, 'text', 'type'], value: 'mrkdwn' },
  { what: 'a header without text', at: [0, 'text'], value: undefined },
  { what: 'a field nobody knows', at: [0, 'surprise'], value: true },
  { what: 'a cell that is a number', at: [1], value: { type: 'table', rows: [[4]] } },
  {
    what: 'a style nobody knows',
    at: [1],
    value: {
      type: 'actions',
      elements: [{ type: 'button', style: 'loud', text: { type: 'plain_text', text: 'x' } }],
    },
  },
]

const TEAMS_BREAKAGES: readonly Breakage[] = [
  { what: 'no card', at: ['type'], value: 'Card' },
  { what: 'an element nobody knows', at: ['body', 0, 'type'], value: 'Heading' },
  { what: 'a field nobody knows', at: ['body', 0, 'surprise'], value: true },
  {
    what: 'a size nobody knows',
    at: ['body', 0],
    value: { type: 'TextBlock', text: 'x', size: 'gigantic' },
  },
  { what: 'another version', at: ['version'], value: '1.6' },
  { what: 'more than every client draws', at: ['fallbackText'], value: 'x'.repeat(TEAMS_CARD_BYTES) },
  { what: 'an action nobody knows', at: ['actions'], value: [{ type: 'Action.Launch', title: 'x' }] },
]

/**
 * Checks every card in every world, as it is sent to either platform: Slack's against a schema made from the types Slack
 * publishes, Teams' against Microsoft's schema and the size every client draws. Cards broken on purpose must be rejected.
 * Returns how many platforms are not in order.
 */
export async function checkCards(specs: string, write: (text: string) => void): Promise<number> {
  const document = path.join(specs, ADAPTIVE_CARD_SCHEMA)
  if (!existsSync(document)) {
    write(`${document} does not exist, so no card was checked. Give the folder that holds it.\n`)
    return 1
  }
  const all = await everything()
  const slack = {
    name: 'slack cards',
    shown: slackBlocks(all),
    accepts: blockKit(),
    broken: SLACK_BREAKAGES,
  }
  const teams = {
    name: 'teams cards',
    shown: teamsCards(all),
    accepts: adaptiveCards(document),
    broken: TEAMS_BREAKAGES,
  }
  return [slack, teams].filter((checked) => !judge(checked, write)).length
}

interface Everything {
  readonly cards: readonly (readonly [string, Card])[]
  readonly forms: readonly (readonly [string, Form])[]
}

async function everything(): Promise<Everything> {
  const worlds = await Promise.all(
    SAMPLE_NAMES.map(async (name) => {
      const { cards, forms } = await sampleWorld(name)
      return {
        cards: [...cards].map(([label, card]) => [`${name}: ${label}`, card] as const),
        forms: [...forms].map(([label, form]) => [`${name}: ${label}`, form] as const),
      }
    }),
  )
  return { cards: worlds.flatMap(({ cards }) => cards), forms: worlds.flatMap(({ forms }) => forms) }
}

/** Each card, and each window a form is filled in in. */
function slackBlocks({ cards, forms }: Everything): readonly Shown[] {
  const opened = { target: { id: 'APR-0001', revision: '' } }
  return [
    ...cards.map(([label, card]) => ({ label, content: withoutCharts(renderSlack(card).blocks) })),
    ...forms.map(([label, form]) => ({ label, content: formWindow(form, opened).blocks })),
  ]
}

/** Each card, each question a first click on it leads to, and each form. */
function teamsCards({ cards, forms }: Everything): readonly Shown[] {
  const asked = cards.flatMap(([label, card]) => [
    { label, content: renderTeams(card, ['29:lee', '29:sam']).card },
    ...card.actions
      .filter(({ confirm }) => confirm !== undefined)
      .map((action) => ({
        label: `${label}, ${action.label} clicked`,
        content: renderQuestion(card, action).card,
      })),
  ])
  return [...asked, ...forms.map(([label, form]) => ({ label, content: renderForm(form, 'key').card }))]
}

/** Charts are newer than Slack's types: they are checked by the emulator, and left out here. */
function withoutCharts(blocks: readonly { readonly type: string }[]): readonly object[] {
  return blocks.filter(({ type }) => type !== 'data_visualization')
}

/** A list of blocks, as Slack's own types describe them. */
function blockKit(): ValidateFunction {
  const types = path.join(path.dirname(require.resolve('@slack/types')), 'index.d.ts')
  const block = createGenerator({
    path: types,
    type: 'KnownBlock',
    skipTypeCheck: true,
    additionalProperties: false,
  }).createSchema('KnownBlock')
  const schema = { definitions: block.definitions, type: 'array', minItems: 1, items: { $ref: block.$ref } }
  return new Ajv({ strict: false, allErrors: true }).compile(schema as AnySchema)
}

/** Microsoft's schema says it is draft 6; nothing in it differs in draft 7, which the validator knows. */
function adaptiveCards(document: string): ValidateFunction {
  const { id: _, ...schema } = JSON.parse(readFileSync(document, 'utf8')) as Record<string, unknown>
  const accepts = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile({
    ...schema,
    $schema: 'http://json-schema.org/draft-07/schema#',
  })
  return withTeamsRules(accepts)
}

/** What the schema leaves out and Teams insists on. */
function withTeamsRules(accepts: ValidateFunction): ValidateFunction {
  const checked = (card: unknown): boolean => {
    const { msteams: _, ...plain } = card as Record<string, unknown>
    const fine = accepts(withFallbacks(plain))
    const own = teamsFaults(plain).map((message): ErrorObject => ownError(message))
    checked.errors = [...(fine ? [] : (accepts.errors ?? [])), ...own]
    return fine && own.length === 0
  }
  checked.errors = null as ErrorObject[] | null
  return checked as unknown as ValidateFunction
}

/** Charts are an extension of Teams, unknown to the schema: what stands in their place elsewhere has to be in order. */
function withFallbacks({ body, ...card }: Readonly<Record<string, unknown>>): unknown {
  if (!Array.isArray(body)) return { ...card, ...(body === undefined ? {} : { body }) }
  const elements = (body as Record<string, unknown>[]).map((element) =>
    String(element['type']).startsWith('Chart.') ? element['fallback'] : element,
  )
  return { ...card, body: elements }
}

function ownError(message: string): ErrorObject {
  return { instancePath: '', schemaPath: '', keyword: 'teams', params: {}, message }
}

function teamsFaults(card: Readonly<Record<string, unknown>>): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(card))
  const actions = Array.isArray(card['actions']) ? (card['actions'] as Record<string, unknown>[]) : []
  return [
    ...(card['version'] === '1.5' ? [] : ['the version is not 1.5']),
    ...(bytes < TEAMS_CARD_BYTES ? [] : [`${bytes} bytes are too many`]),
    ...(actions.length <= 6 ? [] : [`${actions.length} actions are too many`]),
    ...actions
      .filter(({ title }) => typeof title !== 'string' || title === '')
      .map(() => 'an action has no title'),
  ]
}
