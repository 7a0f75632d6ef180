import type { ActionSet } from './adaptive.js'
import { SHOWN } from './limits.js'

/** Buttons beside each other as far as a telephone has room for their words. */
export function actionRows(actions: ActionSet['actions']): ActionSet[] {
  const rows: ActionSet['actions'][number][][] = []
  let left = 0
  for (const action of actions) {
    left -= action.title.length
    const row = left < 0 ? undefined : rows.at(-1)
    if (row !== undefined) row.push(action)
    else {
      rows.push([action])
      left = SHOWN.buttonRow - action.title.length
    }
  }
  return rows.map((row) => ({ type: 'ActionSet', actions: row }))
}
