import { readFile } from 'node:fs/promises'
import { Problem } from '../../../core/problem.js'
import { calculate } from './calculate.js'

/** `calculate FILE|-`: the arithmetic alone, JSON in and out. */
export async function calculateFrom([file, ...more]: readonly string[]): Promise<number> {
  if (file === undefined || more.length > 0) {
    throw new Problem({
      kind: 'input',
      what: 'calculate takes one file of JSON, or - for standard input.',
      next: 'Type `npm run -s calculate -- FILE`.',
    })
  }
  const { exitCode, output } = calculate(await readInput(file))
  const stream = exitCode === 0 ? process.stdout : process.stderr
  stream.write(output)
  return exitCode
}

async function readInput(file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8')
    let text = ''
    process.stdin.setEncoding('utf8')
    for await (const chunk of process.stdin) text += chunk
    return text
  } catch (error) {
    throw new Problem({
      kind: 'input',
      what: `${file} cannot be read.`,
      next: 'Check the name of the file.',
      cause: error,
    })
  }
}
