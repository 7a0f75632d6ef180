import { stringify } from 'csv-stringify/sync'
import { addDays, formatLocalDate } from '../../../core/calendar/date.js'
import type { BillRun, RunLine } from '../../../core/billrun/run.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { amountDigits } from '../../../core/money/money.js'
import type { ExportFile, FileMaker } from '../../../core/chat-ports.js'
import { inertText } from './inert-text.js'

/** One column: its heading, and what a line shows in it. Text from outside is made inert; numbers and dates never. */
interface Column {
  readonly heading: string
  readonly cell: (line: RunLine, run: BillRun) => string
}

const COLUMNS: readonly Column[] = [
  { heading: 'run', cell: (_, run) => run.id },
  { heading: 'month', cell: (_, run) => formatLocalDate(run.month.from).slice(0, 7) },
  { heading: 'customer_id', cell: ({ customerId }) => inertText(customerId) },
  { heading: 'customer', cell: ({ customerName }) => inertText(customerName) },
  { heading: 'description', cell: ({ description }) => inertText(description) },
  { heading: 'mpn', cell: ({ mpn }) => inertText(mpn) },
  { heading: 'kind', cell: ({ kind }) => kind },
  { heading: 'service_from', cell: ({ from }) => formatLocalDate(from) },
  { heading: 'service_through', cell: ({ from, to }) => formatLocalDate(to > from ? addDays(to, -1) : from) },
  { heading: 'bill_on', cell: ({ billOn }) => formatLocalDate(billOn) },
  { heading: 'quantity', cell: ({ quantity }) => formatDecimal(quantity) },
  { heading: 'unit_price', cell: ({ unitPrice }) => formatDecimal(unitPrice, 2) },
  { heading: 'amount', cell: ({ amount, currency }) => amountDigits(amount, currency) },
  { heading: 'currency', cell: ({ currency }) => currency },
  { heading: 'price_rule', cell: ({ priceRule }) => inertText(priceRule) },
  { heading: 'explanation', cell: (line) => inertText(withoutRule(line)) },
  { heading: 'line', cell: ({ key }) => key },
]

/** The rule that set the price has a column of its own. */
function withoutRule({ explanation, priceRule }: RunLine): string {
  return priceRule === '' ? explanation : explanation.replace(` · ${priceRule}`, () => '')
}

/** Without it Excel reads a file as if in its own code page, and every “→” or “é” as several wrong characters. */
const BYTE_ORDER_MARK = '\ufeff'

/** The plain CSV of an approved run: UTF-8 with a byte order mark, CRLF, every field quoted, in the run's order. */
export function csvFiles(): FileMaker {
  return {
    csv: (run): ExportFile => {
      const rows = run.lines.map((line) => COLUMNS.map(({ cell }) => cell(line, run)))
      const text = stringify([COLUMNS.map(({ heading }) => heading), ...rows], {
        quoted: true,
        quoted_empty: true,
        record_delimiter: '\r\n',
      })
      return {
        name: `${run.id}.csv`,
        mediaType: 'text/csv; charset=utf-8',
        bytes: new TextEncoder().encode(BYTE_ORDER_MARK + text),
      }
    },
  }
}
