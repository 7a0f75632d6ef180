import type { StoryClock } from './clock.js'
import type { PsaName, Story } from './story.js'
import type { PsaOffice } from './tell-psa.js'

export type PsaOffices = ReadonlyMap<PsaName, PsaOffice>

/** Starts the PSAs a story names, and no other. */
export async function openPsas({ steps }: Story, clock: StoryClock): Promise<PsaOffices> {
  const named = new Set(steps.flatMap(({ action }) => (action.type === 'psa' ? [action.psa] : [])))
  const offices = new Map<PsaName, PsaOffice>()
  if (named.has('connectwise')) {
    const { openConnectWise } = await import('./connectwise-office.js')
    offices.set('connectwise', await openConnectWise(clock))
  }
  if (named.has('autotask')) {
    const { openAutotask } = await import('./autotask-office.js')
    offices.set('autotask', await openAutotask(clock))
  }
  return offices
}
