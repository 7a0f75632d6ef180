/** The id of a button among those of the same action; the first has the action's own name. */
export function buttonId(name: string, before: number): string {
  return before === 0 ? name : `${name}~${before + 1}`
}

/** The action of a button, out of its id. */
export function actionOf(id: string): string {
  return id.replace(/~\d+$/, '')
}
