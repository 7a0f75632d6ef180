import type { Form } from '../../bot/cards/form.js'
import type { Block, Card } from '../../bot/cards/model.js'
import { renderSlack } from '../../bot/slack/render.js'
import { formWindow } from '../../bot/slack/window.js'
import { renderForm, renderTeams } from '../../bot/teams/render.js'
import { HOSTILE_NAMES, SAMPLE_NAMES, sampleWorld } from '../support/card-samples.js'
import type { Look, Scene } from './scenes.js'

/** Names that are shortened or laid out on several lines are looked for by what stands at their beginning. */
const PART_CHARACTERS = 24
/** Where text decides what fits: names are longest there, and markup is in them. */
const NARROW = 'hostile'
const NARROW_COLUMNS = 4
const NOTE = { target: { id: 'APR-0001', revision: '' } }

/**
 * Every card and every form, in every world they are made in, on both platforms. What must be seen is taken from the card
 * before it is made for a platform; the buttons are those that were sent.
 */
export async function sampleScenes(): Promise<readonly Scene[]> {
  const scenes: Scene[] = []
  for (const world of SAMPLE_NAMES) {
    const { cards, forms } = await sampleWorld(world)
    const keep = (label: string, { blocks, shows }: Told, slack: unknown, teams: unknown) => {
      const looks: readonly Look[] =
        world === NARROW && !isWide(blocks) ? ['wide-light', 'narrow-dark'] : ['wide-light']
      const common = { name: fileName(`${world} ${label}`), shows, looks, literal: HOSTILE_NAMES }
      scenes.push({ ...common, platform: 'slack', payload: slack, buttons: slackButtons(slack) })
      scenes.push({ ...common, platform: 'teams', payload: teams, buttons: teamsButtons(teams) })
    }
    for (const [label, card] of cards) {
      const told = { blocks: card.blocks, shows: wordsOf(card) }
      keep(label, told, { blocks: renderSlack(card).blocks }, renderTeams(card, ['29:lee']).card)
    }
    for (const [label, form] of forms) {
      const told = { blocks: form.introduction, shows: formWords(form) }
      keep(`form ${label}`, told, { view: formWindow(form, NOTE) }, renderForm(form, 'key').card)
    }
  }
  return scenes
}

interface Told {
  readonly blocks: readonly Block[]
  readonly shows: readonly string[]
}

/** Tables for desktops: on a telephone Teams breaks their words. */
function isWide(blocks: readonly Block[]): boolean {
  return blocks.some((block) => block.type === 'table' && block.columns.length > NARROW_COLUMNS)
}

function fileName(label: string): string {
  return label.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80)
}

/** The title and what begins each block: an empty drawing shows none of them. */
function wordsOf({ title, blocks }: Card): readonly string[] {
  return [title, ...blocks.map(firstWords)].map(part).filter((words) => words !== '')
}

function firstWords(block: Block): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'facts':
      return block.facts[0]?.label ?? ''
    case 'table':
      return block.columns[0]?.heading ?? ''
    case 'list':
      return block.heading ?? block.items[0] ?? ''
    case 'chart':
      return block.title
  }
}

function formWords({ title, fields }: Form): readonly string[] {
  return [title, ...fields.map(({ label }) => label)].map(part)
}

/** Up to what a surface may draw in its own way: a line's end, words to type, a mark. */
function part(text: string): string {
  return (
    text
      .split(/[\n\r`\u202a-\u202e\u2066-\u2069]/)[0]
      ?.slice(0, PART_CHARACTERS)
      .trim() ?? ''
  )
}

/** Titles of the buttons in what was sent, in their order. */
function slackButtons(payload: unknown): readonly string[] {
  const titles: string[] = []
  visit(payload, (node) => {
    if (node['type'] === 'button') titles.push(textOf(node['text']))
  })
  const { view } = payload as { readonly view?: { readonly close?: unknown; readonly submit?: unknown } }
  return view === undefined ? titles : [...titles, textOf(view.close), textOf(view.submit)]
}

function teamsButtons(payload: unknown): readonly string[] {
  const titles: string[] = []
  // What renews a card by itself is no button.
  const { refresh: _, ...shown } = payload as Readonly<Record<string, unknown>>
  visit(shown, (node) => {
    if (String(node['type']).startsWith('Action.')) titles.push(String(node['title']))
  })
  return titles
}

function textOf(object: unknown): string {
  return (object as { readonly text: string }).text
}

function visit(value: unknown, see: (node: Readonly<Record<string, unknown>>) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) see(value as Record<string, unknown>)
  for (const inner of Object.values(value)) visit(inner, see)
}
