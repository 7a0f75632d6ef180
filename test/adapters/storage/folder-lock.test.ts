import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { lockFolder } from '../../../adapters/storage/folder-lock.js'
import { projectFolder } from '../../../adapters/system/project.js'
import { Problem } from '../../../core/problem.js'

const CHILD = join(projectFolder(), 'dist', 'test', 'support', 'lock-child.mjs')
const ROUNDS = 4
const RACERS = 6

const base = mkdtempSync(join(tmpdir(), 'billing-lock-'))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(base, 'data-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

function lockFiles(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('owner.lock'))
}

/** Another program's lock, as it would have written it. */
function plantOwner(owner: object | string, ticket = 'planted.json'): void {
  mkdirSync(join(folder, 'owner.lock'))
  writeFileSync(join(folder, 'owner.lock', ticket), typeof owner === 'string' ? owner : JSON.stringify(owner))
}

/** What this process would write: a living owner. */
function myself(): { host: string; processId: number; processStart: string; boot: string } {
  const lock = lockFolder(folder)
  const [ticket = ''] = readdirSync(join(folder, 'owner.lock'))
  const owner = JSON.parse(readFileSync(join(folder, 'owner.lock', ticket), 'utf8')) as ReturnType<
    typeof myself
  >
  lock.release()
  return owner
}

function attempt(): 'taken' | 'refused' {
  try {
    lockFolder(folder).release()
    return 'taken'
  } catch (error) {
    if (error instanceof Problem) return 'refused'
    throw error
  }
}

describe('one owner', () => {
  test('a second program is refused with a sentence, until the first lets go', () => {
    const first = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(Problem)
    expect(() => lockFolder(folder)).toThrow(
      `${folder}: The data folder is in use. Process ${process.pid} on ${hostname()} has it open. Nothing was opened.`,
    )
    first.release()
    lockFolder(folder).release()
    expect(lockFiles()).toEqual([])
  })

  test('letting go twice does not take it from the next owner', () => {
    const first = lockFolder(folder)
    first.release()
    const second = lockFolder(folder)
    first.release()
    expect(() => lockFolder(folder)).toThrow(Problem)
    second.release()
  })

  test('the folder is made when it is not there', () => {
    const lock = lockFolder(join(folder, 'new', 'deep'))
    expect(existsSync(join(folder, 'new', 'deep', 'owner.lock'))).toBe(true)
    lock.release()
  })
})

describe('dead owners', () => {
  test('a process id that nobody has', () => {
    plantOwner({ ...myself(), processId: 2 ** 22 + 1, processStart: '1' })
    expect(attempt()).toBe('taken')
  })

  test('a process id that somebody else has now', () => {
    const owner = myself()
    plantOwner({ ...owner, processStart: `${owner.processStart}0` })
    // Without the kernel's word on when a process began the id alone decides, and it is alive.
    expect(attempt()).toBe(owner.processStart === '' ? 'refused' : 'taken')
  })

  test('another start of the machine', () => {
    plantOwner({ ...myself(), boot: 'before the restart' })
    expect(attempt()).toBe('taken')
  })

  test('what killed programs left behind goes, what living ones prepare stays', () => {
    const owner = myself()
    for (const [ticket, processId] of [
      ['dead.json', 2 ** 22 + 1] as const,
      ['alive.json', owner.processId] as const,
    ]) {
      mkdirSync(join(folder, `owner.lock.${ticket}`))
      const start = processId === owner.processId ? owner.processStart : '1'
      const content = JSON.stringify({ ...owner, processId, processStart: start })
      writeFileSync(join(folder, `owner.lock.${ticket}`, ticket), content)
    }
    const lock = lockFolder(folder)
    expect(lockFiles().sort()).toEqual(['owner.lock', 'owner.lock.alive.json'])
    lock.release()
  })
})

describe('owners that cannot be judged are taken for alive', () => {
  test('on another machine', () => {
    plantOwner({ ...myself(), host: 'elsewhere', processId: 2 ** 22 + 1 })
    expect(() => lockFolder(folder)).toThrow(
      /on elsewhere has it open.*Only if no program uses it any more, delete .*owner\.lock\./,
    )
  })

  test('a lock that cannot be read', () => {
    plantOwner('{"host":')
    expect(() => lockFolder(folder)).toThrow(/Its lock cannot be read/)
    expect(lockFiles()).toEqual(['owner.lock'])
  })
})

interface Child {
  readonly process: ChildProcess
  says(): Promise<string>
  go(): void
  kill(): Promise<void>
}

function startChild(): Child {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    process: child,
    says: async () => String((await lines.next()).value),
    go: () => void child.stdin.write('go\n'),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

test('kill -9 of the owner: of many programs that want the folder exactly one gets it, every time', async () => {
  let owner = startChild()
  expect(await owner.says()).toBe('ready')
  owner.go()
  expect(await owner.says()).toBe('owned')
  for (let round = 0; round < ROUNDS; round += 1) {
    const racers = Array.from({ length: RACERS }, startChild)
    for (const racer of racers) expect(await racer.says()).toBe('ready')
    await owner.kill()
    for (const racer of racers) racer.go()
    const answers = await Promise.all(racers.map((racer) => racer.says()))
    expect(answers.filter((answer) => answer === 'owned')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'refused')).toHaveLength(RACERS - 1)
    const winner = racers[answers.indexOf('owned')]
    if (winner === undefined) throw new Error('no owner')
    owner = winner
    await Promise.all(racers.filter((racer) => racer !== winner).map((racer) => racer.kill()))
  }
  expect(() => lockFolder(folder)).toThrow(Problem)
  await owner.kill()
  lockFolder(folder).release()
  expect(lockFiles()).toEqual([])
})
