import type { SettingStanding } from '../../core/app/settings.js'
import { parseLocalDate } from '../../core/calendar/date.js'
import { Problem } from '../../core/problem.js'
import { settingNamed } from '../../core/settings/catalog.js'
import type { SettingName } from '../../core/settings/types.js'
import type { ActionTarget } from '../cards/model.js'
import { CHOOSE_FIELDS, SETTING_FIELDS, chooseForm, settingForm } from '../cards/settings-form.js'
import type { FormKind } from './form-kind.js'
import type { DeskParts } from './reply.js'

/** Which setting, and then what it is to be. */
export const SETTINGS_FORMS: Readonly<Record<'chooseSetting' | 'setting', FormKind>> = {
  chooseSetting: {
    fields: CHOOSE_FIELDS,
    make: async ({ studio }) => {
      const { settings } = await studio.settings.list()
      if (settings.every(({ source }) => source.type === 'line')) throw allFixed()
      return { type: 'form', form: chooseForm(settings) }
    },
    command: (_form, values) => ({
      name: 'settings',
      action: 'one',
      setting: nameIn(values.get('setting') ?? ''),
    }),
    behind: () => ({ name: 'settings', action: 'list' }),
  },
  setting: {
    fields: SETTING_FIELDS,
    make: async (parts, _person, target) => ({ type: 'form', form: settingForm(await meant(parts, target)) }),
    command: ({ target }, values) => ({
      name: 'settings',
      action: 'set',
      setting: nameIn(target.id),
      value: values.get('value') ?? '',
      from: parseLocalDate(values.get('from') ?? ''),
    }),
    behind: ({ id }) => ({ name: 'settings', action: 'one', setting: nameIn(id) }),
  },
}

async function meant({ studio }: DeskParts, { id }: ActionTarget): Promise<SettingStanding> {
  const name = nameIn(id)
  const setting = (await studio.settings.list()).settings.find((each) => each.name === name)
  if (setting === undefined) throw noSuchSetting(id)
  return setting
}

function nameIn(id: string): SettingName {
  const name = settingNamed(id)
  if (name === undefined) throw noSuchSetting(id)
  return name
}

function allFixed(): Problem {
  return new Problem({
    kind: 'held',
    what: 'The configuration fixes every setting.',
    notDone: 'Nothing was changed.',
    next: 'Empty a line there and start again, to change it here.',
  })
}

function noSuchSetting(id: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `“${id.slice(0, 40)}” is no setting.`,
    notDone: 'Nothing was changed.',
    next: 'Type `settings` to see them.',
  })
}
