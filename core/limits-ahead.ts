/** Bounds of what lies ahead and of charts, as `limits.ts` has all others, each with its reason. */

/** Days `upcoming` looks ahead when nobody says how many: a month is what people plan. */
export const UPCOMING_DAYS = 30
/** Days it looks ahead at most: a year's renewals; what lies behind it is guesswork. */
export const UPCOMING_DAYS_MOST = 366
/** Within how long the marketplace takes seats back after they were bought or renewed (Microsoft's new commerce). */
export const TAKE_BACK_HOURS = 168
/** Hundredths of a month in a whole one: the marketplace rounds a part of a month to two decimals (CloudBlue's default). */
export const DURATION_HUNDREDTHS = 100n
/** Items of one kind in an overview; the others stand on its pages. */
export const OVERVIEW_ITEMS = 5
/** On the home card: customers, requests with a button of their own beside the others, this month's invoice and the next. */
export const HOME_CUSTOMERS = 5
export const HOME_REQUESTS = 2
export const HOME_INVOICES = 2
/** Days the home card looks ahead for renewals: a week of work. */
export const HOME_RENEWAL_DAYS = 7
/** Charts of a message; series and places on the axis of one; characters of its title and of the names: what Slack draws. */
export const CHARTS = 2
export const CHART_SERIES = 6
export const CHART_CATEGORIES = 20
export const CHART_TITLE_CHARACTERS = 50
export const CHART_LABEL_CHARACTERS = 20
/** People whose Home in Slack is kept as new as they are busy; the one opened longest ago is forgotten first. */
export const SLACK_HOMES = 1000
