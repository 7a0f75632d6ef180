import type { Action, ActionTarget } from '../cards/model.js'
import type { ActionSet, Execute } from './adaptive.js'
import { SHOWN } from './limits.js'
import type { Verb } from './schema.js'
import { cut, plain } from './text.js'

/** Buttons beside each other as far as a telephone has room for them. */
export function actionRows(actions: ActionSet['actions']): ActionSet[] {
  const rows: ActionSet['actions'][number][][] = []
  let left = 0
  for (const action of actions) {
    const width = action.title.length + SHOWN.buttonEdges
    left -= width
    const row = left < 0 ? undefined : rows.at(-1)
    if (row !== undefined) row.push(action)
    else {
      rows.push([action])
      left = SHOWN.buttonRow - width
    }
  }
  return rows.map((row) => ({ type: 'ActionSet', actions: row }))
}

const STYLES = { default: {}, primary: { style: 'positive' }, danger: { style: 'destructive' } } as const

export function execute(
  label: string,
  verb: Verb,
  { id, revision }: ActionTarget,
  tone: Action['tone'],
): Execute {
  return {
    type: 'Action.Execute',
    title: cut(plain(label), SHOWN.button),
    verb,
    data: { id, revision },
    ...STYLES[tone],
  }
}
