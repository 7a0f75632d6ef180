import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withChartWords } from '../../../bot/cards/chart.js'
import type { Block, Card, Chart } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'
import { renderSlack } from '../../../bot/slack/render.js'
import { renderTeams } from '../../../bot/teams/render.js'
import { mentionsIn, messageMistakes } from '../../emulators/slack/blocks.js'
import { cardMistakes, elementsOf, linesOf, markdownOf } from '../../emulators/teams/cards.js'
import { HOSTILE_NAMES } from '../../support/card-samples.js'
import { wordsOf } from '../slack/harness.js'

function chart(changes: Partial<Chart> = {}): Chart {
  const labels = ['March', 'April']
  const points = [
    { words: '$514.52', height: 514.52 },
    { words: '-$25.55', height: -25.55 },
  ]
  return { type: 'chart', title: 'Net by month', labels, series: [{ name: 'net', points }], ...changes }
}

function cardOf(...blocks: readonly Block[]): Card {
  return { title: 'Title', tone: 'plain', blocks, actions: [] }
}

const several = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `series ${index}`,
    points: chart().series[0]?.points ?? [],
  }))

const drawnInSlack = (card: Card) =>
  renderSlack(card).blocks.filter(({ type }) => type === 'data_visualization')
const drawnInTeams = (card: Card) =>
  elementsOf({ ...renderTeams(card).card }).filter(({ type }) => String(type).startsWith('Chart.'))

describe('a chart', () => {
  test('is drawn in Slack and Teams, and told in exact words on every surface', () => {
    const card = cardOf(chart())
    expect(drawnInSlack(card)).toMatchObject([
      {
        title: 'Net by month',
        chart: {
          type: 'bar',
          series: [
            {
              name: 'net',
              data: [
                { label: 'March', value: 514.52 },
                { label: 'April', value: -25.55 },
              ],
            },
          ],
          axis_config: { categories: ['March', 'April'] },
        },
      },
    ])
    expect(drawnInTeams(card)).toMatchObject([
      {
        type: 'Chart.VerticalBar',
        title: 'Net by month',
        data: [
          { x: 'March', y: 514.52 },
          { x: 'April', y: -25.55 },
        ],
      },
    ])
    const told = ['March: net $514.52', 'April: net -$25.55']
    for (const line of told) {
      expect(wordsOf(renderSlack(card))).toContain(line)
      expect(renderSlack(card).text).toContain(line)
      expect(linesOf({ ...renderTeams(card).card }).join('\n')).toContain(line)
      expect(renderConsole(card)).toContain(line)
    }
    expect(renderConsole(card)).toContain('Net by month:')
  })

  test('of several series is grouped in Teams', () => {
    expect(drawnInTeams(cardOf(chart({ series: several(3) })))).toMatchObject([
      {
        type: 'Chart.VerticalBar.Grouped',
        data: [{ legend: 'series 0' }, { legend: 'series 1' }, { legend: 'series 2' }],
      },
    ])
  })

  test.each([
    ['too many series', { series: several(7) }],
    ['no series', { series: [] }],
    ['no labels', { labels: [], series: [{ name: 'net', points: [] }] }],
    ['too many labels', { labels: Array.from({ length: 21 }, (_, index) => `${index}`) }],
    ['a label twice', { labels: ['March', 'March'] }],
    ['a long label', { labels: ['March', 'x'.repeat(21)] }],
    ['a series twice', { series: [...several(1), ...several(1)] }],
    ['a point too few', { labels: ['March', 'April', 'May'] }],
    [
      'a height that is none',
      {
        series: [
          {
            name: 'net',
            points: [
              { words: 'x', height: Number.NaN },
              { words: 'y', height: 1 },
            ],
          },
        ],
      },
    ],
  ])('with %s is told and not drawn', (_, changes) => {
    const card = cardOf(chart(changes))
    expect(drawnInSlack(card)).toEqual([])
    expect(drawnInTeams(card)).toEqual([])
    expect(withChartWords(card.blocks)).toMatchObject([{ type: 'list', heading: 'Net by month' }])
  })

  test('is the third of a card: it is told, because a message of Slack takes two', () => {
    const card = cardOf(chart({ title: 'A' }), chart({ title: 'B' }), chart({ title: 'C' }))
    expect(drawnInSlack(card).map((block) => 'title' in block && block.title)).toEqual(['A', 'B'])
    expect(drawnInTeams(card)).toHaveLength(2)
    expect(messageMistakes(renderSlack(card).blocks)).toEqual([])
    expect(wordsOf(renderSlack(card))).toContain('C')
  })
})

test('the emulators refuse what the platforms would', () => {
  const [good] = drawnInSlack(cardOf(chart()))
  const wrong = (changes: object) => messageMistakes([{ ...good, ...changes }])
  expect(wrong({})).toEqual([])
  expect(wrong({ title: 'x'.repeat(51) })).not.toEqual([])
  expect(wrong({ chart: { type: 'bar', series: [], axis_config: { categories: ['a'] } } })).not.toEqual([])
  const series = [{ name: 'net', data: [{ label: 'b', value: 1 }] }]
  expect(wrong({ chart: { type: 'bar', series, axis_config: { categories: ['a'] } } })).toEqual([
    'blocks: a series misses its axis',
  ])
  expect(
    messageMistakes([good, good, good].map((block, index) => ({ ...block, block_id: `${index}` }))),
  ).toEqual(['blocks: only two charts are allowed'])
  const [bars] = drawnInTeams(cardOf(chart()))
  const body = (changes: object) =>
    cardMistakes({ type: 'AdaptiveCard', version: '1.5', body: [{ ...bars, ...changes }] })
  expect(body({})).toEqual([])
  expect(body({ fallback: undefined })).toEqual(['Chart.VerticalBar has no fallback'])
  expect(body({ data: [{ x: 'a', y: '1' }] })).toEqual(['Chart.VerticalBar has a bar that is none'])
})

test('any chart of any words is taken by both platforms, calls nobody and holds no Markdown', () => {
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string({ unit: 'binary', maxLength: 30 }))
  const point = fc.record({ words: hostile, height: fc.double() })
  const any = fc.record({
    type: fc.constant('chart' as const),
    title: hostile,
    labels: fc.array(hostile, { maxLength: 25 }),
    series: fc.array(fc.record({ name: hostile, points: fc.array(point, { maxLength: 25 }) }), {
      maxLength: 8,
    }),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 4 }), (charts) => {
      const card = cardOf(...charts)
      const { text, blocks } = renderSlack(card)
      expect(messageMistakes(blocks)).toEqual([])
      expect(mentionsIn(text, blocks)).toEqual([])
      expect(cardMistakes({ ...renderTeams(card).card })).toEqual([])
      expect(markdownOf({ ...renderTeams(card).card })).toEqual([])
    }),
    { numRuns: 200 },
  )
})
