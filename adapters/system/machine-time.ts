/**
 * This machine's time. Only for how fresh a signed request is, which its sender stamps by a clock of the world; what
 * happened when is decided by the one Clock.
 */
export function machineTime(): Date {
  return new Date()
}
