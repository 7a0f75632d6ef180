import { checkCards } from './cards.js'
import { checkContract, readArguments } from './command.js'

const args = process.argv.slice(2)
const write = (text: string) => void process.stdout.write(text)
const { specs } = readArguments(args)
const cards = specs === undefined ? 0 : await checkCards(specs, write)
const contract = checkContract(args, write)
process.exitCode = cards > 0 ? 1 : contract
