import type { AuditFact } from './chain.js'

/** A workspace of Slack, or an organisation of them, as the trail names it. */
interface Named {
  /** "T:T01" or "E:E01" */
  readonly key: string
  readonly name: string
}

/** @param by "slack:T01:U01": whoever installed it, who needs no role here for that. */
export function workspaceInstalled(at: Date, { key, name }: Named, by: string): AuditFact {
  return { at, actor: by, action: 'slack.installed', subject: subjectOf(key), details: { name } }
}

/** @param why what Slack told us: the app was taken out, or its token withdrawn. */
export function workspaceRemoved(at: Date, { key, name }: Named, why: string): AuditFact {
  return { at, actor: 'system', action: 'slack.removed', subject: subjectOf(key), details: { name, why } }
}

/** "T:T01" is "slack:T01". */
function subjectOf(key: string): string {
  return `slack:${key.slice(2)}`
}
