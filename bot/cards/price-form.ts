import { DESCRIPTION_LENGTH, MAXIMUM_TEXT_LENGTH } from '../../core/limits.js'
import type { Field, Form } from './form.js'
import type { ActionTarget } from './model.js'

/** What a price is set by, as people choose it. */
const RULES = [
  { label: 'a fixed price', value: 'fixed' },
  { label: 'a discount off list, in percent', value: 'discount' },
  { label: 'a markup on cost, in percent', value: 'markup' },
  { label: 'a margin, in percent', value: 'margin' },
] as const

const ABOUT: readonly Field[] = [
  {
    id: 'customer',
    type: 'text',
    lines: 'one',
    most: MAXIMUM_TEXT_LENGTH,
    label: 'Customer',
    hint: 'a name or its beginning, the reference of a line, or all',
    required: true,
    missing: 'Whom is it for? Type all for everyone.',
  },
  {
    id: 'product',
    type: 'text',
    lines: 'one',
    most: MAXIMUM_TEXT_LENGTH,
    label: 'Product',
    hint: 'left out: all products',
    required: false,
  },
]

const DATES: readonly Field[] = [
  { id: 'from', type: 'date', label: 'From', hint: 'left out: today', required: false },
  { id: 'until', type: 'date', label: 'Last day', hint: 'left out: it stays', required: false },
]

export const PRICE_FIELDS: readonly Field[] = [
  ...ABOUT,
  {
    id: 'rule',
    type: 'choice',
    options: RULES,
    label: 'The price is',
    required: true,
    missing: 'Choose how the price is set.',
  },
  {
    id: 'amount',
    type: 'number',
    label: 'Amount or percent',
    hint: 'of one seat, without tax',
    required: true,
    missing: 'How much is it?',
  },
  {
    id: 'currency',
    type: 'text',
    lines: 'one',
    most: 3,
    label: 'Currency',
    hint: 'of a fixed price, as EUR; left out: the one that is billed',
    required: false,
  },
  ...DATES,
]

export const DESCRIBE_FIELDS: readonly Field[] = [
  ...ABOUT,
  {
    id: 'words',
    type: 'text',
    lines: 'one',
    most: DESCRIPTION_LENGTH,
    label: 'Description',
    required: true,
    missing: 'What is it to be called?',
  },
  ...DATES,
]

export const PRICE_COMMAND = 'price <customer> [product] <rule> [from <date>] [until <date>]'
export const DESCRIBE_COMMAND = 'describe <customer> [product] "<words>" [from <date>] [until <date>]'

export function priceForm(target: ActionTarget): Form {
  return {
    name: 'price',
    title: 'Set a price',
    introduction: [
      {
        type: 'text',
        style: 'plain',
        text: 'What is billed already stays. The answer says what changes, and from when.',
      },
    ],
    fields: PRICE_FIELDS,
    submit: { label: 'Set', tone: 'primary' },
    target,
    command: PRICE_COMMAND,
  }
}

export function describeForm(target: ActionTarget): Form {
  return {
    name: 'describe',
    title: 'Set a description',
    introduction: [{ type: 'text', style: 'plain', text: 'On bills and in files. No amount changes.' }],
    fields: DESCRIBE_FIELDS,
    submit: { label: 'Set', tone: 'primary' },
    target,
    command: DESCRIBE_COMMAND,
  }
}
