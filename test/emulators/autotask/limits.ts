/** What the service bounds, and why each bound is where it is. */

/** Rows of a page, and the most that may be asked for: published by the vendor. */
export const PAGE_ROWS = 500

/** Conditions joined by "or" in one query: published by the vendor. */
export const OR_CONDITIONS = 500

/** Calls that one integration may have under way on one entity: published for integrations made since 2023. */
export const THREADS = 3

/** Calls in {@link TIMEFRAME_MINUTES}, of all integrations of a database together: published by the vendor. */
export const REQUESTS = 10_000

/** The rolling window in which calls are counted: published by the vendor. */
export const TIMEFRAME_MINUTES = 60

/** The largest whole number of a 32-bit field: the vendor's interface description calls most numbers so. */
export const LARGEST_INTEGER = 2_147_483_647

/** Decimal places of a price. Not published; finer prices are refused so that nobody relies on how they are cut. */
export const PRICE_PLACES = 4
