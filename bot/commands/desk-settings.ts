import { type Person, may } from '../../core/access/people.js'
import type { Right } from '../../core/access/rights.js'
import { assert } from '../../core/assert.js'
import type { SettingsDesk } from '../../core/app/settings.js'
import type { Card } from '../cards/model.js'
import { settingChangedCard } from '../cards/setting-changed.js'
import { type Connection, settingCard, settingsCard } from '../cards/settings.js'
import type { SettingsCommand } from './parse-settings.js'

/** Whoever may look sees what is set; changing it is a right of its own. */
export function rightOverSettings({ action }: SettingsCommand): Right {
  return action === 'set' ? 'settings' : 'read'
}

/** The card that answers what is set, or what became of it. */
export async function settingsReply(
  settings: SettingsDesk,
  connections: readonly Connection[],
  person: Person,
  command: SettingsCommand,
): Promise<Card> {
  const mayChange = may(person, 'settings')
  switch (command.action) {
    case 'list':
      return settingsCard(await settings.list(), connections, mayChange)
    case 'one': {
      const answer = await settings.list()
      const setting = answer.settings.find(({ name }) => name === command.setting)
      assert(setting !== undefined, `${command.setting} is in no list of settings`)
      return settingCard(setting, answer, mayChange)
    }
    case 'set': {
      const { setting: name, value, from } = command
      return settingChangedCard(await settings.set(person, { name, value, from }))
    }
  }
}
