import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { withSavedFile } from '../../../bot/console/save.js'
import { SAVED_FILE_NAMES } from '../../../core/limits.js'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'billing-save-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function saved(content: string): Promise<string> {
  const reply = await withSavedFile(
    {
      card: { title: 'File', tone: 'plain', blocks: [], actions: [] },
      audience: 'everyone',
      problem: undefined,
      approval: undefined,
      decided: false,
      file: { name: 'BR-0001.csv', mediaType: 'text/csv', bytes: Buffer.from(content) },
    },
    folder,
  )
  return renderConsole(reply.card)
}

test('a file with other content is never replaced: the new one gets a free name and says so', async () => {
  expect(await saved('one')).toContain(`Saved as ${join(folder, 'BR-0001.csv')}\n`)
  const words = await saved('two')
  expect(words).toContain(`Saved as ${join(folder, 'BR-0001 (2).csv')}`)
  expect(words).toContain('BR-0001.csv has other content and was left as it is')
  expect(await readFile(join(folder, 'BR-0001.csv'), 'utf8')).toBe('one')
  expect(await readFile(join(folder, 'BR-0001 (2).csv'), 'utf8')).toBe('two')
})

test('the same content is not saved twice', async () => {
  await saved('one')
  await saved('two')
  expect(await saved('one')).toContain('with the same content')
  expect(await saved('two')).toContain('BR-0001 (2).csv, where it was already')
  expect((await readdir(folder)).sort()).toEqual(['BR-0001 (2).csv', 'BR-0001.csv'])
})

test('two at once are two files', async () => {
  await Promise.all([saved('one'), saved('two')])
  const names = await readdir(folder)
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  expect(contents.sort()).toEqual(['one', 'two'])
})

test('a folder full of other files of that name is a refusal', async () => {
  await writeFile(join(folder, 'BR-0001.csv'), 'other')
  for (let number = 2; number <= SAVED_FILE_NAMES; number += 1) {
    await writeFile(join(folder, `BR-0001 (${number}).csv`), 'other')
  }
  await expect(saved('one')).rejects.toThrow('could not be written. No file was made')
})

test('a folder that cannot be written to is a refusal, and nothing is left there', async () => {
  await mkdir(join(folder, 'BR-0001.csv'))
  await expect(saved('one')).rejects.toThrow('Check the folder')
  expect(await readdir(folder)).toEqual(['BR-0001.csv'])
})
