/** Every bound of the product, in one place, each with its reason. Units last in the name. */

/** Times an observation is compared and stored again when another one finished first: more means a stuck loop. */
export const OBSERVE_ATTEMPTS = 5

/** Orders take effect after they are placed; a month and a half covers the slowest provisioning seen. */
export const ORDER_LOOKBACK_DAYS = 45

/** A typed command: longer text is a paste by mistake, and would be echoed back in a refusal. */
export const COMMAND_LENGTH_LIMIT = 500

/** A year of a large customer's subscriptions with their billed lines is 2 MiB; ten times that is a wrong file. */
export const CALCULATOR_TEXT_CHARACTERS = 20_000_000

/** Calculator input nests six levels; deeper is a mistake, and is refused before anything walks it. */
export const CALCULATOR_DEPTH_LEVELS = 12

/** Inputs in one array: one for each subscription of a large customer base, with room. */
export const CALCULATOR_INPUTS = 10_000

/** Events, or billed lines, of one subscription: one a day for a quarter of a century. */
export const CALCULATOR_EVENTS = 10_000

/** Billing periods of one call, over all its inputs: 10,000 subscriptions for ten months, or 270 years of days. */
export const CALCULATOR_PERIODS = 100_000

/** Faults listed in one refusal: more are a wrong file, and a wall of text helps nobody. */
export const CALCULATOR_FAULTS = 20

/** Seats of one subscription: a hundred for each person on earth is a typing mistake. */
export const SEATS = 1_000_000_000_000n

/** Price of one seat for one period, in whole units of its currency. */
export const UNIT_PRICE = 1_000_000_000_000n

/** Billing periods longer than ten years are not sold. */
export const BILLING_PERIOD_YEARS = 10

// What the marketplace sends

/** Characters of a name or text from outside: the longest seen have about 250; longer ones are cut visibly. */
export const MAXIMUM_TEXT_LENGTH = 500
/** Characters of an id from outside: vendors use digits or UUIDs of 36, sometimes with a suffix. */
export const MAXIMUM_ID_LENGTH = 128

// Speaking HTTP to other systems

/** Requests in flight per system: 20 was clean on the live marketplace, more only meets its time window sooner. */
export const HTTP_CONCURRENCY = 20
/** Tries of one request, the first included: some 40 seconds of backing off, longer than a gateway's window. */
export const HTTP_ATTEMPTS = 6
/** Tries while answers are not usable JSON: a hiccup passes; a wrong address stays wrong and should say so soon. */
export const HTTP_MALFORMED_ATTEMPTS = 3
/** One try from connecting to the last byte: a page of 500 rows takes seconds; after a minute it hangs. */
export const HTTP_TIMEOUT_MILLISECONDS = 60_000
/** Body of one answer after decompression: a page of 500 detailed rows is about 2 MB; more is a bomb or a bug. */
export const HTTP_BODY_BYTES = 32 * 1024 * 1024
/** Nesting of a JSON answer: vendors use about eight levels. */
export const HTTP_JSON_DEPTH = 64
/** First and longest wait when the server names none: doubling from a second, as clients of the live API do. */
export const HTTP_BACKOFF_FIRST_MILLISECONDS = 1000
export const HTTP_BACKOFF_LONGEST_MILLISECONDS = 15_000
/** Random part of a wait, so that several programs do not return in step. */
export const HTTP_BACKOFF_JITTER_MILLISECONDS = 500
/** Longest wait a server can impose: observations run every 15 minutes, so a longer one is the next one's matter. */
export const HTTP_RETRY_AFTER_LONGEST_MILLISECONDS = 300_000

// Reading the marketplace

/** Rows per page: the largest the live marketplace accepts. */
export const MARKETPLACE_PAGE_ROWS = 500
/** Walks through one list before giving up: rows that move while being read are caught by the next. */
export const MARKETPLACE_LIST_WALKS = 3
/** Rows of one list: twenty times the orders of a large reseller. A list that never ends is a loop. */
export const MARKETPLACE_LIST_ROWS = 500_000
