/** Requests in flight: ConnectWise publishes no limit, and a handful is what its integrators report as clean. */
export const CONNECTWISE_CONCURRENCY = 4
/** Rows of a page: the hard limit of ConnectWise. */
export const CONNECTWISE_PAGE_ROWS = 1000
/** Rows of one list: ten times the largest catalog anybody keeps. A list that never ends is a loop. */
export const CONNECTWISE_LIST_ROWS = 500_000
/** Walks through the lines of an agreement before giving up: somebody may work in it while it is read. */
export const CONNECTWISE_LIST_WALKS = 3
/** How long a discovered address counts: releases come every few weeks, and a refused address is discovered again. */
export const CONNECTWISE_CODEBASE_MILLISECONDS = 86_400_000
/** How long the names of billing cycles count: they are set up once, for all agreements. */
export const CONNECTWISE_CYCLES_MILLISECONDS = 3_600_000
/** Until a write is asked for again that could not even be prepared: about as long as a restart of ConnectWise takes. */
export const CONNECTWISE_LATER_MILLISECONDS = 60_000
/** Characters of an addition's `invoiceDescription`, as ConnectWise publishes them. */
export const CONNECTWISE_DESCRIPTION_CHARACTERS = 6000
/** Wrong fields of one refusal that are named: more are a wrong request, and a wall of text helps nobody. */
export const CONNECTWISE_FIELD_FAULTS = 3
