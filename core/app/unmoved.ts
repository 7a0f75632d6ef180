import { PROPOSE_ATTEMPTS } from '../limits.js'
import { Problem } from '../problem.js'

/**
 * Does `work` again, from the books as they are by then, when they moved before what it worked out could be kept.
 *
 * @throws Problem `conflict` when they move every time.
 */
export async function onUnmovedBooks<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const moved = error instanceof Problem && error.kind === 'conflict'
      if (!moved || attempt >= PROPOSE_ATTEMPTS) throw error
    }
  }
}
