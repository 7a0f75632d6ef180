import type { MappingChoices } from '../../core/app/map-choices.js'
import { PSA_TITLES } from '../../core/app/routed.js'
import { formatLocalDate } from '../../core/calendar/date.js'
import { monthYear } from '../../core/calendar/words.js'
import { BUTTON_TARGET_CHARACTERS, FORM_OPTIONS } from '../../core/limits.js'
import { typedName } from '../../core/mapping/typed.js'
import type { Field, Form, Option } from './form.js'
import type { Action } from './model.js'

function commandFor(customerName: string): string {
  return `map ${typedName(customerName)} to <company> in <agreement or contract> accept from <month>`
}

/** Says by hand where a customer is. */
export function mapByHandActions(customerId: string, customerName: string): readonly Action[] {
  if (customerId.length > BUTTON_TARGET_CHARACTERS) return []
  return [
    {
      name: 'mapByHand',
      label: 'Map by hand',
      tone: 'default',
      target: { id: customerId, revision: '' },
      command: commandFor(customerName),
    },
  ]
}

/** Asks for the place, and from when it bills. */
export function mapByHandForm(choices: MappingChoices): Form {
  const { customerId, customerName, company } = choices
  const now =
    company === undefined
      ? 'nobody knows yet who it is'
      : `as far as known it is ${company.name} (${company.id})`
  return {
    name: 'mapByHand',
    title: 'Map by hand',
    introduction: [
      { type: 'text', style: 'strong', text: `Where ${customerName} is` },
      {
        type: 'text',
        style: 'plain',
        text: `In the PSA, ${now}. What is sure there is mapped; nothing is written into it.`,
      },
    ],
    fields: fieldsFor(choices),
    submit: { label: 'Map', tone: 'primary' },
    target: { id: customerId, revision: '' },
    command: commandFor(customerName),
  }
}

/** What values alone are checked against. */
export const MAP_BY_HAND_FIELDS: readonly Field[] = fieldsFor({
  companies: [],
  company: undefined,
  containers: [],
  months: [],
})

function fieldsFor({
  companies,
  company,
  containers,
  months,
}: Pick<MappingChoices, 'companies' | 'company' | 'containers' | 'months'>): readonly Field[] {
  const isTwo = new Set(companies.map(({ psa }) => psa)).size > 1
  const known = company === undefined ? {} : { value: companyValue(company) }
  const hint =
    company === undefined
      ? 'Left out, what fits best is taken.'
      : `One of ${company.name}. Left out, as for another company, what fits best is taken.`
  return [
    {
      id: 'company',
      label: 'Company',
      required: true,
      ...chosenOrTyped(
        companies.map((each) => {
          const label = `${each.name} (${each.id})${isTwo ? ` in ${PSA_TITLES[each.psa]}` : ''}`
          return { label, value: companyValue(each) }
        }),
      ),
      ...(companies.length > FORM_OPTIONS ? {} : known),
    },
    {
      id: 'container',
      label: 'Agreement or contract',
      hint,
      required: false,
      ...chosenOrTyped(containers.map(({ id, name }) => ({ label: `${name} (${id})`, value: id }))),
    },
    {
      id: 'month',
      type: 'choice',
      label: 'The PSA bills from',
      hint: 'Left out, from the first month that nothing has billed.',
      required: false,
      options: months.map(({ from }) => ({
        label: monthYear(from),
        value: formatLocalDate(from).slice(0, 'yyyy-mm'.length),
      })),
    },
  ]
}

/** A company by name and id needs its PSA only where it is chosen: "connectwise 12". */
function companyValue({ psa, id }: { readonly psa: string; readonly id: string }): string {
  return `${psa} ${id}`
}

/** A name or an id is typed where there is nothing to choose from, or more than anybody would look through. */
function chosenOrTyped(options: readonly Option[]) {
  return options.length === 0 || options.length > FORM_OPTIONS
    ? ({ type: 'text', lines: 'one', most: 200 } as const)
    : ({ type: 'choice', options } as const)
}
