import { describe, expect, test } from 'vitest'
import { parseAutoApprove } from '../../bot/config-rules.js'
import { decimal } from '../support/observed.js'

describe('rules that approve', () => {
  test('name the PSA, the most seats, the most money, and whose changes', () => {
    expect(
      parseAutoApprove('small=connectwise:5:100.00:Contoso+Fabrikam & Sons, tiny = autotask : 1 : 25'),
    ).toEqual({
      rules: [
        {
          name: 'small',
          psa: 'connectwise',
          seats: decimal('5'),
          amount: decimal('100'),
          customers: ['Contoso', 'Fabrikam & Sons'],
        },
        { name: 'tiny', psa: 'autotask', seats: decimal('1'), amount: decimal('25'), customers: [] },
      ],
      mistakes: [],
    })
  })

  test('none are none', () => {
    expect(parseAutoApprove('')).toEqual({ rules: [], mistakes: [] })
    expect(parseAutoApprove(' , ')).toEqual({ rules: [], mistakes: [] })
  })

  test.each([
    'small',
    'small=connectwise',
    'small=connectwise:5',
    'small=quickbooks:5:100',
    'small=connectwise:five:100',
    'small=connectwise:5:-1',
    'small=connectwise:-5:1',
    'small=connectwise:5:100:Contoso:more',
    'small=connectwise:5:100=2',
    'a name with blanks=connectwise:5:100',
    '=connectwise:5:100',
  ])('%s is a mistake, and no rule', (text) => {
    const { rules, mistakes } = parseAutoApprove(text)
    expect(rules).toEqual([])
    expect(mistakes).toEqual([
      `AUTO_APPROVE has “${text}”: write it like small=connectwise:5:100.00:Contoso+Fabrikam`,
    ])
  })

  test('two of one name are a mistake: the trail could not tell them apart', () => {
    const { mistakes } = parseAutoApprove('a=connectwise:1:1,a=autotask:1:1')
    expect(mistakes).toEqual(['AUTO_APPROVE names two rules a'])
  })
})
