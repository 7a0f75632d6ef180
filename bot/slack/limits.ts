/**
 * What Slack accepts, in one table. Lengths are in UTF-16 units, which never count less than Slack does. Sources: the
 * Block Kit reference and the doc comments of @slack/types 3.2.0, unless said otherwise.
 */
export const LIMITS = {
  blocks: 50,
  headerText: 150,
  /** Documented for a section; Slack names no figure for rich text, so the same is kept. */
  blockText: 3000,
  contextText: 2000,
  tableRows: 100,
  tableColumns: 20,
  /** All cells of a message together: more is refused as `invalid_blocks`. */
  tableText: 10_000,
  buttonText: 75,
  buttonValue: 2000,
  actions: 25,
  identifier: 255,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** Title and buttons of a window. */
  viewTitle: 24,
  viewBlocks: 100,
  privateMetadata: 3000,
  inputLabel: 2000,
  inputHint: 2000,
  inputText: 3000,
  optionText: 75,
  optionValue: 75,
  /**
   * Everything but the table, as JSON. Slack refuses a message of more than about 13,200 characters
   * (`msg_blocks_too_long`) without saying what it counts; structure seems to count too, so it is counted here.
   */
  message: 12_000,
  /** Plain words of a message, for notifications and screen readers: Slack advises to stay below 4,000. */
  text: 3000,
} as const

/** Where we cut before Slack does, because nobody reads more: a cut text ends in an ellipsis. */
export const SHOWN = {
  cell: 200,
  item: 600,
  fact: 600,
} as const
