import type { AskedStart } from '../../core/app/map-start.js'
import type { MappingChoice } from '../../core/app/map-types.js'
import { monthOf } from '../../core/app/who.js'
import { parseLocalDate } from '../../core/calendar/date.js'
import type { FormValues } from '../cards/form.js'
import { MAP_BY_HAND_FIELDS, mapByHandForm } from '../cards/map-form.js'
import { isPsa } from './desk-map.js'
import type { FormKind } from './form-kind.js'

/** Where a customer is, as `map <customer> to … accept from …` says it. */
export const MAP_BY_HAND: FormKind = {
  fields: MAP_BY_HAND_FIELDS,
  make: async ({ studio }, _, { id }) => {
    return { type: 'form', form: mapByHandForm(await studio.mapping.choices(id)) }
  },
  command: ({ target, fields }, values) => {
    const isChosen = fields.some(({ id, type }) => id === 'company' && type === 'choice')
    const choice = placeIn(values, isChosen)
    return { name: 'map', action: 'accept', customer: target.id, choice, from: startIn(values) }
  },
  behind: ({ id: customer }) => ({ name: 'map', action: 'suggest', customer, choice: {}, page: undefined }),
}

/** A company that was chosen names its PSA; one that was typed is looked for in all of them. */
function placeIn(values: FormValues, isChosen: boolean): MappingChoice {
  const company = values.get('company') ?? ''
  const container = values.get('container') ?? ''
  const [psa, ...id] = company.split(' ')
  const place = isChosen && isPsa(psa) ? { psa, company: id.join(' ') } : { company }
  return { ...place, ...(container === '' ? {} : { container }) }
}

function startIn(values: FormValues): AskedStart | undefined {
  const day = parseLocalDate(`${values.get('month') ?? ''}-01`)
  return day === undefined ? undefined : { type: 'month', month: monthOf(day) }
}
