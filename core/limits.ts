/** Every bound of the product, in one place, each with its reason. Units last in the name. */

/** Times an observation is compared and stored again when another one finished first: more means a stuck loop. */
export const OBSERVE_ATTEMPTS = 5

/** Orders take effect after they are placed; a month and a half covers the slowest provisioning seen. */
export const ORDER_LOOKBACK_DAYS = 45

/** How far before the opening date counts are asked for: in arrears the month before it is due (BILLING B21). */
export const OPENING_REACH_DAYS = 31

/** How long the read behind an observation may take: hours, when the marketplace slows down a first one of thousands. */
export const OBSERVATION_READ_HOURS = 4

/** How long after a change was seen its order may be stamped and still explain it: the slowest seen took two days. */
export const ORDER_LAG_DAYS = 3

/** How long after its order a count may still be shown as it was: the mirror of the lag above. */
export const COUNT_LAG_DAYS = 3

/** How far a new licence line may start from the end of the one it continues (BILLING B18). */
export const LINEAGE_GAP_DAYS = 3

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

/** A markup above this is an amount typed as percent: nobody sells at a hundred times the cost. */
export const MARKUP_PERCENT = 10_000n
/** Decimals of a percent: a hundredth of a basis point, so that what a margin makes of a cost stays a price. */
export const PERCENT_PLACES = 4
/** Characters of a description: what an invoice line of every system we know shows whole. */
export const DESCRIPTION_LENGTH = 200
/** A price this many times the list price, or this part of it, is more likely a slip of a digit than a price. */
export const PRICE_FAR_TIMES = 10n
/** A price that waits for a yes is one of these days: who says yes later has forgotten what was shown. */
export const PRICE_ASKED_HOURS = 72
/** Subscriptions an answer about an override shows one by one: enough to see whether it does what was meant. */
export const OVERRIDE_EFFECTS_SHOWN = 8

/** Billing periods longer than ten years are not sold. */
export const BILLING_PERIOD_YEARS = 10

/**
 * Age of the data from which on a person is told to observe before they bill: a change has to be visible 4 hours after it
 * happened, so that a night or a failed read is usual, and a whole day means that nobody observes any more.
 */
export const DATA_OLD_HOURS = 24

// What the marketplace sends

/** Characters of a name or text from outside: the longest seen have about 250; longer ones are cut visibly. */
export const MAXIMUM_TEXT_LENGTH = 500
/** Characters of an id from outside: vendors use digits or UUIDs of 36, sometimes with a suffix. */
export const MAXIMUM_ID_LENGTH = 128

// Speaking HTTP to other systems

/** Requests in flight per system: 20 was clean on the live marketplace, more only meets its time window sooner. */
export const HTTP_CONCURRENCY = 20
/** Tries of one request, the first included: half a minute of waiting, as clients of the live API found enough. */
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
/** Waiting within one write: a few short windows; a longer one is waited out by whoever asked for the write. */
export const HTTP_WRITE_WAIT_MILLISECONDS = 60_000
/** Body of a refusal: it is only quoted from, no explanation needs more. */
export const HTTP_REFUSAL_BYTES = 64 * 1024
/** Characters of a server's own words that are passed on: one line a person reads. */
export const HTTP_QUOTED_LENGTH = 200
/** Characters of a wrong value that a refusal quotes: enough to find it, not a page of it. */
export const ANSWER_QUOTED_LENGTH = 80
/** Characters of a correlation id: gateways send UUIDs. */
export const HTTP_CORRELATION_LENGTH = 100

// Reading the marketplace

/** Rows per page: the largest the live marketplace accepts. */
export const MARKETPLACE_PAGE_ROWS = 500
/** Walks through one list before giving up: rows that move while being read are caught by the next. */
export const MARKETPLACE_LIST_WALKS = 3
/** Rows of one list: twenty times the orders of a large reseller. A list that never ends is a loop. */
export const MARKETPLACE_LIST_ROWS = 500_000

// Autotask

