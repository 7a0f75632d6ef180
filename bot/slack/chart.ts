import { CHART_TITLE_CHARACTERS } from '../../core/limits-ahead.js'
import type { Chart } from '../cards/model.js'
import { cut, plain } from './text.js'

/** A block that @slack/types does not know yet. Source: the data visualization block of the Block Kit reference. */
export interface DataVisualization {
  readonly type: 'data_visualization'
  readonly title: string
  readonly chart: {
    readonly type: 'bar'
    readonly series: readonly { readonly name: string; readonly data: readonly DataPoint[] }[]
    readonly axis_config: { readonly categories: readonly string[] }
  }
  readonly block_id?: string
}

interface DataPoint {
  readonly label: string
  readonly value: number
}

export function chartBlock({ title, labels, series }: Chart): DataVisualization {
  const categories = labels.map(plain)
  return {
    type: 'data_visualization',
    title: cut(plain(title), CHART_TITLE_CHARACTERS) || '–',
    chart: {
      type: 'bar',
      series: series.map(({ name, points }) => ({
        name: plain(name),
        data: points.map(({ height }, index) => ({ label: categories[index] ?? '', value: height })),
      })),
      axis_config: { categories },
    },
  }
}
