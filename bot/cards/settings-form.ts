import type { SettingStanding } from '../../core/app/settings.js'
import { type SettingInfo, isPolicy } from '../../core/settings/catalog.js'
import type { Field, Form } from './form.js'
import type { Action, ActionTarget } from './model.js'

export const SETTINGS_COMMAND = 'settings <name> <value> [from <date>]'

/** The first step shows one of them. */
const CHOOSE_COMMAND = 'settings <name>'

/** What the button below all settings is about: any of them. */
const ALL: ActionTarget = { id: 'settings', revision: '' }

/** The first step: which one. */
export const CHOOSE_ACTION: Action = {
  name: 'chooseSetting',
  label: 'Change a setting',
  tone: 'default',
  target: ALL,
  command: CHOOSE_COMMAND,
}

/** The second step: its value. */
export function changeAction({ name, typed }: Pick<SettingInfo, 'name' | 'typed'>): Action {
  return {
    name: 'setting',
    label: 'Change',
    tone: 'primary',
    target: { id: name, revision: '' },
    command: `settings ${typed} <value>`,
  }
}

export const CHOOSE_FIELDS: readonly Field[] = [chosenField([])]

function chosenField(settings: readonly SettingStanding[]): Field {
  return {
    id: 'setting',
    type: 'choice',
    label: 'Which',
    required: true,
    missing: 'Choose the setting that is to change.',
    options: settings.map(({ name, typed, value }) => ({ label: `${typed} · now ${value}`, value: name })),
  }
}

/** Which setting: those the configuration fixes are left out, and said. */
export function chooseForm(settings: readonly SettingStanding[]): Form {
  const fixed = settings.filter(({ source }) => source.type === 'line').map(({ line }) => line)
  const words = `Fixed by the configuration, and changed there: ${fixed.join(', ')}.`
  return {
    name: 'chooseSetting',
    title: 'Change a setting',
    introduction: fixed.length === 0 ? [] : [{ type: 'text', style: 'plain', text: words }],
    fields: [chosenField(settings.filter(({ source }) => source.type !== 'line'))],
    submit: { label: 'Next', tone: 'primary' },
    target: ALL,
    command: CHOOSE_COMMAND,
  }
}

/** Characters of a value: the longest is a few words. */
const VALUE_LENGTH = 40

const FROM: Field = {
  id: 'from',
  type: 'date',
  label: 'From',
  hint: 'from today on; left out: today',
  required: false,
}

const VALUE: Field = {
  id: 'value',
  type: 'text',
  lines: 'one',
  most: VALUE_LENGTH,
  label: 'Value',
  required: true,
  missing: 'What is it to be?',
}

export const SETTING_FIELDS: readonly Field[] = [VALUE, FROM]

/** What one setting is to be: chosen where there is a choice, else typed. */
export function settingForm({ name, typed, choices, must, words }: SettingStanding): Form {
  const { id, label, required, missing = '' } = VALUE
  const value: Field =
    choices === undefined
      ? { ...VALUE, hint: must }
      : {
          type: 'choice',
          id,
          label,
          required,
          missing,
          options: choices.map((choice) => ({
            label: `${choice.typed} · ${choice.words}`,
            value: choice.typed,
          })),
        }
  const billed = 'What is billed stays; the answer says what changes, and from when.'
  return {
    name: 'setting',
    title: `Change ${typed}`,
    introduction: [
      { type: 'text', style: 'plain', text: `Now: ${words}.${isPolicy(name) ? ` ${billed}` : ''}` },
    ],
    fields: isPolicy(name) ? [value, FROM] : [value],
    submit: { label: 'Change', tone: 'primary' },
    target: { id: name, revision: '' },
    command: `settings ${typed} <value>${isPolicy(name) ? ' [from <date>]' : ''}`,
  }
}
