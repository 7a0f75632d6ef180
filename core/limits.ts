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

/** Billing periods in one window: each month from 1900 to 2199 is 3,600. */
export const CALCULATOR_PERIODS = 4_000

/** Faults listed in one refusal: more are a wrong file, and a wall of text helps nobody. */
export const CALCULATOR_FAULTS = 20

/** Seats of one subscription: a hundred for each person on earth is a typing mistake. */
export const SEATS = 1_000_000_000_000n

/** Price of one seat for one period, in whole units of its currency. */
export const UNIT_PRICE = 1_000_000_000_000n

/** Billing periods longer than ten years are not sold. */
export const BILLING_PERIOD_YEARS = 10