/** Rows of a page: the most Autotask gives. */
export const AUTOTASK_PAGE_ROWS = 500
/** Values one condition may list: Autotask joins at most so many with "or". */
export const AUTOTASK_LISTED_VALUES = 500
/** Rows of one query: a contract of 100 services for 30 years has 36,000. A query that never ends is a loop. */
export const AUTOTASK_QUERY_ROWS = 200_000
/** Calls at once per entity: Autotask allows three to an integration, and another program may share its code. */
export const AUTOTASK_ENTITY_CALLS = 2
/** Wait before a write refused for too many calls at once, or for a lock, is asked for again: both pass in seconds. */
export const AUTOTASK_BUSY_MILLISECONDS = 5000
/** Wait before a write is asked for again that could not even be sent: what stood in its way may be a short outage. */
export const AUTOTASK_UNSENT_MILLISECONDS = 60_000
/** How long pick lists and companies' currencies are believed: people change them once in a year. */
export const AUTOTASK_REMEMBERED_MILLISECONDS = 3_600_000
/** How often the use of the shared limit is asked for at most: asking counts as well. */
export const AUTOTASK_THRESHOLD_EVERY_MILLISECONDS = 300_000
/** Share of the limit from which Autotask itself answers later, and each of our reads waits half a second. */
export const AUTOTASK_SLOW_PERCENT = 50
export const AUTOTASK_SLOW_MILLISECONDS = 500
/** Share from which each waits a whole second. */
export const AUTOTASK_SLOWER_PERCENT = 75
export const AUTOTASK_SLOWER_MILLISECONDS = 1000
/** Share from which what can wait is not read: past the whole everybody is refused, people at their screens too. */
export const AUTOTASK_BACKGROUND_PERCENT = 90
/** The largest count of one adjustment: a whole number of 32 bits. */
export const AUTOTASK_UNIT_CHANGE = 2_147_483_647n
/** Characters of a charge's name and of its longer texts. */
export const AUTOTASK_NAME_LENGTH = 100
export const AUTOTASK_TEXT_LENGTH = 2000

// ConnectWise PSA

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
/** Days before the next invoice date in which the newest invoice is looked for: the last month's, made late. */
export const CONNECTWISE_INVOICES_DAYS = 62
/** Products one condition may list: their ids stand in an address, which not every gateway lets be longer than 2,000 signs. */
export const CONNECTWISE_LISTED_VALUES = 100
/** Characters of an addition's `invoiceDescription`, as ConnectWise publishes them. */
export const CONNECTWISE_DESCRIPTION_CHARACTERS = 6000
/** Wrong fields of one refusal that are named: more are a wrong request, and a wall of text helps nobody. */
export const CONNECTWISE_FIELD_FAULTS = 3

/**
 * How much the heap of a server may grow, in percent of what is in use, before it is swept. Left to itself the engine lets
 * it grow to a multiple: after a rush the program would be twice as large as what it holds, for as long as nothing is asked.
 */
export const SERVER_HEAP_GROWTH_PERCENT = 40

// The database

/** Connections per program to a database server: commands answer in milliseconds, more would only queue there. */
export const DATABASE_CONNECTIONS = 10
/** Until a server has answered or a connection is free: after it a person is better served by a refusal. */
export const DATABASE_CONNECT_TIMEOUT_MILLISECONDS = 10_000
/** One transaction: a first observation of 100,000 licence lines writes for a few seconds; a minute means it hangs. */
export const DATABASE_TRANSACTION_MILLISECONDS = 60_000
/** A server ends a transaction whose program says nothing for so long: its locks must not stop everybody else. */
export const DATABASE_IDLE_TRANSACTION_MILLISECONDS = 120_000
/** Tries of a transaction the database itself gave up because of another one: the second nearly always passes. */
export const DATABASE_TRANSACTION_ATTEMPTS = 3
/** Rows of one bulk statement: larger ones save nothing more and hold the embedded database longer. */
export const DATABASE_BULK_ROWS = 10_000
/** Rows fetched at a time while exporting: a few megabytes in memory. */
export const DATABASE_EXPORT_ROWS = 2000
/** Characters of one line of a database export: the largest row has a few thousand; more is not our file. */
export const DATABASE_EXPORT_LINE_LENGTH = 16 * 1024 * 1024
/** Lines of bill runs kept in memory, so that clicks on their cards need not read them: some 20 megabytes. */
export const BILL_RUN_LINES_KEPT = 50_000
/** Entries of the trail read at a time: some megabytes in memory, however long the trail is. */
export const AUDIT_PAGE_ENTRIES = 5000
/** How often the embedded database writes its changes to their place: bounds its log and the time to open after a kill. */
export const DATABASE_CHECKPOINT_EVERY_MILLISECONDS = 300_000
/** Written rows after which the embedded database is cleaned and its statistics renewed: one large first observation. */
export const DATABASE_VACUUM_AFTER_ROWS = 20_000
/** And at least this often, whatever was written. */
export const DATABASE_VACUUM_EVERY_MILLISECONDS = 86_400_000
/** Until the embedded database has closed: a checkpoint of a gigabyte takes seconds. */
export const DATABASE_CLOSE_TIMEOUT_MILLISECONDS = 30_000
/** Rounds of taking a data folder whose owner died: each round lost means another program won one. */
export const DATA_FOLDER_LOCK_ROUNDS = 50

