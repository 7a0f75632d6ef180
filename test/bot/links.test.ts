import { describe, expect, test } from 'vitest'
import { LINK_HOURS, createFileLinks } from '../../bot/links.js'

const NOW = new Date('2026-03-20T13:00:00Z')
const links = createFileLinks('k'.repeat(32), 'https://billing.example')

function tokenOf(url: string): string {
  expect(url.startsWith('https://billing.example/files/')).toBe(true)
  return url.slice('https://billing.example/files/'.length)
}

const token = tokenOf(links.to('BR-0001.csv', NOW))

test('a link leads to its file until its time is over', () => {
  expect(links.nameOf(token, NOW)).toBe('BR-0001.csv')
  const end = NOW.getTime() + LINK_HOURS * 3_600_000
  expect(links.nameOf(token, new Date(end - 1))).toBe('BR-0001.csv')
  expect(links.nameOf(token, new Date(end))).toBeUndefined()
})

describe('a token that was made up or changed leads nowhere', () => {
  const [content = '', signature = ''] = token.split('.')
  const other = Buffer.from(`${Math.floor(NOW.getTime() / 1000) + 999_999} BR-0002`).toString('base64url')
  test.each([
    '',
    '.',
    content,
    `${content}.`,
    `.${signature}`,
    `${other}.${signature}`,
    `${content}.${signature}x`,
    `${content}.${signature.slice(0, -1)}`,
    `${content}.${signature}.${signature}`,
    tokenOf(createFileLinks('x'.repeat(32), 'https://billing.example').to('BR-0001.csv', NOW)),
  ])('%s', (forged) => {
    expect(links.nameOf(forged, NOW)).toBeUndefined()
  })
})
