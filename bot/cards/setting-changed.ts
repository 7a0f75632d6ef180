import type { MonthEffect, SettingEffects } from '../../core/app/setting-effects.js'
import type { PlannedSetting, SettingChanged } from '../../core/app/settings.js'
import { dayMonthYear, monthYear } from '../../core/calendar/words.js'
import { OVERRIDE_EFFECTS_SHOWN } from '../../core/limits.js'
import { staleWords } from './fresh.js'
import type { Block, Card } from './model.js'
import { aheadWords } from './settings.js'
import { amountWords } from './words.js'

/** What was set, and what it does: from when, to which amounts, and to what waits. */
export function settingChangedCard({
  setting,
  before,
  after,
  holdsFrom,
  dropped,
  effects,
  stale,
}: SettingChanged): Card {
  const from = holdsFrom === undefined ? '' : `, from ${dayMonthYear(holdsFrom)}`
  const isDoubtful = stale.length > 0 || (effects?.faults.length ?? 0) > 0
  const on = holdsFrom === undefined ? '' : ` from ${dayMonthYear(holdsFrom).toLowerCase()}`
  const change = before.words === after.words ? after.words : `${before.words} → ${after.words}`
  // What was planned for the very day is what a step back says again.
  const lost = dropped.filter((one) => one.from !== holdsFrom || one.value !== before.value)
  const undo = [{ value: before.value, on }, ...lost.map(plannedAgain)].map(
    (one) => `\`settings ${setting.typed} ${one.value}${one.on}\``,
  )
  return {
    title: `Set: ${setting.typed} is ${after.value}`,
    tone: isDoubtful ? 'attention' : 'good',
    blocks: [
      text('strong', `${change}${from}`),
      ...(dropped.length === 0 ? [] : [text('strong', droppedWords(dropped))]),
      ...(effects === undefined ? [text('plain', AT_ONCE)] : effectBlocks(effects, holdsFrom === undefined)),
      ...(stale.length === 0 ? [] : [text('plain', staleWords(stale))]),
      text(
        'quiet',
        `Next: ${effects === undefined ? '' : '`who`; '}${undo.join(', then ')} ${undo.length === 1 ? 'takes' : 'take'} it back.`,
      ),
    ],
    actions: [],
  }
}

function plannedAgain({ value, from }: PlannedSetting) {
  return { value, on: ` from ${dayMonthYear(from).toLowerCase()}` }
}

/** What was planned is never lost without a word. */
function droppedWords(dropped: readonly PlannedSetting[]): string {
  const planned = dropped.map(({ words, from }) => `${words} from ${dayMonthYear(from)}`).join(', ')
  return `In place of what was planned: ${planned}.`
}

const AT_ONCE = 'It holds at once. No amount changes, and what waits for approval stays as it is.'

function effectBlocks({ months, ahead, faults }: SettingEffects, fromBeginning: boolean): readonly Block[] {
  const when = fromBeginning
    ? ['Nothing is billed yet, so it holds from the beginning.']
    : [
        'What is billed stays. Each subscription takes it with its first period that begins from then on and behind all that is billed of it.',
      ]
  const later = ahead.map((change) => {
    return `From ${dayMonthYear(change.from)}: ${change.words.join(', ')}${aheadWords(change)}`
  })
  const shown = faults.slice(0, OVERRIDE_EFFECTS_SHOWN)
  const hidden = faults.length - shown.length
  return [
    ...when.map((words) => text('plain', words)),
    ...(later.length === 0 ? [] : [{ type: 'list', heading: 'What is ahead', items: later } as const]),
    { type: 'list', heading: 'To bill, as everything is known today', items: months.map(monthWords) },
    ...(shown.length === 0
      ? []
      : [
          {
            type: 'list',
            heading: 'Cannot be charged by it, so it is not billed then',
            items: [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : [])],
          } as const,
        ]),
  ]
}

/** "March 2026: $514.52 → $550.00", "March 2026: $514.52, as before" */
function monthWords({ month, before, after }: MonthEffect): string {
  const [old, now] = [before, after].map((totals) => {
    return totals.length === 0
      ? 'nothing'
      : totals.map(({ amount, currency }) => amountWords(amount, currency)).join(' + ')
  })
  return `${monthYear(month.from)}: ${old === now ? `${now}, as before` : `${old} → ${now}`}`
}

function text(style: 'plain' | 'strong' | 'quiet', words: string): Block {
  return { type: 'text', style, text: words }
}
