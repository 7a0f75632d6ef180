import { CHARTS, CHART_CATEGORIES, CHART_LABEL_CHARACTERS, CHART_SERIES } from '../../core/limits-ahead.js'
import type { Block, Chart } from './model.js'

/**
 * What a chart says, in exact words: it stands below every drawing, and alone where nothing is drawn. Places where nothing
 * stands are drawn, and not told.
 */
export function chartWords({ title, labels, series }: Chart): Extract<Block, { type: 'list' }> {
  const items = labels.flatMap((label, index) => {
    const points = series.map(({ name, points: own }) => ({ name, ...own[index] }))
    if (points.every(({ height }) => height === 0)) return []
    return [`${label}: ${points.map(({ name, words = '–' }) => `${name} ${words}`).join(', ')}`]
  })
  return { type: 'list', heading: title, items }
}

/**
 * Every chart in words, which surfaces show like any other list, with the chart itself before them where it is drawn: as
 * many as each platform takes, so that people on all of them see the same.
 */
export function withChartWords(blocks: readonly Block[]): readonly Block[] {
  let drawn = 0
  return blocks.flatMap((block): readonly Block[] => {
    if (block.type !== 'chart') return [block]
    const isDrawn = drawn < CHARTS && isDrawable(block)
    drawn += isDrawn ? 1 : 0
    // The drawing has the title.
    const { heading: _, ...untitled } = chartWords(block)
    return isDrawn ? [block, untitled] : [chartWords(block)]
  })
}

/** Whether platforms draw a chart: none of its names is cut, or stands twice, and there are not too many of anything. */
function isDrawable({ labels, series }: Chart): boolean {
  const names = series.map(({ name }) => name)
  const isFew = series.length > 0 && series.length <= CHART_SERIES && labels.length <= CHART_CATEGORIES
  const isClear = [labels, names].every((words) => {
    return new Set(words).size === words.length && words.every((word) => isShort(word))
  })
  const isWhole = series.every(({ points }) => points.length === labels.length)
  return labels.length > 0 && isFew && isClear && isWhole && heightsOf(series).every(Number.isFinite)
}

/** What surfaces make visible or leave out would have to be compared once more. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

function isShort(word: string): boolean {
  return word.trim() !== '' && word.length <= CHART_LABEL_CHARACTERS && !UNSEEN.test(word)
}

function heightsOf(series: Chart['series']): readonly number[] {
  return series.flatMap(({ points }) => points.map(({ height }) => height))
}
