import type { Right } from '../../core/access/rights.js'

/** The words people type, in the order help shows them. One entry serves every surface. */
export interface CommandInfo {
  readonly name: CommandName
  readonly usage: string
  /** What a person needs to be allowed to use it. */
  readonly right: Right
  readonly does: string
  readonly examples: readonly string[]
}

export type CommandName =
  | 'help'
  | 'who'
  | 'customer'
  | 'explain'
  | 'changes'
  | 'upcoming'
  | 'calendar'
  | 'propose'
  | 'sync'
  | 'map'
  | 'price'
  | 'describe'
  | 'approvals'
  | 'approval'
  | 'approve'
  | 'reject'
  | 'void'
  | 'export'
  | 'people'
  | 'settings'
  | 'audit'
  | 'home'
  | 'status'
  | 'observe'

export const COMMANDS: readonly CommandInfo[] = [
  {
    name: 'who',
    right: 'read',
    usage: 'who [month] [filter]',
    does: 'whom to bill in a month, how much and why; what needs you comes first',
    examples: ['who', 'who april', 'who 2026-03', 'who march contoso'],
  },
  {
    name: 'customer',
    right: 'read',
    usage: 'customer <name> [month]',
    does: 'the lines of one customer, each with its arithmetic',
    examples: ['customer contoso', 'customer contoso april'],
  },
  {
    name: 'explain',
    right: 'read',
    usage: 'explain <line>',
    does: 'the arithmetic of one line and where each number comes from',
    examples: ['explain k7q2mdxa'],
  },
  {
    name: 'changes',
    right: 'read',
    usage: 'changes [since] [filter]',
    does: 'licence changes, by the date they took effect',
    examples: ['changes', 'changes since monday', 'changes 2026-03-01 contoso'],
  },
  {
    name: 'upcoming',
    right: 'read',
    usage: 'upcoming [days] [page <n>]',
    does: 'the invoices to come from Ingram with what they should come to, renewals, and what can still be given back',
    examples: ['upcoming', 'upcoming 60', 'upcoming 60 page 2'],
  },
  {
    name: 'calendar',
    right: 'read',
    usage: 'calendar [month] [page <n>]',
    does: 'the days of a month that carry an invoice from Ingram, bills of customers or renewals',
    examples: ['calendar', 'calendar april'],
  },
  {
    name: 'propose',
    right: 'propose',
    usage: 'propose [month] [customers]',
    does: 'a bill run and its approval card; several customers are separated by commas',
    examples: ['propose', 'propose march', 'propose march contoso, fabrikam'],
  },
  {
    name: 'sync',
    right: 'propose',
    usage: 'sync [customers]',
    does: 'what would be written into ConnectWise or Autotask, with its approval card; without a name, for all',
    examples: ['sync', 'sync contoso, fabrikam'],
  },
  {
    name: 'map',
    right: 'map',
    usage:
      'map [customer] [to <company> | set <product> | continue <line> | new <line> | accept | remove | page <n>]',
    does: 'who is whom in ConnectWise or Autotask, and what fits; which licence continues which; accepting it writes nothing there',
    examples: [
      'map',
      'map page 2',
      'map contoso',
      'map contoso accept',
      'map contoso accept from april',
      'map contoso to "Contoso Ltd" in "Managed services"',
      'map contoso set visio to line 90001',
      'map contoso set visio to item 1234 offset 3 price keep',
      'map contoso set visio price catalog',
      'map contoso remove',
      'map contoso continue k7q2mdxa from mftqaf57',
      'map contoso new k7q2mdxa',
    ],
  },
  {
    name: 'price',
    right: 'read',
    usage:
      'price [<customer> [product] | <line> | all [product]] <rule> [from <date>] [until <date>] | yes <id> | remove <number>',
    does: 'prices of your own: what holds, most specific first; a new one, and what it changes; what is billed stays',
    examples: [
      'price',
      'price contoso',
      'price contoso premium 20.50',
      'price contoso premium 20.50 EUR from 1 april until 30 june',
      'price contoso discount 10%',
      'price all premium margin 20%',
      'price all markup 15%',
      'price k7q2mdxa 19.00',
      'price remove 3',
      'price remove 3 from may',
    ],
  },
  {
    name: 'describe',
    right: 'read',
    usage:
      'describe [<customer> [product] | <line> | all [product]] "<words>" [from <date>] [until <date>] | remove <number>',
    does: 'what a product is called on bills and in files; no amount changes',
    examples: [
      'describe',
      'describe contoso premium "Cloud office, per person"',
      'describe all premium "Microsoft 365" from april',
      'describe remove 4',
    ],
  },
  {
    name: 'approvals',
    right: 'read',
    usage: 'approvals',
    does: 'what waits for a decision',
    examples: ['approvals'],
  },
  {
    name: 'approval',
    right: 'read',
    usage: 'approval <id> [customer] [page <n>]',
    does: 'one request with its whole trail; page by page, every line of it',
    examples: ['approval APR-0001', 'approval APR-0001 page 2', 'approval APR-0001 contoso'],
  },
  {
    name: 'approve',
    right: 'decide',
    usage: 'approve <id>',
    does: 'says yes: the lines of a bill run are billed, the steps of a sync are written',
    examples: ['approve APR-0001'],
  },
  {
    name: 'reject',
    right: 'decide',
    usage: 'reject <id> because <reason>',
    does: 'says no: nothing is billed or written',
    examples: ['reject APR-0001 because the seats are wrong'],
  },
  {
    name: 'void',
    right: 'void',
    usage: 'void <run> [customer] because <reason>',
    does: 'asks to make what a run billed due again, or to take back what a sync wrote; it needs an approval',
    examples: ['void BR-0001 because sent twice', 'void BR-0001 contoso because wrong price'],
  },
  {
    name: 'export',
    right: 'download',
    usage: 'export csv <run>',
    does: 'the file of an approved bill run',
    examples: ['export csv BR-0001'],
  },
  {
    name: 'people',
    right: 'read',
    usage: 'people [add <name> <role> <identity> | role <name> <role> | remove <name> | link [code]]',
    does: 'who may do what; admins change it here, and everybody links where else they are met',
    examples: [
      'people',
      'people add Lee approver console:lee',
      'people role Lee biller',
      'people remove Lee',
      'people link',
    ],
  },
  {
    name: 'settings',
    right: 'read',
    usage: 'settings [<name> [<value> [from <date>]]]',
    does: 'how you bill: each value, where it comes from and what is ahead; admins change it here',
    examples: [
      'settings',
      'settings increases',
      'settings increases full',
      'settings first period full from 1 april',
      'settings day count thirty',
      'settings bound 30',
      'settings invoice day 12',
    ],
  },
  {
    name: 'audit',
    right: 'audit',
    usage: 'audit',
    does: 'who did what, the newest first, and whether the trail is whole',
    examples: ['audit'],
  },
  {
    name: 'home',
    right: 'read',
    usage: 'home',
    does: 'what waits for you, whom to bill, and what is to come, at a glance',
    examples: ['home'],
  },
  {
    name: 'status',
    right: 'read',
    usage: 'status',
    does: 'how old the data is, and what is held',
    examples: ['status'],
  },
  {
    name: 'observe',
    right: 'observe',
    usage: 'observe',
    does: 'reads the marketplace now',
    examples: ['observe'],
  },
  {
    name: 'help',
    right: 'read',
    usage: 'help [command]',
    does: 'what you can type here',
    examples: ['help', 'help who'],
  },
]