/** Times a proposal is computed again when the books moved on meanwhile. */
export const PROPOSE_ATTEMPTS = 5
/** Times recording a policy is tried again when the books moved on meanwhile: programs start a few at a time. */
export const POLICY_ATTEMPTS = 20
/** A code that joins an identity to a person: long enough to walk to the other chat. */
export const LINK_CODE_MINUTES = 10
/** Codes an identity may try in an hour: mistyping is human, guessing among 10^11 is not. */
export const LINK_TRIES = 5
/** A name longer than this pushes everything else out of a line. */
export const PERSON_NAME_LENGTH = 60
/** Times a change of people is computed again when somebody else changed them meanwhile. */
export const PEOPLE_ATTEMPTS = 20
/** Times a decision is checked again when the books moved on meanwhile: two people at once need two, a crowd more. */
export const DECIDE_ATTEMPTS = 20

// The one server people's chats call

/** Body of one request: chat platforms send a few kilobytes, a click with its card at most some hundred. */
export const SERVER_BODY_BYTES = 1024 * 1024
/** Bytes of a body too large that are still read and thrown away, so that the sender hears 413 instead of a cut line. */
export const SERVER_DISCARD_BYTES = 16 * 1024 * 1024
/** Until the headers, and the whole request, have come: a slow sender must not hold a connection. */
export const SERVER_HEADERS_MILLISECONDS = 10_000
export const SERVER_REQUEST_MILLISECONDS = 20_000
/** How often slow senders are looked for: Node's own half minute would let one hold on three times as long. */
export const SERVER_SWEEP_MILLISECONDS = 5000
/** Until an answer has left: chat platforms give up after 3 to 15 seconds themselves. */
export const SERVER_ANSWER_MILLISECONDS = 30_000
/** Characters of a path: a signed file link has about two hundred. */
export const SERVER_PATH_LENGTH = 1024
/** Connections at a time: a platform uses a handful; more is a flood. */
export const SERVER_CONNECTIONS = 1000
/** One readiness check: a probe asks every few seconds and must not queue. */
export const SERVER_CHECK_MILLISECONDS = 5000
/** From the wish to stop until it has: what runs may end, then the program goes anyway. */
export const SERVER_SHUTDOWN_MILLISECONDS = 10_000

// Secrets

/** Bytes of the key that seals what is stored: as many as AES-256 has. */
export const SECRETS_KEY_BYTES = 32
/** Different bytes among them: of 32 random ones at least 20 in practice; fewer were typed by a person, or are a filler. */
export const SECRETS_KEY_VALUES = 16
/** Characters of a file that holds a key: some hundred at most. */
export const SECRETS_KEY_FILE_LENGTH = 4096

// Forms

/** Characters of a reason: a few sentences. */
export const FORM_REASON_LENGTH = 500
/** Choices of one field: what Slack takes; more is typed. */
export const FORM_OPTIONS = 100
/** Characters of what one field is sent with: what Slack lets anybody type; more never came from a form of ours. */
export const FORM_VALUE_CHARACTERS = 3000

/** A key that was acted on is kept at least this long behind the newest: longer than any caller asks for. */
export const ONCE_KEPT_MILLISECONDS = 172_800_000

/** Old keys forgotten with each new one: twice what comes in, so that the table shrinks while it is used. */
export const ONCE_FORGET_ROWS = 2

/** Names tried for a saved file before it is refused: nobody keeps so many files of one run in one folder. */
export const SAVED_FILE_NAMES = 100

