import { CHART_TITLE_CHARACTERS } from '../../core/limits.js'
import type { Chart } from '../cards/model.js'
import type { ChartElement } from './adaptive.js'
import { cut, plain } from './text.js'

export function chartElement({ title, labels, series }: Chart): ChartElement {
  const barsOf = ({ points }: Chart['series'][number]) =>
    points.map(({ height }, index) => ({ x: plain(labels[index] ?? ''), y: height }))
  const shared = {
    title: cut(plain(title), CHART_TITLE_CHARACTERS) || '–',
    fallback: {
      type: 'RichTextBlock',
      inlines: [
        { type: 'TextRun', text: 'This client draws no charts; the numbers follow.', isSubtle: true },
      ],
    },
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
