/**
 * What Teams accepts, in one table. Sources: the Teams pages on cards and bots at learn.microsoft.com, the Adaptive Cards
 * 1.5 schema.
 */
export const LIMITS = {
  /** Newest version Teams documents for the cards of bots. */
  version: '1.5',
  /** A card as JSON in UTF-8. A whole message of a bot may have 100 KB; cards beyond 28 KB were refused in places. */
  cardBytes: 28 * 1024,
  /** Buttons of a card. */
  actions: 6,
  /** The line in notifications and lists of chats. */
  summary: 200,
  /** The answer to a click, for the clicker only: a line or two above the card. */
  message: 1000,
} as const

/** Long words may break after so many characters: what fits beside numbers, and across a card, on a telephone. */
export const BREAKS = { cell: 8, item: 30 } as const

/** Where we cut, because nobody reads more: a cut text ends in an ellipsis. Lengths in UTF-16 units. */
export const SHOWN = {
  title: 200,
  text: 3000,
  fact: 600,
  item: 600,
  cell: 200,
  button: 60,
  /** What stands beside each other on a telephone: the words of buttons, and `buttonEdges` for the room around each. */
  buttonRow: 34,
  buttonEdges: 3,
  /** Of one choice of a form: shorter where there are many. */
  choices: [100, 60, 36],
  fewest: 24,
  words: 300,
} as const
