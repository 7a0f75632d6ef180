/** The words people type, in the order help shows them. One entry serves every surface. */
export interface CommandInfo {
  readonly name: CommandName
  readonly usage: string
  readonly does: string
  readonly examples: readonly string[]
}

export type CommandName = 'help' | 'who' | 'customer' | 'explain' | 'changes' | 'status' | 'observe'

export const COMMANDS: readonly CommandInfo[] = [
  {
    name: 'who',
    usage: 'who [month] [filter]',
    does: 'whom to bill in a month, how much and why; what needs you comes first',
    examples: ['who', 'who april', 'who 2026-03', 'who march contoso'],
  },
  {
    name: 'customer',
    usage: 'customer <name> [month]',
    does: 'the lines of one customer, each with its arithmetic',
    examples: ['customer contoso', 'customer contoso april'],
  },
  {
    name: 'explain',
    usage: 'explain <line>',
    does: 'the arithmetic of one line and where each number comes from',
    examples: ['explain k7q2mdxa'],
  },
  {
    name: 'changes',
    usage: 'changes [since] [filter]',
    does: 'licence changes, by the date they took effect',
    examples: ['changes', 'changes since monday', 'changes 2026-03-01 contoso'],
  },
  {
    name: 'status',
    usage: 'status',
    does: 'how old the data is, and what is held',
    examples: ['status'],
  },
  {
    name: 'observe',
    usage: 'observe',
    does: 'reads the marketplace now',
    examples: ['observe'],
  },
  {
    name: 'help',
    usage: 'help [command]',
    does: 'what you can type here',
    examples: ['help', 'help who'],
  },
]
