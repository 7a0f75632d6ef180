// A program that wants a data folder: says `ready`, on a line of input takes the lock and says `owned` or `refused`,
// then does nothing until it is killed or its input ends. Started from dist/, where what it imports is JavaScript.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { lockFolder } from '../../adapters/storage/folder-lock.js'

const [folder = ''] = process.argv.slice(2)
const input = createInterface({ input: process.stdin })
console.log('ready')
await once(input, 'line')
try {
  lockFolder(folder)
  console.log('owned')
} catch (error) {
  console.log(Object(error).kind === 'conflict' ? 'refused' : String(error))
}