/** Rows of one list on a card: what a person reads without scrolling far; longer lists say how many there are more. */
export const CARD_EXCEPTIONS = 12
/** Customers in the answer to whom to bill: a small MSP's whole list. */
export const CARD_BILLS = 60
/** Customers on a bill-run card, which also carries buttons. */
export const CARD_RUN_CUSTOMERS = 20
/** Lines on a bill-run card, and changes on a stale one. */
export const CARD_RUN_LINES = 20
/** Customers of one reason, and exceptions of one kind, on a bill-run card: the others stand on its pages. */
export const CARD_RUN_PART = 10
/** Items of a page of a request: what a person reads line by line before scrolling on. */
export const CARD_PAGE_ITEMS = 25
/** Characters of a page: with its structure, and its quotes escaped, what a message of Slack takes (12,000). */
export const CARD_PAGE_CHARACTERS = 4500
/** Lines of one customer, each with its arithmetic. */
export const CARD_LINES = 40
/** Changes, requests and entries of the trail. */
export const CARD_ROWS = 40
/** Answers of one kind kept for whoever asks the same again: what a team asks in an hour, some megabytes each at most. */
export const KEPT_ANSWERS = 20
/** Names of customers an entry of the trail keeps: a void of a whole month must not copy its list. */
export const TRAIL_NAMES = 3
/** Names beside a count: enough to know where to look; a command shows the others. */
export const CARD_NAMES = 3

/** The largest number of a run or a request: what an `integer` column holds. */
export const DATABASE_INTEGER_MAXIMUM = 2_147_483_647
/** The largest amount in minor units: what a `bigint` column holds. */
export const DATABASE_BIGINT_MAXIMUM = 9_223_372_036_854_775_807n

/**
 * How long a write without an answer may still take effect: a gateway gives up on a PSA after a minute or two, and late
 * effects of a minute and a half were provoked in tests. Nothing is sent again before that.
 */
export const SETTLE_SECONDS = 180

/**
 * How long one process may work on one container before another may: longer than one write with all its waits, so that
 * nobody is overtaken in the middle of one, and short, because the container of a process that died waits so long. What is
 * not done by then is carried on under the next claim.
 */
export const CLAIM_MINUTES = 3

/** Times one step is sent at most: what did not take effect three times needs a person, not patience. */
export const DISPATCH_ATTEMPTS = 3

/** Containers worked on in one go: more than anybody approves at once, and an end if something spins. */
export const DISPATCH_CLAIMS = 1000

/** Alerts of one observation that are asked one by one: more are a wave, and one request is easier to read. */
export const ALERT_REQUESTS = 8

// Who is whom in a PSA

/** Points of 100 from which on a likeness is suggested as the one: equal names and numbers, not names that resemble. */
export const MAPPING_SURE_POINTS = 80
/** Points by which the first has to be ahead: an exact name beats one without its legal form, and no closer pair. */
export const MAPPING_CLEAR_POINTS = 10
/** Points below which nothing is shown: one common word among many is chance. */
export const MAPPING_LEAST_POINTS = 30
/** Candidates shown for one thing: a person looks through five, and names another one otherwise. */
export const MAPPING_SHOWN = 5
/** Longest name whose spelling is compared letter by letter: companies are compared by the thousand. */
export const MAPPING_SPELLING_CHARACTERS = 80
/** Containers of one company that are read for a suggestion: companies have a handful, each costs some calls. */
export const MAPPING_CONTAINERS = 10
/** How far ahead a route may begin: a year of notice is long, a year more is a typing mistake. */
export const MAPPING_AHEAD_MONTHS = 12
/** Seats bought elsewhere on one line, at most: no line holds a million seats, so more is an id or a price typed there. */
export const MAPPING_OFFSET_SEATS = 1_000_000
/** Rows of one list on a mapping card: customers, gaps, subscriptions. */
export const MAPPING_ROWS = 25
/** Characters of a fingerprint that a button carries: as many as one for a request does. */
export const MAPPING_REVISION_CHARACTERS = 16
/** Characters of what a button is about: what every surface hands on, whole. */
export const BUTTON_TARGET_CHARACTERS = 64

/** Containers read at once: a hundred of them take a quarter of the time, and no PSA minds four readers. */
export const READ_AT_ONCE = 4
