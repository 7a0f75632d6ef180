import type { Psas } from '../core/app/read-psa.js'
import { PSA_TITLES } from '../core/app/routed.js'
import type { Connection } from './cards/settings.js'
import type { Config } from './config.js'

/** What this program is connected to, in words without an address or a secret. */
export function connectionsOf(
  { slack, teams }: Pick<Config, 'slack' | 'teams'>,
  psas: Psas,
): readonly Connection[] {
  return [
    { name: 'Ingram Micro Cloud Marketplace', words: CONFIGURED },
    ...(['connectwise', 'autotask'] as const).map((psa) => {
      return { name: PSA_TITLES[psa], words: psas.has(psa) ? CONFIGURED : NOT_CONFIGURED }
    }),
    { name: 'Slack', words: slackWords(slack) },
    { name: 'Microsoft Teams', words: teamsWords(teams) },
  ]
}

const CONFIGURED = 'configured'
const NOT_CONFIGURED = 'not configured'

function slackWords(slack: Config['slack']): string {
  if (slack === undefined) return NOT_CONFIGURED
  if (slack.appToken !== undefined) return `${CONFIGURED}, over a socket`
  return slack.install === undefined ? CONFIGURED : `${CONFIGURED}, workspaces install the app by themselves`
}

function teamsWords(teams: Config['teams']): string {
  if (teams === undefined) return NOT_CONFIGURED
  return teams.anonymous ? `${CONFIGURED} for trying it on this machine, where nobody is checked` : CONFIGURED
}
