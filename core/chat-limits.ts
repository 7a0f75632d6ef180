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
/** What was written on a card is not written again for this long: as long as people go on clicking what they just saw. */
export const CHAT_WRITTEN_MILLISECONDS = 10_000
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

// Slack

/** Characters of a signing secret: Slack's have 32; a short one could be guessed. */
export const SLACK_SIGNING_SECRET_LENGTH = 16
/** Distance between a request's stamp and now, both ways: what Slack recommends. */
export const SLACK_FRESH_SECONDS = 300
/** A signed request is remembered until its stamp is stale for certain: both sides of the window, and one more. */
export const SLACK_REQUEST_KEPT_MILLISECONDS = 900_000
/** An event is remembered longer: Slack repeats one for up to an hour, and for a day when asked to. */
export const SLACK_EVENT_KEPT_MILLISECONDS = 90_000_000
/** One call of Slack's API: it answers within a second; uploads take a few. */
export const SLACK_CALL_MILLISECONDS = 10_000
/** Answer of Slack's API: a few kilobytes. */
export const SLACK_ANSWER_BYTES = 4 * 1024 * 1024
/** How long an accepted token counts as accepted before it is asked about again. */
export const SLACK_READY_MILLISECONDS = 300_000
/** From setting out to install the app until coming back from Slack: time to read what it asks for, and to find an admin. */
export const SLACK_STATE_MILLISECONDS = 600_000
/** Opening a socket: Slack says hello within a second. */
export const SLACK_SOCKET_OPEN_MILLISECONDS = 15_000
/** Closing one: Slack answers at once; who does not is not waited for. */
export const SLACK_SOCKET_CLOSE_MILLISECONDS = 2000
/** Between tries to open a socket, doubling: Slack renews sockets every hour or so, and is away for minutes at most. */
export const SLACK_SOCKET_RETRY_FIRST_MILLISECONDS = 500
export const SLACK_SOCKET_RETRY_LAST_MILLISECONDS = 30_000
/** Until a form is made, before a window that asks to wait is opened: a click opens a window within three seconds only. */
export const SLACK_FORM_MILLISECONDS = 1000

// Microsoft Teams

/** An activity is remembered for a day: a token that could bring it again is void after an hour. */
export const TEAMS_ACTIVITY_KEPT_MILLISECONDS = 86_400_000
/** Until a token was checked: it takes milliseconds, or one look at Microsoft's keys. */
export const TEAMS_VERIFY_MILLISECONDS = 8000
/** Until a click is answered: Teams gives up after 15 seconds, and the work goes on without it. */
export const TEAMS_CLICK_MILLISECONDS = 9000
/** One call of the Connector or of the sign-in: they answer within a second. */
export const TEAMS_CALL_MILLISECONDS = 10_000
/** Answer of the Connector or of the sign-in: a few kilobytes. */
export const TEAMS_ANSWER_BYTES = 1024 * 1024
/** A token for the Connector is renewed this long before its end, so that none ends on the way. */
export const TEAMS_TOKEN_EARLY_MILLISECONDS = 300_000
/** People who see a card of their own: the most Teams allows on one card. */
export const TEAMS_VIEWERS = 60
/** People looked up as having been met in one conversation: those with a role among them are fewer than the above. */
export const TEAMS_MET_PEOPLE = 500
/** How long somebody without a role is not refused, and noted, again for a card their client renews by itself. */
export const TEAMS_REFUSED_LOOK_MILLISECONDS = 3_600_000
/** Such refusals kept: more people without a role look at cards nowhere. */
export const TEAMS_REFUSED_LOOKS = 1000
/** How long somebody without a role is not refused, and noted, again for opening their Home: the page says so already. */
export const SLACK_REFUSED_HOME_MILLISECONDS = 3_600_000
/** A file that is offered for somebody's OneDrive: it goes there in one piece. Larger ones have the link alone. */
export const TEAMS_FILE_BYTES = 20 * 1024 * 1024
/** Until such a file has been taken: some megabytes over an office's line. */
export const TEAMS_UPLOAD_MILLISECONDS = 60_000
