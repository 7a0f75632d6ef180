import type { PolicyAhead } from '../../core/app/policy-status.js'
import type { SettingSource, SettingStanding, SettingsAnswer } from '../../core/app/settings.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { isPolicy } from '../../core/settings/catalog.js'
import type { Block, Card } from './model.js'
import { CHOOSE_ACTION, SETTINGS_COMMAND, changeAction } from './settings-form.js'
import { ageWords, plural } from './words.js'

/** What the program is connected to: never where, nor with which key. */
export interface Connection {
  readonly name: string
  /** "configured", "not configured", or how: "configured, over a socket". */
  readonly words: string
}

/** What is set, where each value comes from, and what is ahead. */
export function settingsCard(
  answer: SettingsAnswer,
  connections: readonly Connection[],
  mayChange: boolean,
): Card {
  const { settings, ahead, timeZone, opensOn, opensByLine } = answer
  const rules = settings.filter(({ name }) => isPolicy(name))
  const others = settings.filter(({ name }) => !isPolicy(name))
  const opens = opensByLine ? 'by BILLING_OPENS_ON' : 'the 1st of the month of the first observation'
  const canChange = mayChange && settings.some(({ source }) => source.type !== 'line')
  return {
    title: 'Settings',
    tone: 'plain',
    blocks: [
      { type: 'list', heading: 'How you bill', items: rules.map((setting) => settingItem(setting)) },
      ...aheadBlocks(ahead),
      { type: 'list', heading: 'Bounds and invoices', items: others.map((each) => settingItem(each)) },
      {
        type: 'facts',
        facts: [
          { label: 'Time zone', value: `${timeZone} · by BILLING_TIME_ZONE` },
          { label: 'Bills from', value: `${dayMonthYear(opensOn)} · ${opens}` },
        ],
      },
      {
        type: 'list',
        heading: 'Connections, set in the configuration',
        items: connections.map(({ name, words }) => `${name}: ${words}`),
      },
      quiet(
        `${ageWords(answer.age)}. Next: \`settings <name>\` shows one${canChange ? `, \`${SETTINGS_COMMAND}\` changes it` : ''}.`,
      ),
    ],
    actions: canChange ? [CHOOSE_ACTION] : [],
  }
}

/** One setting: what it is, where that comes from, and what it can be. */
export function settingCard(
  setting: SettingStanding,
  { age, ahead: taken }: SettingsAnswer,
  mayChange: boolean,
): Card {
  const { typed, value, words, source, line, ahead, onlyWith, choices, must, byDefault } = setting
  const isFixed = source.type === 'line'
  const next = isFixed
    ? `Fixed by ${line} in the configuration: change it there and start again, or empty it to change it here.`
    : mayChange
      ? `Next: \`settings ${typed} <value>${isPolicy(setting.name) ? ' [from <date>]' : ''}\`; \`settings ${typed} default\` goes back to ${byDefault}.`
      : 'An admin can change it.'
  return {
    title: `Setting: ${typed}`,
    tone: 'plain',
    blocks: [
      { type: 'text', style: 'strong', text: `${value}: ${words}` },
      {
        type: 'facts',
        facts: [
          { label: 'Comes from', value: sourceWords(source, line) },
          ...ahead.map((later) => ({
            label: `From ${dayMonthYear(later.from)}`,
            value: `${later.value}: ${later.words}${later.by === undefined ? '' : `, by ${later.by}`}`,
          })),
          { label: 'By default', value: byDefault },
        ],
      },
      ...(onlyWith === undefined ? [] : [plain(onlyWithWords(onlyWith))]),
      ...(isPolicy(setting.name) ? aheadBlocks(taken) : []),
      choices === undefined
        ? plain(`It must be ${must}.`)
        : {
            type: 'list',
            heading: 'It can be',
            items: choices.map((choice) => `${choice.typed}: ${choice.words}`),
          },
      quiet(`${ageWords(age)}. ${next}`),
    ],
    actions: mayChange && !isFixed ? [changeAction(setting)] : [],
  }
}

/** "increases full: added seats in full · changed by Ann on 20 Mar 2026 · from 1 Apr 2026: added seats prorated" */
function settingItem({ typed, value, words, source, line, ahead, onlyWith }: SettingStanding): string {
  const later = ahead.map(
    ({ from, words: then, by }) =>
      `from ${dayMonthYear(from)}: ${then}${by === undefined ? '' : `, by ${by}`}`,
  )
  const unused = onlyWith === undefined ? [] : [`counts only with ${onlyWith}`]
  return [`${typed} ${value}: ${words}`, sourceWords(source, line), ...later, ...unused].join(' · ')
}

function sourceWords(source: SettingSource, line: string): string {
  if (source.type === 'line') return `fixed by ${line}`
  if (source.type === 'default') return 'by default'
  return `changed by ${source.name} on ${dayMonthYear(source.on)}`
}

function onlyWithWords(onlyWith: string): string {
  return `It counts only with \`settings ${onlyWith}\`, which is not so.`
}

function aheadBlocks(ahead: readonly PolicyAhead[]): readonly Block[] {
  if (ahead.length === 0) return []
  const items = ahead.map((change) => {
    return `From ${dayMonthYear(change.from)}: ${change.words.join(', ')}${aheadWords(change)}`
  })
  return [{ type: 'list', heading: 'What subscriptions take later', items }]
}

/** Which subscriptions take it then, when it is not all of them on that day. */
export function aheadWords({ from, last, subscriptions, running }: PolicyAhead): string {
  const some = subscriptions < running ? `${subscriptions} of ${plural(running, 'subscription')}` : ''
  const late = last > from ? `the last subscription from ${dayMonthYear(last)}` : ''
  const words = [some, late].filter((part) => part !== '').join(', ')
  return words === '' ? '' : ` (${words})`
}

function plain(text: string): Block {
  return { type: 'text', style: 'plain', text }
}

function quiet(text: string): Block {
  return { type: 'text', style: 'quiet', text }
}
