/** Bounds of what is said in chat, each with its reason. Units last in the name. */

/** Posts in one channel: Slack takes one a second, and lets short bursts pass; three are a request and its twin with a note. */
export const SLACK_CHANNEL_BURST_POSTS = 3
export const SLACK_CHANNEL_BURST_MILLISECONDS = 3000
/** Calls in one conversation that Teams takes, each figure with its window: all of them hold at once. */
export const TEAMS_CONVERSATION_SECOND_CALLS = 7
export const TEAMS_CONVERSATION_TWO_SECONDS_CALLS = 8
export const TEAMS_CONVERSATION_HALF_MINUTE_CALLS = 60
export const TEAMS_CONVERSATION_HOUR_CALLS = 1800
/** Tries of one call, doubling from half a second: a hiccup passes, and a person waits some seconds at most. */
export const CHAT_TRIES = 4
export const CHAT_RETRY_FIRST_MILLISECONDS = 500
/** Longest wait a platform can impose while somebody waits for the answer: Slack names up to a minute. */
export const CHAT_PATIENCE_MILLISECONDS = 60_000
/** Calls that wait in one channel: a minute of Slack's pace. What comes on top is kept in the database and said later. */
export const CHAT_LANE_LENGTH = 60
/** How long a call waits there: after two minutes nobody looks at that spot any more, and a job says it when it can. */
export const CHAT_LANE_AGE_MILLISECONDS = 120_000
/** Channels remembered with their last calls: more than are used in an hour. */
export const CHAT_LANES = 2000
/** How long one process may be sending one delivery: every call ends in ten seconds, with its turn in a lane two minutes. */
export const DELIVERY_LEASE_MINUTES = 5
/** Deliveries sent at once: one slow channel leaves the others their turn. */
export const DELIVERY_AT_ONCE = 4
/** Deliveries of one tick, and requests whose hour has come: a channel takes sixty in a minute; the next tick goes on. */
export const DELIVERY_TICK_ITEMS = 500
/** First and longest wait after a try that failed, doubling: an outage takes minutes, and people notice five. */
export const DELIVERY_WAIT_FIRST_SECONDS = 30
export const DELIVERY_WAIT_LONGEST_SECONDS = 300
/** After a day nobody waits for an answer any more, and a request can be looked up: it is given up and told in `status`. */
export const DELIVERY_HOURS = 24
/** How long `status` tells what did not arrive: a week, so that whoever was away reads it. */
export const DELIVERY_TOLD_DAYS = 7
