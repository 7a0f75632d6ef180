import type { SlackWorkspace, SlackWorkspaces } from '../../core/chat-ports.js'
import type { Sealing } from '../system/sealing.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, saveBooks } from './billing-books.js'
import { type Cell, type Database, type Transaction, inTransaction, readConsistently } from './database.js'
import { instant, instantColumn, text, writeInstant, writeText } from './values.js'

/** Where the app is installed in Slack. Tokens are sealed for their own row: copied into another one, they do not open. */
export function slackWorkspaces(database: Database, mspId: string, sealing: Sealing): SlackWorkspaces {
  const placeOf = (key: string) => `${mspId} slack_workspace ${key}`
  return {
    install: (workspace, audit) =>
      inTransaction(database, async (tx) => {
        const books = await lockBooks(tx, mspId)
        await putWorkspace(tx, mspId, workspace, sealing.seal(workspace.token, placeOf(workspace.key)))
        await saveBooks(tx, mspId, { ...books, lastEntry: await addEntry(tx, mspId, books.lastEntry, audit) })
      }),
    remove: (key, installedAt, audit) =>
      inTransaction(database, async (tx) => {
        const books = await lockBooks(tx, mspId)
        const removed = await tx.$executeRaw`
          UPDATE slack_workspace SET sealed_token = NULL, removed_at = ${writeInstant(audit.at)}::timestamptz
          WHERE msp_id = ${mspId} AND key = ${key} AND removed_at IS NULL
            AND installed_at = ${writeInstant(installedAt)}::timestamptz`
        if (removed === 0) return false
        await saveBooks(tx, mspId, { ...books, lastEntry: await addEntry(tx, mspId, books.lastEntry, audit) })
        return true
      }),
    installed: async (key) => {
      const [row] = await readConsistently(database, (query) => query<Row>(SELECT, [mspId, key]))
      return row === undefined ? undefined : workspaceOf(row, (sealed) => sealing.open(sealed, placeOf(key)))
    },
  }
}

async function putWorkspace(
  tx: Transaction,
  mspId: string,
  { key, name, botUser, scopes, installedBy, installedAt }: SlackWorkspace,
  sealed: string,
): Promise<void> {
  const where = `workspace ${key}`
  const [place, title, user, by] = [key, name, botUser, installedBy].map((words) => writeText(words, where))
  await tx.$executeRaw`
    INSERT INTO slack_workspace (msp_id, key, name, bot_user, scopes, sealed_token, installed_by, installed_at)
    VALUES (${mspId}, ${place}, ${title}, ${user}, ${scopes.map((scope) => writeText(scope, where))}::text[], ${sealed},
      ${by}, ${writeInstant(installedAt)}::timestamptz)
    ON CONFLICT (msp_id, key) DO UPDATE
      SET name = excluded.name, bot_user = excluded.bot_user, scopes = excluded.scopes,
        sealed_token = excluded.sealed_token, installed_by = excluded.installed_by,
        installed_at = excluded.installed_at, removed_at = NULL`
}

const SELECT = `SELECT key, name, bot_user, array_to_json(scopes), sealed_token, installed_by, ${instantColumn('installed_at')}
  FROM slack_workspace WHERE msp_id = $1 AND key = $2 AND removed_at IS NULL`

type Row = readonly [
  key: Cell,
  name: Cell,
  botUser: Cell,
  scopes: Cell,
  sealed: Cell,
  installedBy: Cell,
  installedAt: Cell,
]

function workspaceOf(
  [key, name, botUser, scopes, sealed, installedBy, installedAt]: Row,
  open: (sealed: string) => string,
): SlackWorkspace {
  return {
    key: text(key),
    name: text(name),
    botUser: text(botUser),
    scopes: JSON.parse(text(scopes)) as string[],
    installedBy: text(installedBy),
    installedAt: instant(installedAt),
    token: open(text(sealed)),
  }
}
