import { CHART_TITLE_CHARACTERS } from '../../core/limits-ahead.js'
import type { Chart } from '../cards/model.js'
import type { ChartElement } from './adaptive.js'
import { cut, plain } from './text.js'

export function chartElement({ title, labels, series }: Chart): ChartElement {
  const barsOf = ({ points }: Chart['series'][number]) =>
    points.map(({ height }, index) => ({ x: plain(labels[index] ?? ''), y: height }))
  const shown = cut(plain(title), CHART_TITLE_CHARACTERS) || '–'
  const shared = {
    title: shown,
    // A client that draws no charts shows this; what the chart says stands in words below it in any case.
    fallback: { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: shown, weight: 'Bolder' }] },
  } as const
  const [only, ...others] = series
  return only !== undefined && others.length === 0
    ? { type: 'Chart.VerticalBar', ...shared, data: barsOf(only) }
    : {
        type: 'Chart.VerticalBar.Grouped',
        ...shared,
        data: series.map((one) => ({ legend: plain(one.name), values: barsOf(one) })),
      }
}
