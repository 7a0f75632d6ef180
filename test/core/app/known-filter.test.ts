import { expect, test } from 'vitest'
import { Problem } from '../../../core/problem.js'
import { chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

async function asked(text: string): Promise<Problem | undefined> {
  const { desk } = await chatDesk({ log: memoryLog() })
  return (await desk.ask('console:dana', text)).problem
}

test.each([
  ['who febuary', 'february'],
  ['who contoso febuary', 'contoso february'],
  ['who do I bill this munth?', 'this month'],
  ['changes mondey', 'monday'],
  ['who contsoo', 'Contoso'],
])('%s is no filter: %s was meant', async (text, meant) => {
  const problem = await asked(text)
  expect(problem).toBeInstanceOf(Problem)
  expect(problem).toMatchObject({ kind: 'notFound', next: `Did you mean “${meant}”?` })
})

test.each(['who', 'changes'])(
  '%s with a name nobody has says so, and how dates are written',
  async (command) => {
    const problem = await asked(`${command} zzz`)
    expect(problem?.what).toBe('No customer or product has “zzz” in its name.')
    expect(problem?.next).toContain('`2026-03`')
  },
)

test.each(['who', 'who CONTOSO', 'who business premium', 'changes contoso today'])(
  '%s is answered',
  async (text) => {
    expect(await asked(text)).toBeUndefined()
  },
)
