import { DESCRIBE_FIELDS, PRICE_FIELDS, describeForm, priceForm } from '../cards/price-form.js'
import type { FormKind } from './form-kind.js'
import { filledDescription, filledPrice } from './parse-price.js'

/** Forms about prices and descriptions of the MSP's own. */
export const PRICE_FORMS: Readonly<Record<'price' | 'describe', FormKind>> = {
  price: {
    fields: PRICE_FIELDS,
    make: async (_parts, _person, target) => ({ type: 'form', form: priceForm(target) }),
    command: (_form, values) => filledPrice(values),
    behind: () => ({ name: 'price', action: 'list', page: 1 }),
  },
  describe: {
    fields: DESCRIBE_FIELDS,
    make: async (_parts, _person, target) => ({ type: 'form', form: describeForm(target) }),
    command: (_form, values) => filledDescription(values),
    behind: () => ({ name: 'describe', action: 'list', page: 1 }),
  },
}
