import { onTestFinished } from 'vitest'

/**
 * Closes something when the test that opened it has ended. Asked for by the test, not by an import: files that share a
 * process import a module once.
 */
export function closeAfterwards<T extends { close(): Promise<unknown> }>(opened: T): T {
  onTestFinished(async () => {
    await opened.close()
  })
  return opened
}
