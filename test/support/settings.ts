import { parseConfig } from '../../bot/config.js'
import { Problem } from '../../core/problem.js'

/** What is required of the settings, and nothing else. */
export const GOOD_SETTINGS = {
  INGRAM_URL: 'https://api.cloud.im/marketplace/na',
  INGRAM_SUBSCRIPTION_KEY: 'key',
  INGRAM_USERNAME: 'me.API',
  INGRAM_PASSWORD: 'secret',
  INGRAM_MARKETPLACE: 'us',
  BILLING_TIME_ZONE: 'America/New_York',
  PEOPLE: 'console:me=admin:Me',
}

/** What settings are refused with; throws when they are accepted. */
export function refusedSettings(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    parseConfig(environment)
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
  throw new Error('the configuration was accepted')
}
