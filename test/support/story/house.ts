import { type Config, parseConfig } from '../../../bot/config.js'
import type { Ticking } from '../../../bot/jobs/jobs.js'
import { type Running, start } from '../../../bot/main.js'
import type { IngramEmulator } from '../../emulators/ingram/server.js'
import { impatientPacing } from '../pacing.js'
import { type Cast, peopleSettings } from './cast.js'
import type { StoryClock } from './clock.js'
import { type Action, type Story, opening } from './story.js'

export type Environment = Readonly<Record<string, string>>

/** The product as it is started for a story: the same as for anybody, with a story's clock. */
export interface House extends Running {
  readonly config: Config
}

/** What the product asked to be called every minute. */
export type Ticks = Set<() => Promise<void>>

export interface HouseOptions {
  /** Billing settings of the story, as the configuration has them. */
  readonly settings: Environment
  readonly cast: Cast
  readonly clock: StoryClock
  readonly ingram: IngramEmulator
  /** Whose books these are: each play has its own. */
  readonly mspId: string
  /** Settings of a chat platform. */
  readonly surface: Environment
  /** Time is the story's: nothing ticks but what a story says. */
  readonly ticks: Ticks
}

export async function openHouse(options: HouseOptions): Promise<House> {
  const { settings, cast, clock, ingram, mspId, surface, ticks } = options
  const config = parseConfig({
    MSP_ID: mspId,
    ...marketplaceSettings(ingram),
    ...peopleSettings(cast),
    PORT: '0',
    LOG_LEVEL: 'error',
    BILLING_TIME_ZONE: clock.timeZone,
    ...settings,
    ...surface,
  })
  const ticking: Ticking = (tick) => {
    ticks.add(tick)
    return async () => void ticks.delete(tick)
  }
  return {
    ...(await start(config, {
      clock: { now: async () => clock.now() },
      ticking,
      pacing: impatientPacing(clock.now),
    })),
    config,
  }
}

/** The settings a story begins with. */
export function openingSettings(story: Story): Environment {
  return Object.fromEntries(
    opening(story).flatMap(({ action }) => {
      if (action.type === 'rules') return [['AUTO_APPROVE', action.rules]]
      return action.type === 'policy' ? Object.entries(policySettings(action)) : []
    }),
  )
}

/** How the product reaches an emulated marketplace. */
export function marketplaceSettings({ url, credentials }: IngramEmulator): Environment {
  return {
    INGRAM_URL: url,
    INGRAM_SUBSCRIPTION_KEY: credentials.subscriptionKey,
    INGRAM_USERNAME: credentials.username,
    INGRAM_PASSWORD: credentials.password,
    INGRAM_MARKETPLACE: credentials.marketplace,
  }
}

/** "timing arrears" as the setting it is: BILLING_TIMING=arrears. The day of the marketplace's invoices is no billing rule. */
export function policySettings({ settings }: Extract<Action, { type: 'policy' }>): Environment {
  return Object.fromEntries(
    settings.map(({ name, value }) => {
      const setting = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
      return [setting === 'INVOICE_DAY' ? setting : `BILLING_${setting}`, value]
    }),
  )
}
