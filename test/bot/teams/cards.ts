import type { Card } from '../../../bot/cards/model.js'
import type { AdaptiveCard } from '../../../bot/teams/adaptive.js'
import {
  type TeamsMessage,
  renderFile,
  renderForm,
  renderQuestion,
  renderTeams,
} from '../../../bot/teams/render.js'
import { SAMPLE_NAMES, sampleWorld } from '../../support/card-samples.js'

/** Where files are handed out in these samples. */
export const FILE_URL = 'https://billing.example/files/MTc3NDAxMTYwMCBCUi0wMDA0.c2lnbmVk'

/** People who see cards of requests as they fit them: as many as Teams allows, with ids as long as Teams' own. */
const VIEWERS = Array.from(
  { length: 60 },
  (_, index) => `29:${String(index).padStart(2, '0')}${'x'.repeat(90)}`,
)
/** What an opened form carries in these samples. */
const KEY = '0123456789abcdef'

/** Every card of one world as Teams shows it, with what a first click on its buttons is answered with. */
export async function teamsMessages(name: string): Promise<ReadonlyMap<string, TeamsMessage>> {
  const all = new Map<string, TeamsMessage>()
  const { cards, forms } = await sampleWorld(name)
  for (const [label, card] of cards) {
    all.set(label, label === 'file' ? renderFile(card, card.title, FILE_URL) : renderTeams(card, VIEWERS))
    for (const [question, asked] of questions(card)) all.set(`${label}, ${question}`, asked)
  }
  for (const [label, form] of forms) {
    all.set(label, renderForm(form, KEY))
    const mistakes = new Map(form.fields.map(({ id }) => [id, 'This is needed.']))
    all.set(`${label}, with mistakes`, renderForm(form, KEY, mistakes))
  }
  return all
}

function questions(card: Card): (readonly [string, TeamsMessage])[] {
  return card.actions
    .filter(({ confirm }) => confirm !== undefined)
    .map((action) => [`${action.label}?`, renderQuestion(card, action)])
}

/** Every Adaptive Card the bot can post or answer with, by world and by what was asked. */
export async function allTeamsCards(): Promise<ReadonlyMap<string, AdaptiveCard>> {
  const all = new Map<string, AdaptiveCard>()
  for (const name of SAMPLE_NAMES) {
    for (const [label, { card }] of await teamsMessages(name)) all.set(`${name}: ${label}`, card)
  }
  return all
}
