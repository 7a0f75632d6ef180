import { expect, test } from 'vitest'
import { mentionsIn, typedText } from '../../../bot/slack/text.js'
import { withIdentities } from '../../../bot/commands/desk-people.js'

test('a mention is its person in the asker’s own team, with or without a name', () => {
  expect(mentionsIn('people add Lee approver <@U12|lee b> and <@W3>', 'slack:T9:U1')).toEqual([
    { text: '@lee b', identity: 'slack:T9:U12' },
    { text: '@W3', identity: 'slack:T9:W3' },
  ])
  expect(mentionsIn('nobody &lt;@U1&gt; <#C1|general> <!channel>', 'slack:T1:U1')).toEqual([])
})

test('it is taken as an identity where people are asked about, and nowhere else', () => {
  const typed = 'People role <@U1|lee> viewer'
  expect(withIdentities(typedText(typed), mentionsIn(typed, 'slack:T1:U9'))).toBe(
    'People role slack:T1:U1 viewer',
  )
  const other = 'reject APR-0001 because <@U1|lee> says so'
  expect(withIdentities(typedText(other), mentionsIn(other, 'slack:T1:U9'))).toBe(
    'reject APR-0001 because @lee says so',
  )
})
