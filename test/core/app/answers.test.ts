import { expect, test } from 'vitest'
import { keepAnswers } from '../../../core/app/answers.js'
import { KEPT_ANSWERS } from '../../../core/limits.js'

function counting() {
  const answer = keepAnswers<number>()
  let made = 0
  return (from: readonly unknown[], question: string) => answer(from, question, () => (made += 1))
}

const PORTFOLIO = {}

test('the same question to the same things is computed once', () => {
  const ask = counting()
  const billed = {}
  expect(ask([PORTFOLIO, billed], 'march')).toBe(1)
  expect(ask([PORTFOLIO, billed], 'april')).toBe(2)
  expect(ask([PORTFOLIO, billed], 'march')).toBe(1)
})

test.each([
  ['another portfolio', [{}, 1]],
  ['other books', [PORTFOLIO, 2]],
  ['more to compute from', [PORTFOLIO, 1, 3]],
])('%s: it is computed again', (_, from) => {
  const ask = counting()
  expect(ask([PORTFOLIO, 1], 'march')).toBe(1)
  expect(ask(from, 'march')).toBe(2)
  expect(ask(from, 'march')).toBe(2)
})

test('another portfolio takes everything computed from the former along', () => {
  const ask = counting()
  ask([PORTFOLIO], 'march')
  ask([{}], 'april')
  expect(ask([PORTFOLIO], 'march')).toBe(3)
})

test('the oldest makes room', () => {
  const ask = counting()
  for (let question = 0; question <= KEPT_ANSWERS; question += 1) ask([PORTFOLIO], String(question))
  expect(ask([PORTFOLIO], String(KEPT_ANSWERS))).toBe(KEPT_ANSWERS + 1)
  expect(ask([PORTFOLIO], '0')).toBe(KEPT_ANSWERS + 2)
})
