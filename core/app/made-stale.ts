import type { Billing } from './billing.js'

/** What a change makes of requests that wait. */
export interface MadeStale {
  /** Ids of those that show other lines than are due from then on, and cannot be approved any more. */
  readonly stale: readonly string[]
}

/** Carries out a change, and says which requests it made stale; those that were it before are not told again. */
export async function tellingStale<T extends object>(
  open: Billing['open'],
  change: () => Promise<T>,
): Promise<T & MadeStale> {
  const waited = staleIn(await open())
  const changed = await change()
  const stale = staleIn(await open()).filter((id) => !waited.includes(id))
  return { ...changed, stale }
}

function staleIn(records: Awaited<ReturnType<Billing['open']>>): readonly string[] {
  return records.filter(({ standing }) => standing?.changes !== undefined).map(({ approval }) => approval.id)
}
