import { checkContract } from './command.js'

process.exitCode = checkContract(process.argv.slice(2), (text) => process.stdout.write(text))
